package registry

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

const today settlement.Date = 20121001

func TestCheck(t *testing.T) {
	history := told(first(), granted(20090101, 0), Change{Action: Granted, Category: "tekun", Effective: 20090101},
		Change{Action: Suspended, Category: "tekun", Effective: 20100101})
	with := func(c Change, edit func(*Change)) Change {
		edit(&c)
		return c
	}
	tests := []struct {
		name   string
		change Change
		reason settlement.Reason
		field  string
	}{
		{"a grant", granted(20121001, 0), "", ""},
		{"a grant ahead", granted(20130101, 20131231), "", ""},
		{"a grant without document", with(granted(20121001, 0), func(c *Change) { c.Document = "" }), settlement.ReasonInvalidArgument, "document"},
		{"a grant that ends before it begins", granted(20121001, 20120930), settlement.ReasonInvalidArgument, "until_date"},
		{"a category nobody knows", with(granted(20121001, 0), func(c *Change) { c.Category = "rich" }), settlement.ReasonInvalidArgument, "category"},
		{"no day", with(granted(0, 0), func(*Change) {}), settlement.ReasonInvalidArgument, "effective_date"},
		{"an action nobody knows", Change{Action: "promoted", Effective: 20120101}, settlement.ReasonInvalidArgument, "action"},
		{"registered twice", first(), settlement.ReasonPersonExists, ""},
		{"suspended", on(Suspended, 20121001), "", ""},
		{"suspended without a cause", with(on(Suspended, 20121001), func(c *Change) { c.Cause = "" }), settlement.ReasonInvalidArgument, "cause"},
		{"a cause nobody knows", with(on(Suspended, 20121001), func(c *Change) { c.Cause = "whim" }), settlement.ReasonInvalidArgument, "cause"},
		{"suspended before it was granted", on(Suspended, 20081231), settlement.ReasonNotInForce, "category"},
		{"suspended while suspended", with(on(Suspended, 20110101), func(c *Change) { c.Category = "tekun" }), settlement.ReasonNotInForce, "category"},
		{"resumed", with(on(Resumed, 20110101), func(c *Change) { c.Category = "tekun" }), "", ""},
		{"resumed while in force", on(Resumed, 20110101), settlement.ReasonNotInForce, "category"},
		{"resumed ahead", with(on(Resumed, 20121002), func(c *Change) { c.Category = "tekun" }), settlement.ReasonInvalidArgument, "effective_date"},
		{"ended while suspended", with(on(Ended, 20110101), func(c *Change) { c.Category = "tekun" }), "", ""},
		{"ended before it was granted", on(Ended, 20081231), settlement.ReasonNotInForce, "category"},
		{"died tomorrow", Change{Action: Died, Effective: 20121002}, settlement.ReasonInvalidArgument, "effective_date"},
		{"surveyed nobody", Change{Action: Surveyed, Effective: 20120101}, settlement.ReasonInvalidArgument, "survey.members"},
		{"surveyed a debt", Change{Action: Surveyed, Effective: 20120101, Survey: Survey{Members: 1, Income: -1}}, settlement.ReasonInvalidArgument, "survey.income"},
		{"moved nowhere", Change{Action: Moved, Effective: 20120101}, settlement.ReasonInvalidArgument, "region"},
		{"moved to no residence", Change{Action: Moved, Effective: 20120101, Facts: Facts{Region: "360828"}}, settlement.ReasonInvalidArgument, "residence"},
		{"insured by nobody known", Change{Action: SchemeChanged, Effective: 20120101, Facts: Facts{Scheme: "private"}}, settlement.ReasonInvalidArgument, "scheme"},
		{"corrects a grant", with(granted(20100101, 0), func(c *Change) { c.Corrects = 2 }), "", ""},
		{"corrects a grant by an end", with(on(Ended, 20100101), func(c *Change) { c.Corrects = 2 }), settlement.ReasonInvalidArgument, "action"},
		{"corrects what is not there", with(granted(20100101, 0), func(c *Change) { c.Corrects = 9 }), settlement.ReasonNotStanding, "corrects"},
		{"withdraws a grant", Change{Action: Withdrawn, Effective: 20120101, Corrects: 2, Cause: CauseMistake}, "", ""},
		{"withdraws nothing", Change{Action: Withdrawn, Effective: 20120101, Cause: CauseMistake}, settlement.ReasonInvalidArgument, "corrects"},
		{"withdraws the person", Change{Action: Withdrawn, Effective: 20120101, Corrects: 1, Cause: CauseMistake}, settlement.ReasonInvalidArgument, "action"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.change.By == "" {
				tt.change.By = "clerk-1"
			}
			err := Check(history, tt.change, today)
			if tt.reason == "" {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if settlement.ReasonOf(err) != tt.reason || fieldOf(err) != tt.field {
				t.Errorf("got %v, want %s of %s", err, tt.reason, tt.field)
			}
		})
	}
}

func fieldOf(err error) string {
	wrong, ok := err.(*settlement.Error)
	if !ok {
		return ""
	}
	return wrong.Field
}

func TestCheckWantsARegisteredPerson(t *testing.T) {
	c := granted(20121001, 0)
	c.By = "clerk-1"
	if err := Check(nil, c, today); settlement.ReasonOf(err) != settlement.ReasonUnknownPerson {
		t.Errorf("got %v", err)
	}
	c.By = ""
	if err := Check(nil, c, today); fieldOf(err) != "operator" {
		t.Errorf("got %v", err)
	}
	for field, spoil := range map[string]func(*Facts){
		"name":      func(f *Facts) { f.Name = "" },
		"id_number": func(f *Facts) { f.Certificate = "360827194103120019" },
		"scheme":    func(f *Facts) { f.Scheme = "" },
		"region":    func(f *Facts) { f.Region = "0" },
		"residence": func(f *Facts) { f.Residence = "moon" },
	} {
		c := first()
		c.By = "clerk-1"
		if err := Check(nil, c, today); err != nil {
			t.Fatal(err)
		}
		spoil(&c.Facts)
		if err := Check(nil, c, today); fieldOf(err) != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
