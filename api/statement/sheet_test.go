package statement

import (
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

// Every payer's account money and cash are what the patient pays; who bears the
// assistance is named.
func TestSharesOfTwoPayers(t *testing.T) {
	of := statement(t, func(s *settlement.Settlement) {
		s.Legs = append(s.Legs, settlement.Leg{Payer: "ci-360827", Payment: settlement.Payment{CriticalIllness: yuan("1000"), PersonalAccount: yuan("5.5")}})
	})
	got := rows(t, of, labelShares)
	want := []string{
		"Basic insurance: 7150.00", "Critical-illness insurance: 1050.05", "Hospital derate: 400.00",
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
