package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func TestFilter(t *testing.T) {
	day := settlement.NewDate
	for text, want := range map[string]lifecycle.Query{
		"":                               {},
		"   ":                            {},
		`facility_id = "H36082700001"`:   {Facility: "H36082700001"},
		`facility_id="H36082700001"`:     {Facility: "H36082700001"},
		"facility_id\t=\nH36082700001":   {Facility: "H36082700001"},
		`discharge_id = "ZY 1 AND x=\""`: {Discharge: `ZY 1 AND x="`},
		`discharge_id = "a\\b"`:          {Discharge: `a\b`},
		`discharge_id = "出院-1"`:          {Discharge: "出院-1"},
		`state = "STATE_PROCESSING"`: {States: []settlement.State{
			settlement.StateReceived, settlement.StateSettling, settlement.StateAborting,
		}},
		`state = STATE_SETTLED`:                    {States: []settlement.State{settlement.StateCommitted}},
		`state = STATE_NOT_SETTLED`:                {States: []settlement.State{settlement.StateAborted}},
		`state = STATE_NEEDS_ATTENTION`:            {States: []settlement.State{settlement.StateAttention}},
		`state = STATE_REVERSING`:                  {States: []settlement.State{settlement.StateReversing}},
		`state = STATE_REVERSED`:                   {States: []settlement.State{settlement.StateReversed}},
		`discharge_date = "2012-08-09"`:            {From: day(2012, 8, 9), To: day(2012, 8, 9)},
		`discharge_date >= 2012-08-01`:             {From: day(2012, 8, 1)},
		`discharge_date<="2012-08-31"`:             {To: day(2012, 8, 31)},
		`review = true`:                            {Review: true},
		`review="true" AND facility_id = "H1"`:     {Review: true, Facility: "H1"},
		`facility_id = AND AND discharge_id = AND`: {Facility: "AND", Discharge: "AND"},
		`discharge_date >= 2012-08-01 AND discharge_date <= 2012-08-31 AND facility_id = H1`: {
			From: day(2012, 8, 1), To: day(2012, 8, 31), Facility: "H1",
		},
	} {
		got, err := parseFilter(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// What is wrong is told with its position, in characters from one.
func TestBadFilters(t *testing.T) {
	w := serve(t)
	for text, want := range map[string]string{
		`colour = "red"`:                    "position 1: expected one of facility_id, discharge_id, state, discharge_date, review",
		`name = "张测试"`:                      "position 1: expected one of",
		`= "x"`:                             "position 1: expected one of",
		`FACILITY_ID = "H1"`:                "position 1: expected one of",
		`facility_id`:                       "position 12: expected =, >= or <=",
		`facility_id = `:                    "position 15: expected a value",
		`facility_id : "H1"`:                "position 13: expected =, >= or <=",
		`facility_id != "H1"`:               "position 13: expected =, >= or <=",
		`facility_id < "H1"`:                "position 13: expected =, >= or <=",
		`facility_id >= "H1"`:               "position 13: facility_id takes = only",
		`facility_id = ""`:                  "position 15: facility_id must not be empty",
		`discharge_id = "`:                  "position 16: the quotation mark is not closed",
		`discharge_id = "a`:                 "position 16: the quotation mark is not closed",
		`discharge_id = "a\n"`:              `position 18: \ stands only before " or \`,
		`discharge_id = "a\`:                `position 18: \ stands only before " or \`,
		`discharge_id = 'a'`:                "position 16: expected a value",
		`discharge_id = *`:                  "position 16: expected a value",
		`state = "SETTLED"`:                 "position 9: expected a state such as STATE_SETTLED",
		`state = "STATE_UNSPECIFIED"`:       "position 9: expected a state such as STATE_SETTLED",
		`state = "COMMITTED"`:               "position 9: expected a state such as STATE_SETTLED",
		`review = false`:                    "position 10: review takes true only",
		`discharge_date = "2012-02-30"`:     "position 18: expected a date such as 2012-08-09",
		`discharge_date > "2012-02-03"`:     "position 16: expected =, >= or <=",
		`facility_id = H1 facility_id`:      "position 18: expected AND",
		`facility_id = H1 and review`:       "position 18: expected AND",
		`facility_id = H1 OR review=true`:   "position 18: expected AND",
		`facility_id = H1 AND`:              "position 21: expected a condition after AND",
		`facility_id = H1 AND AND`:          "position 22: expected one of",
		`(facility_id = H1)`:                "position 1: expected one of",
		`NOT review = true`:                 "position 1: expected one of",
		`discharge_id="出院" AND x = 1`:       "position 23: expected one of",
		`facility_id=H1 AND facility_id=H1`: "position 20: facility_id stands twice",
		`discharge_date>=2012-01-01 AND discharge_date>=2012-01-02`:                  "position 32: discharge_date stands twice",
		`discharge_date=2012-01-01 AND discharge_date<=2012-01-02`:                   "position 31: discharge_date stands twice",
		`discharge_date=2012-01-01 AND review=true AND discharge_date>="2012-01-02"`: "position 47: discharge_date stands twice",
	} {
		r := w.get("/v1/settlements?filter=" + url.QueryEscape(text))
		told := r.told(t)
		if r.status != http.StatusBadRequest || told.reason() != settlement.ReasonInvalidFilter || told.field() != "filter" {
			t.Errorf("%q: %d %v", text, r.status, told)
		} else if !strings.Contains(told.fields[0].GetDescription(), want) {
			t.Errorf("%q: %q does not say %q", text, told.fields[0].GetDescription(), want)
		}
	}
	if len(w.queries) != 0 {
		t.Errorf("%d listings came through", len(w.queries))
	}
}

func FuzzFilter(f *testing.F) {
	f.Add(`facility_id = "H1" AND state = STATE_SETTLED AND discharge_date >= 2012-08-01`)
	f.Add(`discharge_id = "a\"\\" AND review = true`)
	f.Add(`discharge_id="出`)
	f.Fuzz(func(t *testing.T, text string) {
		query, err := parseFilter(text)
		if err != nil {
			if settlement.ReasonOf(err) != settlement.ReasonInvalidFilter || settlement.KindOf(err) != settlement.KindInvalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		restricted := query.Facility != "" || query.Discharge != "" || len(query.States) > 0 || query.From != 0 || query.To != 0 || query.Review
		if restricted == (strings.Trim(text, " \t\r\n") == "") {
			t.Fatalf("%q reads as %+v", text, query)
		}
		if utf8.ValidString(text) && !utf8.ValidString(string(query.Discharge)) {
			t.Fatalf("%q cuts a character in two", text)
		}
	})
}
