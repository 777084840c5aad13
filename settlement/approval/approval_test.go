package approval

import (
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

func form() Form {
	return Form{
		Number: "遂民审〔2012〕7号", Person: "p-1", Facility: "H1", Valid: settlement.Period{From: 20120601, To: 20120831}, Issuer: "遂川县民政局",
	}
}

// after is an approval to which the acts happened, submitted by li and decided
// by wang.
func after(acts ...Act) *Approval {
	a := &Approval{Form: form()}
	for i, act := range acts {
		by := "wang"
		if act == Submitted {
			by = "li"
		}
		a.History = append(a.History, Event{Line: i + 1, Act: act, By: by, At: time.Unix(int64(i), 0), Cause: "x"})
	}
	return a
}

// refuses wants an error of a reason and a field, or none.
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

func TestCheckNamesTheField(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Form)
		reason settlement.Reason
		field  string
	}{
		"a form":              {func(*Form) {}, "", ""},
		"one day":             {func(f *Form) { f.Valid.To = f.Valid.From }, "", ""},
		"a leap year":         {func(f *Form) { f.Valid.To = 20130601 }, "", ""},
		"no number":           {func(f *Form) { f.Number = "" }, settlement.ReasonInvalidArgument, "number"},
		"number without end":  {func(f *Form) { f.Number = settlement.ApprovalNumber(strings.Repeat("7", numberMax+1)) }, settlement.ReasonInvalidArgument, "number"},
		"nobody":              {func(f *Form) { f.Person = "" }, settlement.ReasonInvalidArgument, "person_id"},
		"nowhere":             {func(f *Form) { f.Facility = "" }, settlement.ReasonInvalidArgument, "facility_id"},
		"issued by nobody":    {func(f *Form) { f.Issuer = "" }, settlement.ReasonInvalidArgument, "issuer"},
		"no first day":        {func(f *Form) { f.Valid.From = 0 }, settlement.ReasonDateOrder, "valid_to_date"},
		"ends before it runs": {func(f *Form) { f.Valid.To = 20120531 }, settlement.ReasonDateOrder, "valid_to_date"},
		"for too long":        {func(f *Form) { f.Valid.To = 20130602 }, settlement.ReasonInvalidArgument, "valid_to_date"},
	} {
		t.Run(name, func(t *testing.T) {
			f := form()
			c.change(&f)
			refuses(t, f.Check(), c.reason, c.field)
		})
	}
}

// Every pair of a history and an act: these may follow, all others may not.
func TestCheckNextIsTheStatusMachine(t *testing.T) {
	acts := []Act{Submitted, Approved, Refused, Revoked}
	histories := [][]Act{{}, {Submitted}, {Submitted, Approved}, {Submitted, Refused}, {Submitted, Approved, Revoked}}
	may := map[string]bool{">submitted": true, "submitted>approved": true, "submitted>refused": true, "approved>revoked": true}
	for _, history := range histories {
		for _, act := range acts {
			a := after(history...)
			want := settlement.ReasonApprovalDecided
			if may[string(a.last().Act)+">"+string(act)] {
				want = ""
			}
			refuses(t, a.CheckNext(Event{Act: act, By: "wang", Cause: "x"}), want, "number")
		}
	}
}

func TestCheckNextAsksForTwoPersonsAndACause(t *testing.T) {
	used := after(Submitted, Approved)
	used.Use = &Use{Settlement: "s-1"}
	for name, c := range map[string]struct {
		a      *Approval
		next   Event
		reason settlement.Reason
		field  string
	}{
		"nobody":                        {after(), Event{Act: Submitted}, settlement.ReasonInvalidArgument, "operator"},
		"approved by who submitted":     {after(Submitted), Event{Act: Approved, By: "li"}, settlement.ReasonSamePerson, "operator"},
		"refused by who submitted":      {after(Submitted), Event{Act: Refused, By: "li", Cause: "x"}, settlement.ReasonSamePerson, "operator"},
		"approved without a cause":      {after(Submitted), Event{Act: Approved, By: "wang"}, "", ""},
		"refused without a cause":       {after(Submitted), Event{Act: Refused, By: "wang"}, settlement.ReasonInvalidArgument, "cause"},
		"revoked without a cause":       {after(Submitted, Approved), Event{Act: Revoked, By: "li"}, settlement.ReasonInvalidArgument, "cause"},
		"a cause without end":           {after(Submitted), Event{Act: Approved, By: "wang", Cause: strings.Repeat("x", causeMax+1)}, settlement.ReasonInvalidArgument, "cause"},
		"revoked by who submitted":      {after(Submitted, Approved), Event{Act: Revoked, By: "li", Cause: "x"}, "", ""},
		"revoked though settled by it":  {used, Event{Act: Revoked, By: "wang", Cause: "x"}, settlement.ReasonApprovalUsed, "number"},
		"approved again though settled": {used, Event{Act: Approved, By: "wang"}, settlement.ReasonApprovalDecided, "number"},
	} {
		t.Run(name, func(t *testing.T) { refuses(t, c.a.CheckNext(c.next), c.reason, c.field) })
	}
}

