package words

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// Whatever people can meet in the queue is told in whole sentences.
func TestAttentionIsToldInSentences(t *testing.T) {
	for name, text := range declared(t, "state.go", "Leg") {
		if wrong := sentence(LegState(settlement.LegState(text))); wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	for name, text := range declared(t, "attention.go", "Resolve") {
		if wrong := sentence(Resolution(settlement.Resolution(text))); wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	for name, text := range declared(t, "state.go", "State") {
		s := settlement.Settlement{State: settlement.State(text), Adjudication: &settlement.Adjudication{Reason: settlement.ReasonOK}}
		told := Attention(&s)
		if wrong := sentence(told); wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
		if waits := s.State == settlement.StateAttention; waits == strings.Contains(told.Zh, "不待人工处理") {
			t.Errorf("%s: %v", name, told)
		}
	}
	s := settlement.Settlement{State: settlement.StateAttention, Proposal: &settlement.Proposal{}}
	if told := Attention(&s); !strings.Contains(told.Zh, "另一人") || !strings.Contains(told.En, "another person") {
		t.Errorf("%v", told)
	}
}

// A cashier whose discharge is closed hears all that matters: what goes on,
// that two people look, not to settle by hand, whom to call, and when to go on.
func TestABlockedDischargeIsToldPlainly(t *testing.T) {
	told := Reason(settlement.ReasonDischargeInDoubt).Sentence()
	for _, want := range []string{"仍在", "撤销", "两名", "请勿手工结算", "联系", "再"} {
		if !strings.Contains(told.Zh, want) {
			t.Errorf("%q is missing: %s", want, told.Zh)
		}
	}
	for _, want := range []string{"still being cancelled", "two people", "not settle by hand", "Call the operator", "send again"} {
		if !strings.Contains(told.En, want) {
			t.Errorf("%q is missing: %s", want, told.En)
		}
	}
}
