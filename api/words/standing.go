package words

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Standing says where a settlement stands and what the cashier does now.
func Standing(s *settlement.Settlement) Text {
	why := Reason(s.Reason)
	switch s.State {
	case settlement.StateCommitted:
		return settled(s).Then(refusal(s))
	case settlement.StateAborting:
		return aborting.Then(why.What)
	case settlement.StateAborted:
		return aborted.Then(why.Sentence())
	case settlement.StateAttention:
		return attention.Then(why.What)
	case settlement.StateReversing:
		return reversing
	case settlement.StateReversed:
		return reversed
	}
	return inProgress
}

// Quoted says what a quote comes to, and whether that is held.
func Quoted(claim settlement.Claim, adjudication *settlement.Adjudication, state settlement.QuoteState) Text {
	if state != "" && state != settlement.QuoteHeld { // nothing is collected by it any more
		return quotes[state]
	}
	return quotes[state].Then(collect(claim, adjudication))
}

// quotes say how a quote stands; the first holds nothing.
var quotes = map[settlement.QuoteState]Text{
	"":                       {"预结算结果，未保留任何额度。", "A quote; nothing is kept or reserved."},
	settlement.QuoteHeld:     {"预结算结果，额度已保留。请在保留期内按预结算编号结算。", "A quote that holds what it promises. Settle by its id while it does."},
	settlement.QuoteExpired:  {"该预结算保留期已过，额度已释放。请重新预结算。", "The time of this quote is over and it holds nothing. Quote again."},
	settlement.QuoteReleased: {"该预结算已释放或已被新的预结算取代。请重新预结算。", "This quote was released, or replaced by a newer one. Quote again."},
	settlement.QuoteSettled:  {"该预结算已据以结算。请按结算编号查询。", "A settlement was made by this quote. Look that up by its id."},
}

var (
	inProgress = Text{
		"正在结算，尚无最终结果。请勿手工结算，稍后用同一请求编号查询。",
		"Being settled; there is no final answer yet. Do not settle by hand; ask again with the same request id.",
	}
	aborting = Text{
		"本次不能结算，正在向支付方撤销。请勿手工结算，稍后用同一请求编号查询。",
		"This will not be settled; it is being cancelled with the payers. Do not settle by hand; ask again with the same request id.",
	}
	aborted = Text{
		"未结算，各方均未支付。",
		"Not settled; no payer pays anything.",
	}
	attention = Text{
		"需要人工核查，款项尚不能确定。请勿手工结算，并联系运维人员。",
		"People have to look into this; it is not certain which money moved. Do not settle by hand; call the operator.",
	}
	reversing = Text{
		"正在冲正，尚无最终结果。请稍后用同一请求编号查询。",
		"Being reversed; there is no final answer yet. Ask again with the same request id.",
	}
	reversed = Text{
		"已冲正，各方支付均已撤回。向患者收取的款项请退还。",
		"Reversed; no payer pays anything any more. Give back what was collected from the patient.",
	}
	stands = Text{
		"冲正未成功，原结算仍然有效。",
		"The reversal did not succeed; the settlement stands.",
	}
	committed = Text{"已结算。", "Settled."}
)

// settled says what to collect, and why the assistance is not what the rules
// alone would give.
func settled(s *settlement.Settlement) Text {
	return committed.Then(collect(s.Claim, s.Adjudication))
}

func collect(claim settlement.Claim, adjudication *settlement.Adjudication) Text {
	text := Text{"应向患者收取{amount}元。", "Collect {amount} yuan from the patient."}
	amount := adjudication.PatientPays
	switch {
	case claim.Mode == settlement.Care && adjudication.Benefit == 0:
		text = Text{"不发放关怀救助金，不向患者收费。", "No care grant is given and nothing is collected."}
	case claim.Mode == settlement.Care:
		text = Text{"关怀救助金{amount}元发给本人，不向患者收费。", "The care grant of {amount} yuan goes to the person; nothing is collected."}
		amount = adjudication.Benefit
	}
	text.Zh = strings.ReplaceAll(text.Zh, "{amount}", amount.String())
	text.En = strings.ReplaceAll(text.En, "{amount}", amount.String())
	if adjudication.Reason == settlement.ReasonOK {
		return text
	}
	return text.Then(Reason(adjudication.Reason).Sentence())
}

// refusal says that a reversal was refused, if one was.
func refusal(s *settlement.Settlement) Text {
	if s.Reversal == nil || s.Reversal.Refused == "" {
		return Text{}
	}
	return stands.Then(Reason(s.Reversal.Refused).Sentence())
}
