package statement

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// rows are a section's rows as "label: value".
func rows(t *testing.T, of *lifecycle.Statement, title words.Text) (found []string) {
	t.Helper()
	laid, err := lay(of, words.English)
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range laid.Sections {
		if section.Title == title.En {
			for _, row := range section.Rows {
				found = append(found, row.Label+": "+row.Value)
			}
		}
	}
	return found
}

// Every state but the settled one stands across the top of the sheet, with
// what to do; a sheet without an adjudication says nothing of payments.
func TestBanners(t *testing.T) {
	for _, state := range []settlement.State{
		settlement.StateReceived, settlement.StateSettling, settlement.StateAborting, settlement.StateAborted,
		settlement.StateAttention, settlement.StateReversing, settlement.StateReversed, settlement.StateCommitted,
	} {
		of := statement(t, undecided(state, settlement.ReasonPayerInDoubt))
		if state == settlement.StateCommitted || state == settlement.StateReversing || state == settlement.StateReversed {
			of = statement(t, func(s *settlement.Settlement) { s.State = state })
		}
		for _, language := range []words.Language{words.Chinese, words.English} {
			laid, err := lay(of, language)
			if err != nil {
				t.Fatal(err)
			}
			settled := state == settlement.StateCommitted
			if (laid.Banner == "") != settled || (laid.Advice == "") != settled {
				t.Errorf("%s: %q, %q", state, laid.Banner, laid.Advice)
			}
			if (laid.Pays == nil) != (of.Settlement.Adjudication == nil) || (len(laid.Working) == 0) != (laid.Pays == nil) {
				t.Errorf("%s: pays %v", state, laid.Pays)
			}
		}
	}
	for state, want := range map[settlement.State]string{
		settlement.StateAborted: "未结算", settlement.StateSettling: "未结算（尚无最终结果）", settlement.StateReversed: "已冲正作废",
	} {
		if got := banner(state).Zh; got != want {
			t.Errorf("%s: %s", state, got)
		}
	}
}

// A bill whose parts the facility left out is shown as the insurer saw it, once
// settled, and by its total before.
func TestBillFromThePayer(t *testing.T) {
	leaveOut := func(s *settlement.Settlement) {
		s.BillStated = false
		if len(s.Legs) > 0 {
			s.Legs[0].Payment.Bill = s.Claim.Bill
		}
	}
	of := statement(t, leaveOut)
	of.Settlement.Claim.Bill = settlement.Bill{Submitted: yuan("12000")}
	want := []string{"Self-funded: 500.00", "First self-payment: 300.00", "Over the price limit: 200.00", "Eligible: 11000.00", "Submitted: 12000.00"}
	if diff := cmp.Diff(want, rows(t, of, labelBill)); diff != "" {
		t.Error(diff)
	}
	of = statement(t, undecided(settlement.StateSettling, ""), leaveOut)
	if diff := cmp.Diff([]string{"Submitted: 12000.00"}, rows(t, of, labelBill)); diff != "" {
		t.Error(diff)
	}
}

// The approval stands on the sheet where one was named.
func TestApprovalOnTheSheet(t *testing.T) {
	const row = "Approval: 测审7号"
	named := statement(t, func(s *settlement.Settlement) { s.Claim.Approval = "测审7号" })
	if !slices.Contains(rows(t, named, labelPerson), row) {
		t.Error("it was named")
	}
	for _, row := range rows(t, statement(t), labelPerson) {
		if strings.HasPrefix(row, "Approval") {
			t.Error(row)
		}
	}
}

// What this settlement adds to the year stands by bucket, in a fixed order.
func TestYear(t *testing.T) {
	of := statement(t)
	of.Settlement.Adjudication.Delta = settlement.Accumulator{
		Used:          map[settlement.BucketID]settlement.Money{"total": 3, "inclined": 2, "own": 1, "empty": 0},
		DeductibleMet: 4, CriticalIllnessBase: 5, CriticalIllnessPaid: 6,
	}
	want := []string{
		"Annual cap of inclined assistance: 0.02", "Own: 0.01", "Annual cap in total: 0.03",
		"Deductible met: 0.04", "Amount towards critical illness: 0.05", "Critical illness paid: 0.06",
	}
	if diff := cmp.Diff(want, rows(t, of, labelYear)); diff != "" {
		t.Error(diff)
	}
	of.Settlement.Adjudication.Delta = settlement.Accumulator{}
	if got := rows(t, of, labelYear); got != nil {
		t.Errorf("nothing was counted: %v", got)
	}
}

// The insurance that pays first is called by its own name; who has none still
// sees that none paid.
func TestBasicInsuranceByName(t *testing.T) {
	for scheme, want := range map[settlement.Scheme]words.Text{
		settlement.SchemeNCMS:     {Zh: "新型农村合作医疗", En: "New rural cooperative medical scheme"},
		settlement.SchemeResident: {Zh: "城乡居民基本医疗保险", En: "Resident basic medical insurance"},
		settlement.SchemeEmployee: {Zh: "职工基本医疗保险", En: "Employee basic medical insurance"},
		settlement.SchemeNone:     {Zh: "基本医疗保险", En: "Basic insurance"},
		"":                        {Zh: "基本医疗保险", En: "Basic insurance"},
	} {
		of := statement(t, func(s *settlement.Settlement) {
			s.Coverage.Scheme = scheme
			if scheme == settlement.SchemeNone {
				s.Legs = nil
			}
		})
		for _, language := range []words.Language{words.Chinese, words.English} {
			laid, err := lay(of, language)
			if err != nil {
				t.Fatal(err)
			}
			if got := laid.Sections[2].Rows[0].Label; got != want.In(language) {
				t.Errorf("%s is called %s", scheme, got)
			}
		}
	}
}

