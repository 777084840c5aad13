package nhsa

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// reversalData undoes a settlement by our message that asked for it (2601):
// the one way when its answer was lost.
type reversalData struct {
	Person         string      `json:"psn_no"`
	Original       string      `json:"omsgid"`
	OriginalNumber transaction `json:"oinfno"`
}

func encodeReversal(call lifecycle.Call) reversalData {
	return reversalData{call.Insured.Reveal(), string(call.Original), settle}
}

// readReversal is the answer to a reversal. It has no content, so it proves
// nothing unless the payer is configured as one whose word is proof.
func (p *Payer) readReversal() lifecycle.PayerAnswer {
	if p.config.ReversalConfirms {
		return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultAccepted}
}
