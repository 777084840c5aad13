package nhsa

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// byItem is the way of settling that pays charged items (psn_setlway).
const byItem = "01"

// settleData is the input of a settlement and, word for word, of its quote
// (2304, 2303).
type settleData struct {
	Person       string `json:"psn_no"`
	VoucherType  string `json:"mdtrt_cert_type"`
	Voucher      string `json:"mdtrt_cert_no,omitempty"`
	Total        yuan   `json:"medfee_sumamt"`
	Way          string `json:"psn_setlway"`
	Encounter    string `json:"mdtrt_id"`
	UseAccount   string `json:"acct_used_flag"`
	Scheme       string `json:"insutype"`
	Interim      string `json:"mid_setl_flag"`
	SelfFunded   *yuan  `json:"fulamt_ownpay_amt,omitempty"`
	OverLimit    *yuan  `json:"overlmt_selfpay,omitempty"`
	FirstSelfPay *yuan  `json:"preselfpay_amt,omitempty"`
	Eligible     *yuan  `json:"inscp_scp_amt,omitempty"`
}

func (p *Payer) encodeSettle(call lifecycle.Call) settleData {
	bill := call.Claim.Bill
	data := settleData{
		Person:      call.Insured.Reveal(),
		VoucherType: p.config.CertificateType,
		Voucher:     call.Person.Reveal(),
		Total:       yuan(bill.Submitted),
		Way:         byItem,
		Encounter:   string(call.Encounter),
		UseAccount:  digit(p.config.PersonalAccount),
		Scheme:      p.config.Schemes[call.Scheme],
		Interim:     digit(false),
	}
	if call.BillStated {
		data.SelfFunded, data.OverLimit = stated(bill.SelfFunded), stated(bill.OverLimit)
		data.FirstSelfPay, data.Eligible = stated(bill.FirstSelfPay), stated(bill.Eligible)
	}
	return data
}

// digit is a flag as the platform writes one.
func digit(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

// readSettlement is the answer to a settlement or a quote. It is believed if
// its sums hold and it is about the person, the encounter and the message of
// the call; a settlement that was written also has an id.
func readSettlement(call lifecycle.Call, output node) lifecycle.PayerAnswer {
	info, err := decodeSetlinfo(output.fields["setlinfo"], output.fields["setldetail"], paying)
	if err == nil {
		err = info.answers(call, call.Message)
	}
	if err != nil {
		return inDoubt(err)
	}
	if call.Operation == settlement.OpSettle && info.Reference == "" {
		return inDoubt(&breach{"setlinfo.setl_id", "missing"})
	}
	return info.applied(call)
}
