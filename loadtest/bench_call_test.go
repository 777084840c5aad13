package main

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// A bill of 250.00, of which the payer pays 110.00, assistance 63.00 and the
// patient 77.00.
func known() (*claim, essence) {
	c := &claim{
		request: &onestopv1.CreateSettlementRequest{RequestId: "bench-0001", DischargeId: "D-1"},
		benefit: 63_00, patientPays: 77_00, pooled: 110_00, submitted: 250_00,
	}
	a := essence{RequestID: "bench-0001", DischargeID: "D-1", State: "STATE_SETTLED"}
	a.Adjudication.Benefit, a.Adjudication.PatientPays = "63.00", "77.00"
	return c, a
}

func TestJudgeAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		spoil   func(*essence)
		want    measure.Outcome
		example string
	}{
		{"the right one", func(*essence) {}, measure.Right, ""},
		{"cut by the cap", func(a *essence) {
			a.Adjudication.CapLimited, a.Adjudication.Benefit, a.Adjudication.PatientPays = true, "60.00", "80.00"
		}, measure.Right, ""},
		{"less, and no cap", func(a *essence) {
			a.Adjudication.Benefit, a.Adjudication.PatientPays = "60.00", "80.00"
		}, measure.Wrong, "benefit 60.00 instead of 63.00"},
		{"more, with a cap", func(a *essence) {
			a.Adjudication.CapLimited, a.Adjudication.Benefit, a.Adjudication.PatientPays = true, "63.01", "76.99"
		}, measure.Wrong, "benefit 63.01 instead of 63.00"},
		{"a fen is missing", func(a *essence) { a.Adjudication.PatientPays = "76.99" }, measure.Wrong, "do not add up"},
		{"no amount", func(a *essence) { a.Adjudication.Benefit = "" }, measure.Wrong, "do not add up"},
		{"another's", func(a *essence) { a.RequestID = "bench-0002" }, measure.Wrong, "another request's"},
		{"another discharge", func(a *essence) { a.DischargeID = "D-2" }, measure.Wrong, "another request's"},
		{"in progress", func(a *essence) { a.State = "STATE_PROCESSING" }, measure.Failed, "not settled: STATE_PROCESSING"},
	} {
		var e examiner
		asked, told := known()
		c.spoil(&told)
		got := e.judge(asked, &told)
		if examples := strings.Join(e.examples, "\n"); got != c.want || !strings.Contains(examples, c.example) || (c.example == "") != (examples == "") {
			t.Errorf("%s: outcome %d, %q", c.name, got, examples)
		}
		if capped := e.capped.Load(); (capped == 1) != (c.name == "cut by the cap") {
			t.Errorf("%s: %d counted as cut", c.name, capped)
		}
	}
}

// Of what went wrong a few examples are kept, not a log as long as the bench.
func TestExamplesAreFew(t *testing.T) {
	var e examiner
	for range 100 {
		e.note(measure.Failed, "again")
	}
	if len(e.examples) != examplesMost {
		t.Errorf("%d examples", len(e.examples))
	}
}