func TestStatusOn(t *testing.T) {
	used := after(Submitted, Approved)
	used.Use = &Use{Settlement: "s-1"}
	for _, c := range []struct {
		a    *Approval
		day  settlement.Date
		want Status
	}{
		{after(Submitted), 20120831, StatusSubmitted},
		{after(Submitted), 20120901, StatusExpired},
		{after(Submitted, Approved), 20120501, StatusApproved},
		{after(Submitted, Approved), 20120831, StatusApproved},
		{after(Submitted, Approved), 20120901, StatusExpired},
		{after(Submitted, Refused), 20120901, StatusRefused},
		{after(Submitted, Approved, Revoked), 20120901, StatusRevoked},
		{used, 20120901, StatusUsed},
	} {
		if got := c.a.StatusOn(c.day); got != c.want {
			t.Errorf("%v on %v: %s, want %s", c.a.History, c.day, got, c.want)
		}
	}
}

func TestCheckGood(t *testing.T) {
	granted := func(change func(*Approval)) *Approval {
		a := after(Submitted, Approved)
		change(a)
		return a
	}
	same := func(*Approval) {}
	for name, c := range map[string]struct {
		a      *Approval
		change func(*Subject)
		reason settlement.Reason
	}{
		"good":              {granted(same), func(*Subject) {}, ""},
		"on its first day":  {granted(same), func(s *Subject) { s.Claim.Discharge = 20120601 }, ""},
		"the day before":    {granted(same), func(s *Subject) { s.Claim.Discharge = 20120531 }, settlement.ReasonApprovalExpired},
		"on its last day":   {granted(same), func(s *Subject) { s.Claim.Discharge = 20120831 }, ""},
		"the day after":     {granted(same), func(s *Subject) { s.Claim.Discharge = 20120901 }, settlement.ReasonApprovalExpired},
		"another person":    {granted(same), func(s *Subject) { s.Person = "p-2" }, settlement.ReasonApprovalMismatch},
		"another hospital":  {granted(same), func(s *Subject) { s.Facility = "H2" }, settlement.ReasonApprovalMismatch},
		"its mode":          {granted(func(a *Approval) { a.Mode = settlement.Inpatient }), func(*Subject) {}, ""},
		"another mode":      {granted(func(a *Approval) { a.Mode = settlement.Outpatient }), func(*Subject) {}, settlement.ReasonApprovalMismatch},
		"its class":         {granted(func(a *Approval) { a.Class = settlement.Serious }), func(*Subject) {}, ""},
		"any class":         {granted(func(a *Approval) { a.Class = settlement.AnyDisease }), func(*Subject) {}, ""},
		"another class":     {granted(func(a *Approval) { a.Class = settlement.Special }), func(*Subject) {}, settlement.ReasonApprovalMismatch},
		"not decided":       {after(Submitted), func(*Subject) {}, settlement.ReasonApprovalPending},
		"refused":           {after(Submitted, Refused), func(*Subject) {}, settlement.ReasonApprovalRefused},
		"revoked":           {after(Submitted, Approved, Revoked), func(*Subject) {}, settlement.ReasonApprovalRevoked},
		"used by another":   {granted(func(a *Approval) { a.Use = &Use{Tenant: "t", Discharge: "D2"} }), func(*Subject) {}, settlement.ReasonApprovalUsed},
		"of another tenant": {granted(func(a *Approval) { a.Use = &Use{Tenant: "u", Discharge: "D1"} }), func(*Subject) {}, settlement.ReasonApprovalUsed},
		"used by itself":    {granted(func(a *Approval) { a.Use = &Use{Tenant: "t", Discharge: "D1"} }), func(*Subject) {}, ""},
		"refused, another's, old": {after(Submitted, Refused), func(s *Subject) {
			s.Person, s.Claim.Discharge = "p-2", 20130101
		}, settlement.ReasonApprovalMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			subject := Subject{
				Tenant: "t", Discharge: "D1", Facility: "H1", Person: "p-1",
				Claim: &settlement.Claim{Mode: settlement.Inpatient, DiseaseClass: settlement.Serious, Discharge: 20120701},
			}
			c.change(&subject)
			refuses(t, c.a.CheckGood(subject), c.reason, field)
		})
	}
}
