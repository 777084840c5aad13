package clearing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
)

var july = settlement.Period{From: 20120701, To: 20120731}

// after is a clearing to which the acts happened: li made it, wang decided.
func after(acts ...clearing.Act) *clearing.Clearing {
	c := &clearing.Clearing{Number: 7, Period: july, PayOn: 20120830}
	for i, act := range acts {
		by := "li"
		if act == clearing.Approved {
			by = "wang"
		}
		c.History = append(c.History, clearing.Event{Line: i + 1, Act: act, By: by, Digest: map[bool]string{true: "0123456789abcdef0123"}[act == clearing.Frozen]})
	}
	return c
}

// whole is every act in the order of a clearing that goes well.
var whole = []clearing.Act{
	clearing.Opened, clearing.Cut, clearing.Frozen, clearing.Proposed, clearing.Approved, clearing.Exported, clearing.Paid,
}

func payment() *clearing.Payment {
	return &clearing.Payment{Facility: "H1", Bearer: "payer/a", Amount: 5, Reference: "r", Day: 20120801}
}

func refuses(t *testing.T, err error, reason settlement.Reason, field string) {
	t.Helper()
	if reason == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	e, ok := err.(*settlement.Error)
	if !ok || e.Reason != reason || e.Field != field {
		t.Errorf("got %v, want %s of %s", err, reason, field)
	}
}

// Every pair of acts: these may follow, all others may not.
func TestWhatMayFollow(t *testing.T) {
	may := map[clearing.Act][]clearing.Act{
		"":                {clearing.Opened},
		clearing.Opened:   {clearing.Cut, clearing.Voided},
		clearing.Cut:      {clearing.Frozen},
		clearing.Frozen:   {clearing.Proposed, clearing.Voided},
		clearing.Proposed: {clearing.Approved, clearing.Declined, clearing.Voided},
		clearing.Declined: {clearing.Proposed, clearing.Voided},
		clearing.Approved: {clearing.Exported},
		clearing.Exported: {clearing.Exported, clearing.Paid},
		clearing.Paid:     {clearing.Exported, clearing.Paid},
	}
	acts := append(slices.Clone(whole), clearing.Declined, clearing.Voided)
	for _, last := range append([]clearing.Act{""}, acts...) {
		c := after()
		if last != "" {
			c = after(last)
		}
		for _, next := range acts {
			err := c.CheckNext(&clearing.Event{Act: next, By: "zhao", Cause: "x", Payment: payment()})
			if allowed := slices.Contains(may[last], next); allowed != (err == nil) {
				t.Errorf("%s after %q: %v", next, last, err)
			} else if !allowed {
				refuses(t, err, settlement.ReasonClearingStatus, "number")
			}
		}
	}
}

func TestTheMakerIsNotTheChecker(t *testing.T) {
	c := after(whole[:4]...)
	for by, reason := range map[string]settlement.Reason{"li": settlement.ReasonSamePerson, "wang": ""} {
		refuses(t, c.CheckNext(&clearing.Event{Act: clearing.Approved, By: by}), reason, "operator")
	}
	c.History[3].By = "wang" // froze by li, proposed by wang
	for _, by := range []string{"li", "wang"} {
		refuses(t, c.CheckNext(&clearing.Event{Act: clearing.Approved, By: by}), settlement.ReasonSamePerson, "operator")
	}
}

func TestCheckNextNamesTheField(t *testing.T) {
	for name, c := range map[string]struct {
		acts   int
		event  clearing.Event
		reason settlement.Reason
		field  string
	}{
		"nobody":                {0, clearing.Event{Act: clearing.Opened}, settlement.ReasonInvalidArgument, "operator"},
		"voided without cause":  {3, clearing.Event{Act: clearing.Voided, By: "li"}, settlement.ReasonInvalidArgument, "cause"},
		"declined so":           {4, clearing.Event{Act: clearing.Declined, By: "li"}, settlement.ReasonInvalidArgument, "cause"},
		"a cause without end":   {3, clearing.Event{Act: clearing.Proposed, By: "li", Cause: strings.Repeat("x", 801)}, settlement.ReasonInvalidArgument, "cause"},
		"paid without payment":  {6, clearing.Event{Act: clearing.Paid, By: "li"}, settlement.ReasonInvalidArgument, "bearer"},
		"voided after approval": {5, clearing.Event{Act: clearing.Voided, By: "li", Cause: "x"}, settlement.ReasonClearingStatus, "number"},
	} {
		t.Run(name, func(t *testing.T) { refuses(t, after(whole[:c.acts]...).CheckNext(&c.event), c.reason, c.field) })
	}
}

func TestPaymentsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*clearing.Payment)
		reason settlement.Reason
		field  string
	}{
		"a payment":                           {func(*clearing.Payment) {}, "", ""},
		"money given back":                    {func(p *clearing.Payment) { p.Amount = -5 }, "", ""},
		"of nobody":                           {func(p *clearing.Payment) { p.Bearer = "" }, settlement.ReasonInvalidArgument, "bearer"},
		"of nothing":                          {func(p *clearing.Payment) { p.Amount = 0 }, settlement.ReasonInvalidArgument, "amount"},
		"without a reference":                 {func(p *clearing.Payment) { p.Reference = "" }, settlement.ReasonInvalidArgument, "reference"},
		"a reference too long":                {func(p *clearing.Payment) { p.Reference = strings.Repeat("7", 101) }, settlement.ReasonInvalidArgument, "reference"},
		"before the period end":               {func(p *clearing.Payment) { p.Day = 20120731 }, settlement.ReasonInvalidArgument, "day"},
		"the same again":                      {func(p *clearing.Payment) { p.Reference, p.Amount = "kept", 9 }, settlement.ReasonPaymentExists, "reference"},
		"the reference for another statement": {func(p *clearing.Payment) { p.Reference, p.Bearer = "kept", "payer/b" }, "", ""},
		"the reference for another payee":     {func(p *clearing.Payment) { p.Reference, p.Facility = "kept", "H2" }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			cl := after(whole...)
			kept := payment()
			kept.Reference = "kept"
			cl.History[6].Payment = kept
			p := payment()
			c.change(p)
			refuses(t, cl.CheckNext(&clearing.Event{Act: clearing.Paid, By: "li", Payment: p}), c.reason, c.field)
		})
	}
}

func TestPeriodsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		period settlement.Period
		reason settlement.Reason
	}{
		"a month":     {july, ""},
		"one day":     {settlement.Period{From: 20120701, To: 20120701}, ""},
		"a leap year": {settlement.Period{From: 20120101, To: 20121231}, ""},
		"no first":    {settlement.Period{To: 20120731}, settlement.ReasonDateOrder},
		"backwards":   {settlement.Period{From: 20120702, To: 20120701}, settlement.ReasonDateOrder},
		"too long":    {settlement.Period{From: 20120101, To: 20130101}, settlement.ReasonInvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			cl := clearing.Clearing{Period: c.period}
			refuses(t, cl.Check(), c.reason, "to_date")
		})
	}
	if until := after().Until(); !until.Equal(time.Date(2012, 7, 31, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("July is over at %s", until)
	}
}

// Whoever approves names what was read: any other line, and any other position,
// has another etag.
func TestEtag(t *testing.T) {
	if etag := after(whole[:2]...).Etag(); etag != "" {
		t.Errorf("%q before it is frozen", etag)
	}
	proposed, again := after(whole[:4]...), after(whole[:4]...)
	if proposed.Etag() != "7-4-0123456789abcdef" {
		t.Error(proposed.Etag())
	}
	again.History = append(again.History, clearing.Event{Act: clearing.Declined}, clearing.Event{Act: clearing.Proposed})
	if proposed.Etag() == again.Etag() {
		t.Error("the same after it was declined and proposed again")
	}
	other := after(whole[:4]...)
	other.History[2].Digest = "1123456789abcdef0123"
	if proposed.Etag() == other.Etag() {
		t.Error("the same with other positions")
	}
}
