package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
)

// ruralDischarge is the discharge that the rural scheme, its insurer of
// critical illness and assistance share (demo/story.yaml works it out).
func ruralDischarge(request string) string {
	return `{"request_id": "` + request + `", "facility_id": "H36082800001", "discharge_id": "D4001", "encounter_id": "E-D4001",
	"beneficiary": {"id_number": "360827195809120014"}, "mode": "MODE_INPATIENT", "admission_date": "2026-03-02", "discharge_date": "2026-03-20",
	"bill": {"submitted": "26800.00", "self_funded": "1000.00", "first_self_pay": "500.00", "over_limit": "300.00", "eligible": "25000.00"}}`
}

// play makes a payer of the stage go wrong by rules.
func (s *stage) play(t *testing.T, code string, rules ...sim.Rule) {
	t.Helper()
	for _, role := range roles {
		if role.code != code {
			continue
		}
		script, err := sim.ParseScript(mustDemoFile(role.script))
		if err != nil {
			t.Fatal(err)
		}
		script.Rules = rules
		if err := s.payers[code].Play(script); err != nil {
			t.Fatal(err)
		}
	}
}

// holds checks how many settlements each of the two payers holds, after as
// many that were sent to each.
func (s *stage) holds(t *testing.T, scheme, insurer int) {
	t.Helper()
	for code, want := range map[string]int{"ncms-demo": scheme, "insurer-demo": insurer} {
		file := filepath.Join(t.TempDir(), "book")
		export(t, s.payers[code].URL+"/book", file)
		held := 0
		err := readBook(file, func(line *bookLine) error { held += *line.Net; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if held != want {
			t.Errorf("%s holds %d, want %d", code, held, want)
		}
	}
}

// shares are the figures of an answer, in the order of payment.
func shares(fields map[string]any) string {
	list, _ := fields["payer_shares"].([]any)
	text := ""
	for _, one := range list {
		share := one.(map[string]any)
		text += fmt.Sprintf("%v %v+%v, ", share["payer"], share["basic"], share["critical_illness"])
	}
	return text + fmt.Sprintf("assistance %s, person %s", at("adjudication", "benefit")(fields), at("adjudication", "patient_pays")(fields))
}

const ruralShares = "ncms-demo 15990.00+0.00, insurer-demo 0.00+2406.00, assistance 4622.80, person 3781.20"

// TestRuralSchemeThenInsurerThenAssistance: two payers over two wires, the
// second told what the first pays, and assistance on what they leave; quoted,
// settled, taken back.
func TestRuralSchemeThenInsurerThenAssistance(t *testing.T) {
	s := staged(t)
	quoting := strings.Replace(ruralDischarge("x"), `"request_id": "x", `, "", 1)
	quoting = strings.Replace(quoting, `"discharge_id": "D4001", `, "", 1)
	status, answer, quoted := s.call(t, http.MethodPost, "/v1/settlements:quote", quoting)
	if status != http.StatusOK || shares(quoted) != ruralShares {
		t.Errorf("quoted %d %s: %s", status, shares(quoted), answer)
	}
	s.holds(t, 0, 0)
	status, answer, settled := s.call(t, http.MethodPost, "/v1/settlements", ruralDischarge("rural-scheme-0001"))
	if status != http.StatusOK || shares(settled) != ruralShares {
		t.Fatalf("settled %d %s: %s", status, shares(settled), answer)
	}
	s.holds(t, 1, 1)
	status, answer, reversed := s.call(t, http.MethodPost, "/v1/settlements/"+settled["id"].(string)+":reverse",
		`{"request_id": "rural-reversal-01", "cause": "费用明细录入有误"}`)
	if status != http.StatusOK || reversed["state"] != "STATE_REVERSED" {
		t.Errorf("reversed %d: %s", status, answer)
	}
	s.holds(t, 0, 0)
}

// TestLostAnswersOfTheSecondPayerHeal: whatever becomes of the insurer's
// answer, the discharge is settled once, with the amounts worked by hand, and
// the books agree with the store.
func TestLostAnswersOfTheSecondPayerHeal(t *testing.T) {
	lost := sim.Rule{Transaction: "B020012", Fault: sim.LostAfter, First: 1}
	for name, rules := range map[string][]sim.Rule{
		"found by asking":                {lost},
		"found by recovery":              {lost, {Transaction: "C020007", Fault: sim.LostBefore, First: 1}},
		"unreadable, found by asking":    {{Transaction: "B020012", Fault: sim.Malformed, First: 1}},
		"broken off, found by asking":    {{Transaction: "B020012", Fault: sim.Reset, First: 1}},
		"wrong sums, found by asking":    {{Transaction: "B020012", Fault: sim.WrongSums, First: 1}},
		"of another, found by asking":    {{Transaction: "B020012", Fault: sim.OtherMessage, First: 1}},
		"an empty no, and not a refusal": {{Transaction: "B020012", Fault: sim.LostAfter, First: 1}, {Transaction: "C020007", Fault: sim.SystemError, First: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := staged(t)
			s.play(t, "insurer-demo", rules...)
			status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", ruralDischarge("rural-scheme-0002"))
			if status != http.StatusOK || shares(fields) != ruralShares {
				t.Fatalf("%d %s: %s", status, shares(fields), answer)
			}
			s.holds(t, 1, 1)
			if sent := s.payers["insurer-demo"].Arrivals("B020012"); sent != 1 {
				t.Errorf("the insurer was asked to pay %d times", sent)
			}
			s.audited(t)
		})
	}
}

// audited compares the store with every payer's book.
func (s *stage) audited(t *testing.T) {
	t.Helper()
	var books []string
	for code, payer := range s.payers {
		file := filepath.Join(t.TempDir(), code)
		export(t, payer.URL+"/book", file)
		books = append(books, code+"="+file)
	}
	if out, err := verifying(filepath.Join(s.folder, "onestop.db"), books...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestAnInsurerThatRefusesTakesTheSchemeBack: nobody pays where one refuses,
// and the discharge is free again.
func TestAnInsurerThatRefusesTakesTheSchemeBack(t *testing.T) {
	s := staged(t)
	s.play(t, "insurer-demo", sim.Rule{Transaction: "B020012", Fault: sim.Refuse, First: 1})
	_, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", ruralDischarge("rural-scheme-0003"))
	if fields["state"] != "STATE_NOT_SETTLED" || fields["reason"] != "PAYER_REFUSED" {
		t.Fatalf("%s", answer)
	}
	s.holds(t, 0, 0)
	_, answer, fields = s.call(t, http.MethodPost, "/v1/settlements", ruralDischarge("rural-scheme-0004"))
	if shares(fields) != ruralShares {
		t.Errorf("%s", answer)
	}
	s.holds(t, 1, 1)
	s.audited(t)
}

// TestAForgottenTicketIsARefusalAtMost: the payer restarts and knows no ticket
// any more. The settle it turned away is not repeated by the gateway; the
// cashier's next try comes with a new ticket.
func TestAForgottenTicketIsARefusalAtMost(t *testing.T) {
	s := staged(t)
	s.play(t, "ncms-demo", sim.Rule{Transaction: "S14", Fault: sim.ExpiredTicket, First: 1})
	_, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", ruralDischarge("rural-scheme-0005"))
	if fields["state"] != "STATE_NOT_SETTLED" || s.payers["ncms-demo"].Arrivals("S14") != 1 {
		t.Fatalf("%s", answer)
	}
	s.holds(t, 0, 0)
	_, answer, fields = s.call(t, http.MethodPost, "/v1/settlements", ruralDischarge("rural-scheme-0006"))
	if shares(fields) != ruralShares {
		t.Errorf("%s", answer)
	}
}

// TestCriticalIllnessIsPaidOnce: a scheme that starts paying critical illness
// itself, before an insurer that does, comes to a stop and not to two payments.
func TestCriticalIllnessIsPaidOnce(t *testing.T) {
	s := staged(t)
	script, err := sim.ParseScript(mustDemoFile("ncms.json"))
	if err != nil {
		t.Fatal(err)
	}
	person := script.People["360828000013"]
	person.CriticalAbove, person.CriticalRatio = "8000.00", "0.50"
	script.People["360828000013"] = person
	if err := s.payers["ncms-demo"].Play(script); err != nil {
		t.Fatal(err)
	}
	_, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", ruralDischarge("rural-scheme-0007"))
	if fields["state"] != "STATE_NOT_SETTLED" || fields["reason"] != "CRITICAL_ILLNESS_TWICE" {
		t.Errorf("%s", answer)
	}
	s.holds(t, 0, 0)
}
