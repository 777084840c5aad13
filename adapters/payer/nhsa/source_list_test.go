package nhsa

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// listOf is a list of results in a text.
func listOf(t *testing.T, text string) *statement.List {
	t.Helper()
	list, err := statement.Open(bytes.NewReader([]byte(text)), int64(len(text)), statement.Result, statement.Usual)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

const (
	oneRow   = "P1\tE1\tS1\tM1\t1\t0\tnull\t1.00\t1.00\t0.00\n"
	badRow   = "P1\tE1\tS1\tM1\t9\t0\tnull\t1.00\t1.00\t0.00\n"
	shortRow = "P1\tE1\n"
	notText  = "\xff\n"
)

// Lists of several facilities are read as one, each row of the facility it was
// asked for and counted through; one that is not whole is no answer.
func TestResults(t *testing.T) {
	lists := &results{lists: []result{
		{"H1", settlement.Inpatient, listOf(t, oneRow+badRow)}, {"H2", settlement.Outpatient, listOf(t, "")}, {"H3", settlement.Outpatient, listOf(t, oneRow+shortRow+notText)},
	}}
	type seen struct {
		Row      int
		Facility settlement.FacilityID
		Clearing settlement.Mode
	}
	var rows []seen
	var bad []int
	err := lists.Each(func(l reconcile.Line) error {
		rows = append(rows, seen{l.Row, l.Facility, l.Clearing})
		return nil
	}, func(p *settlement.Problem) error { bad = append(bad, p.Line); return nil })
	if diff := cmp.Diff([]seen{{1, "H1", settlement.Inpatient}, {3, "H3", settlement.Outpatient}}, rows); diff != "" || !cmp.Equal(bad, []int{2, 4}) {
		t.Errorf("bad %v\n%s", bad, diff)
	}
	if settlement.KindOf(err) != settlement.KindInDoubt {
		t.Errorf("a list that is no text to its end: %v", err)
	}
	if err := lists.Close(); err != nil || len(lists.lists) > 0 {
		t.Errorf("closing: %v", err)
	}
}

// What stops whoever reads is given back as it is.
func TestResultsStop(t *testing.T) {
	stop := errors.New("stop")
	lists := &results{lists: []result{{"H1", settlement.Inpatient, listOf(t, oneRow)}, {"H2", settlement.Inpatient, listOf(t, oneRow)}}}
	calls := 0
	err := lists.Each(func(reconcile.Line) error { calls++; return stop }, func(*settlement.Problem) error { return nil })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%v after %d rows", err, calls)
	}
}

// Each facility has an upload of its own, with what is its own in it.
func TestSeveralFacilities(t *testing.T) {
	a := newAccounts(t, func(*Config) {})
	other := lifecycle.Facility{ID: "H36082700002", Name: "测试县中医院", Region: "360827"}
	a.source.Facilities[other.ID] = other
	for n := range 4 {
		a.settle(n)
	}
	a.lines[1].Facility = other.ID // held here for another than there
	a.lines[2].Amounts[reconcile.Account]++
	said, err := a.reconcile()
	want := []string{"E000001 wrong_facility unexplained", "E000002 amount_differs rounding"}
	if diff := cmp.Diff(want, said); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if uploads := a.server.server.Arrivals("9101"); uploads != 2 {
		t.Errorf("%d uploads", uploads)
	}
}
