package worked_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/worked"
)

// nodeOf reads JSON into nodes in the order of its keys.
func nodeOf(t *testing.T, text string) settlement.Node {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	node, err := next(decoder)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return node
}

func next(decoder *json.Decoder) (node settlement.Node, err error) {
	token, err := decoder.Token()
	if err != nil {
		return node, err
	}
	switch token {
	case nil:
		return node, nil
	case json.Delim('{'), json.Delim('['):
		node.Kind = settlement.NodeMap
		if token == json.Delim('[') {
			node.Kind = settlement.NodeList
		}
		for decoder.More() {
			var key json.Token
			if node.Kind == settlement.NodeMap {
				if key, err = decoder.Token(); err != nil {
					return node, err
				}
			}
			value, err := next(decoder)
			if err != nil {
				return node, err
			}
			if node.Kind == settlement.NodeList {
				node.Items = append(node.Items, value)
			} else {
				node.Fields = append(node.Fields, settlement.Field{Key: fmt.Sprint(key), Value: value})
			}
		}
		_, err = decoder.Token()
		return node, err
	}
	return settlement.Node{Kind: settlement.NodeScalar, Text: fmt.Sprint(token)}, nil
}

// town is a policy with one rule: seventy percent, at most 1,000 a year.
const town = `{"policies": {"town": {"title": "t", "versions": [{"id": "town/1", "effective_from": "2020-01-01", "effective_to": null,
 "payers_before": ["commercial", "hospital_derate", "special_care"], "payers_after": ["charity"],
 "uninsured": {"covered": false, "source": "s"}, "provider": {"unreferred": {"rule": "covered"}, "source": "s"}, "critical_illness": null,
 "categories": [{"id": "rural_dibao", "fund": "rural", "rules": [{"mode": "inpatient", "disease_class": "any",
  "deductible": {"kind": "none"}, "ratio": {"kind": "flat", "rate": "0.7"}, "caps": [{"bucket": "total", "limit": "1000"}], "source": "s"}]}]}]}}}`

func townPolicies(t *testing.T) worked.Policies {
	t.Helper()
	file, err := worked.DecodeFile(nodeOf(t, town).Fields)
	if err != nil {
		t.Fatal(err)
	}
	return file.ByID()
}

// step is a settlement of 1,000 yuan, of which 700 are assisted.
func step(sid, discharge, expect string) string {
	return `{"op": "settle", "sid": ` + sid + `, "mode": "inpatient", "admission": "2020-03-01", "discharge": "` + discharge + `",
	 "bill": {"total": 1000, "out_of_scope": 0, "pre_self_pay": 0, "over_limit": 0, "in_scope": "1000.00"},
	 "payers": {"scheme": "ncms"}, "expect": ` + expect + `}`
}

func caseOf(steps string, more string) string {
	return `{"id": "C", "policy": "town", "person": {"residence": "rural", "categories": [{"id": "rural_dibao", "from": "2010-01-01", "to": null}]},
	 "steps": [` + steps + `]` + more + `}`
}

func run(t *testing.T, text string) ([]string, error) {
	t.Helper()
	one, err := worked.Decode(7, nodeOf(t, text))
	if err != nil {
		return nil, err
	}
	return one.Run(townPolicies(t))
}

const right = `{"status": "ok", "reason": "OK", "policy_version": "town/1", "category": "rural_dibao", "fund": "rural", "ci_pay": "0",
 "base": "1000.0", "deductible_applied": 0, "assist_ordinary": "700.00", "assist_inclined": "0.00", "assist": 700, "charity_applied": "0.00", "patient_pay": "300"}`

