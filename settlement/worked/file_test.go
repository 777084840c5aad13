package worked_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement/worked"
)

const checks = `, "meta": {"any": "thing"}, "assumptions": {"A01": "text"}, "cases": null,
 "eligibility_checks": {"note": "n", "standards": {"urban": "245", "rural": "110"}, "marginal_factor": "1.80", "checks": [
  {"residence": "urban", "income": "441", "expect": "marginal"}, {"residence": "rural", "income": "198.01", "expect": "none"}]},
 "fund_checks": {"note": "n", "checks": [{"fund": "urban", "disbursed": "3554000", "raised": "2930000", "expect_percent": "121.3"}],
  "totals": {"persons_urban": 1, "persons_rural": 2, "persons_total": 3, "disbursed_total": "3554000"}}}`

// withChecks is the file of town with checks, edited.
func withChecks(old, new string) string {
	return strings.TrimSuffix(town, "}") + strings.Replace(checks, old, new, 1)
}

func TestSmallChecks(t *testing.T) {
	for _, test := range []struct {
		old, new string
		want     [][]string
	}{
		{"", "", [][]string{nil, nil, nil, nil}},
		{`"441"`, `"441.01"`, [][]string{{"eligibility_checks 1.standing: expected marginal, computed none"}, nil, nil, nil}},
		{`"income": "198.01"`, `"income": "110"`, [][]string{nil, {"eligibility_checks 2.standing: expected none, computed within_dibao"}, nil, nil}},
		{`"121.3"`, `"121.2"`, [][]string{nil, nil, {"fund_checks 1.percent: expected 121.2, computed 121.3"}, nil}},
		{`"raised": "2930000"`, `"raised": "0"`, [][]string{nil, nil, {"fund_checks 1.percent: expected 121.3, computed INVALID_ARGUMENT"}, nil}},
		{`"persons_total": 3, "disbursed_total": "3554000"`, `"persons_total": 4, "disbursed_total": "1"`, [][]string{nil, nil, nil, {
			"fund_checks totals.persons_total: expected 4, computed 3", "fund_checks totals.disbursed_total: expected 1.00, computed 3554000.00",
		}}},
	} {
		file, err := worked.DecodeFile(nodeOf(t, withChecks(test.old, test.new)).Fields)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, file.Check()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.new, diff)
		}
	}
}

func TestFilesThatMakeNoSense(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{`"meta"`, `"mata"`, "mata: unknown key"},
		{`"marginal_factor": "1.80"`, `"marginal_factor": "101"`, "eligibility_checks.marginal_factor: is more than 100"},
		{`"marginal_factor": "1.80", `, ``, "eligibility_checks.marginal_factor: is missing"},
		{`, "rural": "110"`, ``, "eligibility_checks.standards.rural: is missing"},
		{`"expect": "marginal"`, `"expect": "poor"`, "eligibility_checks.checks[0].expect: is not one of"},
		{`"raised": "2930000", `, ``, "fund_checks.checks[0].raised: is missing"},
		{`"persons_urban": 1, `, ``, "fund_checks.totals.persons_urban: is missing"},
		{`"assumptions"`, `"category_vocabulary": ["tekun", "tekun"], "assumptions"`, "category_vocabulary[1]: stands here twice"},
		{`"assumptions"`, `"category_vocabulary": ["tekun"], "assumptions"`, "policies.town.versions[0].categories[0].id: is not one of tekun"},
	} {
		_, err := worked.DecodeFile(nodeOf(t, withChecks(test.old, test.new)).Fields)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.new, err, test.want)
		}
	}
	if _, err := worked.DecodeFile(nil); err == nil || err.Error() != "policies: is missing" {
		t.Errorf("an empty file: %v", err)
	}
}