// What the year has used stands by bucket, with the limit where the version
// has one; what was never used does not stand.
func TestUsedOfTheYear(t *testing.T) {
	of := statement(t)
	of.Used = settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{"total": 3, "inclined": 2, "own": 1, "empty": 0}}
	want := []string{
		"Annual cap of inclined assistance (limit 2000.00): 0.02", "Own: 0.01", "Annual cap in total (limit 60000.00): 0.03",
	}
	title := words.Text{Zh: "2012年度累计已用（截至打印时）", En: "Used in 2012, as of printing"}
	if diff := cmp.Diff(want, rows(t, of, title)); diff != "" {
		t.Error(diff)
	}
	of.Used = settlement.Accumulator{}
	if got := rows(t, of, title); got != nil {
		t.Errorf("nothing was used: %v", got)
	}
}

// The payer's own words stand on a sheet that is not settled, in both forms,
// and on no other.
func TestThePayersOwnWords(t *testing.T) {
	refused := statement(t, undecided(settlement.StateAborted, settlement.ReasonPayerRefused), saying("[P500] 未上传"))
	for _, form := range []func(*lifecycle.Statement, words.Language) ([]byte, error){Text, HTML} {
		for language, want := range map[words.Language]string{words.Chinese: "支付方答复：[P500] 未上传", words.English: "The payer says: [P500] 未上传"} {
			got, err := form(refused, language)
			if err != nil || !strings.Contains(string(got), want) {
				t.Errorf("%v: %q is missing:\n%s", err, want, got)
			}
		}
		got, err := form(statement(t, saying("[P500] 未上传")), words.Chinese)
		if err != nil || strings.Contains(string(got), "未上传") {
			t.Errorf("%v: on a settled sheet:\n%s", err, got)
		}
	}
}

// A patient reads the policy's own words or a principle, never a number of ours.
func TestSourcesAreWords(t *testing.T) {
	laid, err := lay(statement(t), words.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, step := range laid.Working {
		kind, says, _ := strings.Cut(step.Article, "：")
		kinds[kind]++
		if says == "" || strings.Contains(says, "A0") || strings.Contains(says, "A1") || strings.Contains(says, "A2") {
			t.Errorf("%q", step.Article)
		}
	}
	if kinds["依据"] == 0 || kinds["规则"] == 0 || len(kinds) != 2 {
		t.Errorf("%v", kinds)
	}
	if got := (&layout{language: words.Chinese}).source(""); got != "" {
		t.Errorf("nothing is %q", got)
	}
}

// Every payer's account money and cash are what the patient pays; who bears the
// assistance is named.
func TestSharesOfTwoPayers(t *testing.T) {
	of := statement(t, func(s *settlement.Settlement) {
		s.Legs = append(s.Legs, settlement.Leg{Payer: "ci-360827", Payment: settlement.Payment{CriticalIllness: yuan("1000"), PersonalAccount: yuan("5.5")}})
	})
	got := rows(t, of, labelShares)
	want := []string{
		"New rural cooperative medical scheme: 7150.00", "Critical-illness insurance: 1050.05", "Hospital derate: 400.00",
		"Medical assistance: 1609.97", "Inclined assistance: 113.99", "Charitable aid: 10.00", "Patient pays: 1665.99",
		"Total: 12000.00", "Of which from the personal account: 45.50", "Of which in cash: 1620.49",
		"Borne by: rural medical assistance fund",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A care grant goes to the person and bears no bill.
func TestGrant(t *testing.T) {
	of := statement(t, grant)
	want := []string{"Paid to the person: 1000.00", "Borne by: rural medical assistance fund"}
	if diff := cmp.Diff(want, rows(t, of, labelGrant)); diff != "" {
		t.Error(diff)
	}
	if got := rows(t, of, labelShares); got != nil {
		t.Errorf("%v", got)
	}
}

// Why, and what a person may want to look at, are told in words.
func TestReasonsInWords(t *testing.T) {
	of := statement(t)
	of.Settlement.Adjudication.Reason = settlement.ReasonCapLimited
	of.Settlement.Adjudication.Warnings = []settlement.Warning{settlement.WarnBaseFloored}
	laid, err := lay(of, words.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	if len(laid.Reasons) != 2 || !strings.Contains(laid.Reasons[0], "年度限额") || !strings.Contains(laid.Reasons[1], "救助基数按零计") {
		t.Errorf("%v", laid.Reasons)
	}
}

// What is not known is left out, not shown empty.
func TestEmptyRowsAreLeftOut(t *testing.T) {
	of := statement(t, undecided(settlement.StateSettling, ""), func(s *settlement.Settlement) { s.Insured, s.Claim.Disease = "", "" })
	of.Facility, of.Policy = lifecycle.Facility{}, ""
	for _, row := range rows(t, of, labelPerson) {
		label, value, _ := strings.Cut(row, ": ")
		if value == "" || label == "Disease" || label == "Insured number" || label == "Settled at" || label == "Category" {
			t.Errorf("%q", row)
		}
	}
	if got := rows(t, of, labelPerson)[0]; got != "Facility: H36082700001" {
		t.Errorf("%q", got)
	}
}
