package nhsa

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// cancelData undoes a settlement by the payer's id of it (2305).
type cancelData struct {
	Encounter string `json:"mdtrt_id"`
	Reference string `json:"setl_id"`
	Person    string `json:"psn_no"`
}

func encodeCancel(call lifecycle.Call) cancelData {
	return cancelData{string(call.Encounter), call.Reference, call.Insured.Reveal()}
}

// readCancel is the answer to a cancellation: the payer's counter-record, with
// every amount negated, is its own proof. The total is not compared with the
// claim, because a settlement may be undone for the very reason that the payer
// settled another one.
func readCancel(call lifecycle.Call, output node) lifecycle.PayerAnswer {
	info, err := decodeSetlinfo(output.fields["setlinfo"], output.fields["setldetail"], takingBack)
	if err == nil {
		err = info.answers(call, call.Message)
	}
	if err != nil {
		return inDoubt(err)
	}
	if info.Bill.Submitted == 0 {
		return inDoubt(&breach{"setlinfo.medfee_sumamt", "takes nothing back"})
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
}
