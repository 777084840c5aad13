package words

import "github.com/onestop-gateway/onestop/settlement"

// LegState says what the state of one payer's part means.
func LegState(state settlement.LegState) Text { return named(legStates, state) }

// Resolution says what must be known before something is proposed, and what it
// does.
func Resolution(resolution settlement.Resolution) Text { return named(resolutions, resolution) }

// Attention says what people do next about a settlement.
func Attention(s *settlement.Settlement) Text {
	switch {
	case s.State != settlement.StateAttention:
		return Text{"不待人工处理。", "It does not wait for people."}.Then(Standing(s))
	case s.Proposal != nil:
		return Text{
			"已有人提出处理，请由另一人核对凭据后复核；不同意则退回。",
			"Somebody proposed what to do; another person checks the document and approves it, or declines.",
		}
	}
	return Text{
		"请向支付方查明各笔报文的结果，由一人凭据提出处理，另一人复核。复核前该次就诊不能再结算，也勿手工结算。",
		"Find out from the payers what became of each message; one person then proposes what to do, with a document, and another approves it. Until then the discharge stays closed; do not settle it by hand.",
	}
}

var legStates = map[settlement.LegState]Text{
	settlement.LegPlanned:     {"未发送，不涉及款项。", "Nothing was sent, so nothing is held."},
	settlement.LegIntent:      {"已发送或即将发送，尚无应答。", "Sent, or about to be, and not answered."},
	settlement.LegApplied:     {"支付方已支付。", "The payer pays."},
	settlement.LegRejected:    {"支付方拒绝，未支付。", "The payer refused and holds nothing."},
	settlement.LegUnknown:     {"不能确定支付方是否已支付。", "Whether the payer pays is in doubt."},
	settlement.LegUndoIntent:  {"已要求冲正，支付方可能仍未撤回。", "Its reversal was asked for; the payer may still hold it."},
	settlement.LegUnconfirmed: {"冲正已受理，尚未证实。", "Its reversal was accepted and is not confirmed."},
	settlement.LegReversed:    {"已证实撤回。", "Proved to be undone."},
}

var resolutions = map[settlement.Resolution]Text{
	settlement.ResolveRetry: {
		"支付方已恢复，或已排除拒绝的原因：由系统重新查询和冲正，次数重新计算。",
		"The payer answers again, or what made it refuse is gone: the gateway asks and reverses again, its counts begun anew.",
	},
	settlement.ResolveOffline: {
		"支付方已在系统外撤回该笔支付并出具凭据：记为已撤回，不再发送。",
		"The payer undid this leg outside the gateway and gave a document: it is recorded as undone and nothing more is sent.",
	},
	settlement.ResolveStands: {
		"支付方书面确认没有撤回任何款项：放弃冲正，原结算继续有效。",
		"The payer confirmed in writing that nothing was undone: the reversal is given up and the settlement stands.",
	},
}
