package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

const twoCaps = `
versions:
  - id: style/1
    inclined: {caps: [{bucket: extra, limit: "5.00"}]}
    categories:
      - id: poor
        rules:
          - {mode: inpatient, disease_class: serious, caps: [{bucket: serious, limit: "30.00"}]}
          - {mode: inpatient, disease_class: any, caps: [{bucket: general, limit: "8.00"}, {bucket: all, limit: null}]}
          - {mode: outpatient, disease_class: any, caps: [{bucket: general, limit: "9.00"}]}
`

// written are the limits of a policy written for a test.
func written(t *testing.T, policy string) (*limits, error) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "policy.yaml"), []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	return readLimits(folder)
}

// grant is an answer that pays ordinary and inclined assistance.
func grant(mode onestopv1.Mode, ordinary, inclined string) *onestopv1.Settlement {
	return &onestopv1.Settlement{Mode: mode, DischargeDate: "2025-12-31", Adjudication: &onestopv1.Adjudication{
		PolicyVersion: "style/1", Category: "poor", Ordinary: ordinary, Inclined: inclined,
	}}
}

func TestCapsAreDrawnOn(t *testing.T) {
	l, err := written(t, twoCaps)
	if err != nil {
		t.Fatal(err)
	}
	plain, serious := &person{ID: "p", group: &group{}}, &person{ID: "q", group: &group{DiseaseClass: "DISEASE_CLASS_SERIOUS"}}
	accounts := map[account]*drawn{}
	for _, draw := range []struct {
		who    *person
		answer *onestopv1.Settlement
	}{
		{plain, grant(onestopv1.Mode_MODE_INPATIENT, "3.00", "1.00")},
		{plain, grant(onestopv1.Mode_MODE_OUTPATIENT, "2.50", "0.00")},
		{plain, grant(onestopv1.Mode_MODE_INPATIENT, "0.00", "0.00")},
		{serious, grant(onestopv1.Mode_MODE_INPATIENT, "7.00", "0.00")},
		{serious, grant(onestopv1.Mode_MODE_OUTPATIENT, "1.00", "0.00")},
	} {
		if err := l.draw(accounts, draw.who, draw.answer); err != nil {
			t.Error(err)
		}
	}
	fen := func(amount settlement.Money) *settlement.Money { return &amount }
	want := map[account]*drawn{
		{"p", "2025", "general"}: {paid: 550, limit: fen(900), times: 3}, // of two rules over one bucket, the wider
		{"p", "2025", "all"}:     {paid: 300, times: 2},
		{"p", "2025", "extra"}:   {paid: 100, limit: fen(500), times: 3},
		{"q", "2025", "serious"}: {paid: 700, limit: fen(3000), times: 1},
		{"q", "2025", "general"}: {paid: 100, limit: fen(900), times: 1},
		{"q", "2025", "extra"}:   {paid: 0, limit: fen(500), times: 2},
	}
	if diff := cmp.Diff(want, accounts, cmp.AllowUnexported(drawn{}, account{})); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeWeighed(t *testing.T) {
	l, err := written(t, twoCaps)
	if err != nil {
		t.Fatal(err)
	}
	other := grant(onestopv1.Mode_MODE_CARE, "1.00", "0.00")
	strange := grant(onestopv1.Mode_MODE_INPATIENT, "one yuan", "0.00")
	for says, answer := range map[string]*onestopv1.Settlement{"no policy has": other, "one yuan": strange} {
		err := l.draw(map[account]*drawn{}, &person{ID: "p", group: &group{}}, answer)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
	broken, err := written(t, strings.ReplaceAll(twoCaps, `"8.00"`, `"eight"`))
	if err != nil {
		t.Fatal(err)
	}
	if err := broken.draw(map[account]*drawn{}, &person{ID: "p", group: &group{}}, grant(onestopv1.Mode_MODE_INPATIENT, "1.00", "0.00")); err == nil {
		t.Error("a limit that is no amount was drawn on")
	}
	if _, err := written(t, "versions: 7"); err == nil || !strings.Contains(err.Error(), "policy.yaml") {
		t.Errorf("%v", err)
	}
}

// Every group of the soak has a rule in the shipped policies, with a cap that
// can bind or, on purpose, none.
func TestShippedPoliciesCoverTheTown(t *testing.T) {
	l, err := readLimits("../deploy/policies")
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{"360827": "suichuan_style/2", "511425": "qingshen_style/1", "520199": "national2021_style/1"}
	town, err := newTown(1)
	if err != nil {
		t.Fatal(err)
	}
	limiting := 0
	for _, p := range town.people {
		answer := grant(onestopv1.Mode(onestopv1.Mode_value[p.Mode]), zero, zero)
		answer.Adjudication.PolicyVersion, answer.Adjudication.Category = versions[p.Region], p.Category
		if p.Region == "520199" {
			answer.Adjudication.Category = "dibao" // as that policy names them
		}
		caps, known := l.capsOf(answer, p.DiseaseClass)
		if !known || len(caps) == 0 {
			t.Errorf("%s of %s: no rule", p.Category, p.Region)
		}
		for _, one := range caps {
			if one.Amount != nil {
				limiting++
			}
		}
	}
	if limiting == 0 {
		t.Error("no cap can bind")
	}
}