func TestDifferences(t *testing.T) {
	wrong := strings.NewReplacer(`"ok"`, `"zero"`, `"OK"`, `"CAP_EXHAUSTED"`, `"town/1"`, `"town/2"`, `"rural_dibao"`, `null`, `"rural"`, `null`,
		`"ci_pay": "0"`, `"ci_pay": "0.01"`, `"1000.0"`, `"999.99"`, `"deductible_applied": 0`, `"deductible_applied": 1`, `"700.00"`, `"699"`,
		`"assist_inclined": "0.00"`, `"assist_inclined": "1"`, `"assist": 700`, `"assist": 701`, `"charity_applied": "0.00"`, `"charity_applied": "3"`,
		`"patient_pay": "300"`, `"patient_pay": "301", "warnings": ["BASE_FLOORED"]`).Replace(right)
	tests := []struct {
		says, text string
		want       []string
	}{
		{"none", caseOf(step(`"s1"`, "2020-03-02", right), `, "accumulators_after": {"2020": {"buckets": {"total": 700}}}`), nil},
		{"every field", caseOf(step(`"s1"`, "2020-03-02", wrong), ``), []string{
			"C s1.status: expected zero, computed ok",
			"C s1.reason: expected CAP_EXHAUSTED, computed OK",
			"C s1.policy_version: expected town/2, computed town/1",
			"C s1.category: expected null, computed rural_dibao",
			"C s1.fund: expected null, computed rural",
			"C s1.ci_pay: expected 0.01, computed 0.00",
			"C s1.base: expected 999.99, computed 1000.00",
			"C s1.deductible_applied: expected 1.00, computed 0.00",
			"C s1.assist_ordinary: expected 699.00, computed 700.00",
			"C s1.assist_inclined: expected 1.00, computed 0.00",
			"C s1.assist: expected 701.00, computed 700.00",
			"C s1.charity_applied: expected 3.00, computed 0.00",
			"C s1.patient_pay: expected 301.00, computed 300.00",
			"C s1.warnings: expected [BASE_FLOORED], computed []",
		}},
		{"only what the case says", caseOf(step(`"s1"`, "2020-03-02", `{"status": "ok", "assist": "1"}`), ``), []string{
			"C s1.assist: expected 1.00, computed 700.00",
		}},
		{"an error has status and reason only", caseOf(step(`"s1"`, "2020-02-02", right), ``), []string{
			"C s1.status: expected ok, computed error", "C s1.reason: expected OK, computed DATE_ORDER",
		}},
		{"an error was expected", caseOf(step(`"s1"`, "2020-03-02", `{"status": "error", "reason": "DATE_ORDER"}`), ``), []string{
			"C s1.status: expected error, computed ok", "C s1.reason: expected DATE_ORDER, computed OK",
		}},
		{"warnings left out are none", caseOf(strings.Replace(step(`"s1"`, "2020-03-02", `{"status": "zero"}`), `"scheme": "ncms"`, `"scheme": "ncms", "basic": "0"`, 1), ``), []string{
			"C s1.status: expected zero, computed ok",
		}},
		{"steps without an id, or with one used before, go by their number",
			caseOf(step(`null`, "2020-03-02", `{"status": "zero"}`)+`, {"op": "reverse", "sid": "s1", "expect": {"status": "ok"}},`+
				step(`"s1"`, "2020-03-02", `{"status": "zero"}`)+`, {"op": "reverse", "sid": "s1", "expect": {"status": "error"}}`, ``), []string{
				"C 1.status: expected zero, computed ok",
				"C s1.status: expected ok, computed error",
				"C 3.status: expected zero, computed ok",
				"C 4.status: expected error, computed ok",
			}},
		{"the years in the end, in order, absent is zero",
			caseOf(step(`"s1"`, "2020-03-02", `{"status": "ok"}`),
				`, "accumulators": {"2019": {"ci_base": "5", "care_grants": 1}}, "accumulators_after": {"2021": {"deductible_met": 2, "ci_paid": 3}, "2020": {"buckets": {"more": 1}}}`), []string{
				"C accumulators_after.2019.ci_base: expected 0.00, computed 5.00",
				"C accumulators_after.2019.care_grants: expected 0, computed 1",
				"C accumulators_after.2020.buckets.more: expected 1.00, computed 0.00",
				"C accumulators_after.2020.buckets.total: expected 0.00, computed 700.00",
				"C accumulators_after.2021.deductible_met: expected 2.00, computed 0.00",
				"C accumulators_after.2021.ci_paid: expected 3.00, computed 0.00",
			}},
		{"years the case says nothing of", caseOf(step(`"s1"`, "2020-03-02", `{"status": "ok"}`), `, "accumulators": {"2019": {"ci_base": "5"}}`), nil},
		{"flagged settlements, by any of three names",
			caseOf(step(`"s1"`, "2020-03-02", `{"status": "ok"}`)+`,`+step(`"s2"`, "2020-03-03", `{"reason": "CAP_LIMITED", "status": "ok"}`)+
				`, {"op": "reverse", "sid": "s1", "expect": {"status": "ok", "reason": "OK", "review": [], "flagged": ["s2"], "flagged_for_review": ["s1", "s2"]}}`, ``), []string{
				"C 3.review: expected [], computed [s2]",
				"C 3.flagged_for_review: expected [s1, s2], computed [s2]",
			}},
	}
	for _, test := range tests {
		t.Run(test.says, func(t *testing.T) {
			got, err := run(t, test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFiguresInTheWrongFormAreTheAnswer(t *testing.T) {
	base := step(`"s1"`, "2020-03-02", `{"status": "error", "reason": "WANT"}`)
	for _, test := range []struct{ old, new, want string }{
		{`"in_scope": "1000.00"`, `"in_scope": "1000.001"`, "BAD_PRECISION"},
		{`"scheme": "ncms"`, `"scheme": "ncms", "basic": "-1", "critical_illness": {"source": "compute", "pay": "0.001"}`, "BAD_PRECISION"},
		{`"total": 1000,`, `"total": "1,000",`, "BAD_AMOUNT"},
		{`"total": 1000,`, `"total": 1e3,`, "BAD_AMOUNT"},
		{`"total": 1000, "out_of_scope": 0`, `"total": "x", "out_of_scope": "0.001"`, "BAD_PRECISION"},
		{`"2020-03-02"`, `"2020-02-30"`, "BAD_DATE"},
		{`"scheme": "ncms"`, `"scheme": "ncms", "charity_offer": "-0.01"`, "NEGATIVE_AMOUNT"},
		{`"total": 1000,`, `"total": 1001,`, "BILL_UNBALANCED"},
		{`"scheme": "ncms"`, `"scheme": "ncms", "critical_illness": {"source": "given", "pay": 1001}`, "PAYERS_EXCEED_TOTAL"},
		{`"2020-03-01"`, `"2020-03-03"`, "DATE_ORDER"},
		{`"admission": "2020-03-01", "discharge": "2020-03-02"`, `"admission": "2019-03-01", "discharge": "2019-03-02"`, "NO_POLICY_VERSION"},
	} {
		text := strings.Replace(strings.Replace(base, test.old, test.new, 1), "WANT", test.want, 1)
		got, err := run(t, caseOf(text, `, "accumulators_after": {}`))
		if err != nil || got != nil {
			t.Errorf("%s: %v, %v", test.new, got, err)
		}
	}
}

func TestCasesThatMakeNoSense(t *testing.T) {
	good := caseOf(step(`"s1"`, "2020-03-02", `{"status": "ok"}`), `, "accumulators_after": {}`)
	for _, test := range []struct{ says, old, new, want string }{
		{"an unknown key", `"policy"`, `"polcy": 1, "policy"`, "cases[7].polcy: unknown key"},
		{"no id", `"id": "C", `, ``, "cases[7].id: is missing"},
		{"no policy by that id", `"policy": "town"`, `"policy": "city"`, "cases[7].policy: no policy of the file has this id"},
		{"a misspelt payer", `"scheme": "ncms"`, `"scheme": "ncms", "comercial": 1`, "cases[7].steps[0].payers.comercial: unknown key"},
		{"an expectation nobody knows", `{"status": "ok"}`, `{"status": "ok", "asist": 1}`, "cases[7].steps[0].expect.asist: unknown key"},
		{"no status expected", `{"status": "ok"}`, `{"reason": "OK"}`, "cases[7].steps[0].expect.status: is missing"},
		{"a status unheard of", `{"status": "ok"}`, `{"status": "okay"}`, "cases[7].steps[0].expect.status: is not one of"},
		{"an expected amount that is none", `{"status": "ok"}`, `{"status": "ok", "assist": "lots"}`, "cases[7].steps[0].expect.assist: is not an amount"},
		{"a part of the bill missing", `"over_limit": 0, `, ``, "cases[7].steps[0].bill.over_limit: is missing"},
		{"no scheme", `"scheme": "ncms"`, `"basic": 0`, "cases[7].steps[0].payers.scheme: is missing"},
		{"a scheme unheard of", `"ncms"`, `"lottery"`, "cases[7].steps[0].payers.scheme: is not one of"},
		{"a mode unheard of", `"mode": "inpatient"`, `"mode": "dental"`, "cases[7].steps[0].mode: is not one of"},
		{"an operation unheard of", `"op": "settle"`, `"op": "pay"`, "cases[7].steps[0].op: is not one of"},
		{"an operation missing", `"op": "settle", `, ``, "cases[7].steps[0].op: is missing"},
		{"a reversal with a bill", `"op": "settle"`, `"op": "reverse"`, "cases[7].steps[0].mode: unknown key"},
		{"an amount that is a list", `"total": 1000`, `"total": [1000]`, "cases[7].steps[0].bill.total: must be a text or a number"},
		{"no admission", `"admission": "2020-03-01", `, ``, "cases[7].steps[0].admission: is missing"},
		{"a residence unheard of", `"residence": "rural"`, `"residence": "moon"`, "cases[7].person.residence: is not one of"},
		{"a category that ends before it begins", `"to": null`, `"to": "2009-01-01"`, "cases[7].person.categories[0].to: is before from"},
		{"a year that is none", `"accumulators_after": {}`, `"accumulators": {"20": {}}`, "cases[7].accumulators.20: 20 is not a year"},
		{"an accumulator unheard of", `"accumulators_after": {}`, `"accumulators": {"2020": {"used": 1}}`, "cases[7].accumulators.2020.used: unknown key"},
		{"a count that is none", `"accumulators_after": {}`, `"accumulators": {"2020": {"care_grants": "-1"}}`, "cases[7].accumulators.2020.care_grants: is not a whole number"},
		{"a facility that is half designated", `"payers"`, `"provider": {"designated": "half"}, "payers"`, "cases[7].steps[0].provider.designated: must be true or false"},
		{"a settlement by an id that still stands", `"steps": [`, `"steps": [` + step(`"s1"`, "2020-03-02", `{"status": "ok"}`) + `,`, "cases[7].steps[1].sid: a settlement by this id still stands"},
	} {
		t.Run(test.says, func(t *testing.T) {
			text := strings.Replace(good, test.old, test.new, 1)
			if text == good {
				t.Fatalf("%q is not in the case", test.old)
			}
			_, err := run(t, text)
			var problems settlement.Problems
			if !errors.As(err, &problems) || !strings.HasPrefix(problems[0].Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
