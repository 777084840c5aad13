package eligibility_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// world is a register over a store in memory, with a clock of its own.
type world struct {
	*eligibility.Register
	t     *testing.T
	store *memory.Store
	now   time.Time
	ids   int
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, store: memory.New(), now: time.Date(2012, 9, 15, 8, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60))}
	factor, err := settlement.ParseRatio("1.80")
	if err != nil {
		t.Fatal(err)
	}
	standard := registry.Standard{
		Region: "360827", Factor: factor, WatchAfter: 2, EndAfter: 4,
		Lines:   map[settlement.CategoryID]registry.Line{"rural_dibao": registry.DibaoLine},
		Monthly: []registry.Amount{{Residence: settlement.Rural, From: 20120101, Monthly: 110_00, Source: "report"}},
	}
	w.Register = eligibility.New(eligibility.Config{
		Store: w.store, Standards: map[settlement.RegionID]registry.Standard{"360827": standard},
		Now:   func() time.Time { return w.now },
		NewID: func() settlement.BeneficiaryID { w.ids++; return settlement.BeneficiaryID(fmt.Sprintf("b-%d", w.ids)) },
	})
	return w
}

// Invented numbers with a valid check digit.
var numbers = []settlement.Private{"360827194910010018", "360827194910010026", "360827194910010034", "360827194910010042"}

func draft(id settlement.BeneficiaryID, number settlement.Private) registry.Draft {
	return registry.Draft{
		ID: id,
		Facts: registry.Facts{
			Name: "张测试", Certificate: number, Household: "H-1", Region: "360827",
			Residence: settlement.Rural, Scheme: settlement.SchemeNCMS, Insured: "P1",
		},
		Periods: []settlement.Entitlement{{Category: "rural_dibao", Period: settlement.Period{From: 20090101}, Document: "文号1"}},
	}
}

func enrolment(request settlement.RequestID, d registry.Draft) eligibility.Enrolment {
	return eligibility.Enrolment{Key: eligibility.Key{Tenant: "bureau", Request: request}, By: "clerk-1", Draft: d}
}

// enrols registers person id for a test that is about something else.
func (w *world) enrols(id settlement.BeneficiaryID, number settlement.Private) {
	w.t.Helper()
	if _, err := w.Enrol(w.t.Context(), enrolment(settlement.RequestID("enrol "+id), draft(id, number))); err != nil {
		w.t.Fatal(err)
	}
}

// records is a change that must be taken.
func (w *world) records(id settlement.BeneficiaryID, c registry.Change) eligibility.Recorded {
	w.t.Helper()
	c.By = "clerk-1"
	done, err := w.Record(w.t.Context(), eligibility.Notice{Person: id, Change: c})
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

func ended(day settlement.Date) registry.Change {
	return registry.Change{Action: registry.Ended, Category: "rural_dibao", Effective: day, Cause: registry.CauseIncome, By: "clerk-1"}
}

func fieldOf(err error) string {
	if e, ok := err.(*settlement.Error); ok {
		return e.Field
	}
	return ""
}

// refuses wants an error of a kind, a reason and a field.
func refuses(t *testing.T, err error, kind settlement.Kind, reason settlement.Reason, field string) {
	t.Helper()
	if err == nil || settlement.KindOf(err) != kind || settlement.ReasonOf(err) != reason || fieldOf(err) != field {
		t.Errorf("got %v, want %s of %q", err, reason, field)
	}
}
