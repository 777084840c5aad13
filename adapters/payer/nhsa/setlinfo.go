package nhsa

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The two signs an answer's amounts can have.
const (
	paying     settlement.Money = 1  // 2303, 2304, 5203
	takingBack settlement.Money = -1 // 2305
)

// setlinfo is the node that 2303, 2304, 2305 and 5203 answer with. Amounts are
// never negative here: those of a cancelling answer are read with their sign
// turned.
type setlinfo struct {
	Reference string // setl_id
	Message   string // medins_setl_id, "" where the payer does not echo it
	Encounter string // mdtrt_id
	Person    string // psn_no
	At        time.Time

	Bill            settlement.Bill
	Pooled          settlement.Money // hifp_pay
	CivilServant    settlement.Money // cvlserv_pay
	Enterprise      settlement.Money // hifes_pay
	CriticalIllness settlement.Money // hifmi_pay
	LargeAmount     settlement.Money // hifob_pay
	Assistance      settlement.Money // maf_pay
	SpecialCare     settlement.Money // hifdm_pay
	Other           settlement.Money // oth_pay
	Fund            settlement.Money // fund_pay_sumamt
	Hospital        settlement.Money // hosp_part_amt, ownpay_hosp_part
	PersonPays      settlement.Money // psn_part_amt
	Account         settlement.Money // acct_pay
	Cash            settlement.Money // psn_cash_pay

	Details []settlement.Money // setldetail[].fund_payamt
}

// detailsMax is more rows than there are funds; it also keeps their sum far
// from the edge of an int64.
const detailsMax = 200

// decodeSetlinfo reads the node and its details, with amounts of the given
// sign, and proves its sums.
func decodeSetlinfo(n, details node, sign settlement.Money) (setlinfo, error) {
	s := open("setlinfo", n)
	info := setlinfo{
		Reference: s.id("setl_id"),
		Message:   s.id("medins_setl_id"),
		Encounter: s.id("mdtrt_id"),
		Person:    s.id("psn_no"),
		At:        s.instant("setl_time"),
		Bill: settlement.Bill{
			Submitted:    s.needed("medfee_sumamt", sign).Money,
			SelfFunded:   s.needed("fulamt_ownpay_amt", sign).Money,
			OverLimit:    s.needed("overlmt_selfpay", sign).Money,
			FirstSelfPay: s.needed("preselfpay_amt", sign).Money,
			Eligible:     s.needed("inscp_scp_amt", sign).Money,
		},
		Pooled:          s.amount("hifp_pay", sign).Money,
		CivilServant:    s.amount("cvlserv_pay", sign).Money,
		Enterprise:      s.amount("hifes_pay", sign).Money,
		CriticalIllness: s.amount("hifmi_pay", sign).Money,
		LargeAmount:     s.amount("hifob_pay", sign).Money,
		Assistance:      s.amount("maf_pay", sign).Money,
		SpecialCare:     s.amount("hifdm_pay", sign).Money,
		Other:           s.amount("oth_pay", sign).Money,
		Fund:            s.needed("fund_pay_sumamt", sign).Money,
		Hospital:        s.amount("hosp_part_amt", sign).or(s.amount("ownpay_hosp_part", sign)).Money,
		Account:         s.amount("acct_pay", sign).Money,
	}
	info.PersonPays, info.Cash = s.personal(info.Account, sign)
	if s.first != nil {
		return setlinfo{}, s.first
	}
	var err error
	info.Details, err = decodeDetails(details, sign)
	if err != nil {
		return setlinfo{}, err
	}
	return info, info.checkSums()
}

// personal is what the person pays and how much of it in cash. A settlement
// states both. A cancelling answer may leave either to the names provinces use
// there, or out: then the one follows from the other.
func (s *scan) personal(account, sign settlement.Money) (pays, cash settlement.Money) {
	if sign == paying {
		return s.needed("psn_part_amt", sign).Money, s.needed("psn_cash_pay", sign).Money
	}
	part := s.amount("psn_part_amt", sign).or(s.amount("psn_pay", sign))
	money := s.amount("psn_cash_pay", sign).or(s.amount("cash_payamt", sign))
	if !part.known && !money.known {
		s.fail("psn_part_amt", "missing")
	}
	part = part.or(amount{account + money.Money, true})
	money = money.or(amount{part.Money - account, true})
	return part.Money, money.Money
}

func decodeDetails(n node, sign settlement.Money) ([]settlement.Money, error) {
	if n.empty() {
		return nil, nil
	}
	if n.kind != kindList || len(n.items) > detailsMax {
		return nil, &breach{"setldetail", "not a list of at most 200 rows"}
	}
	details := make([]settlement.Money, len(n.items))
	for i, item := range n.items {
		row := open("setldetail", item)
		details[i] = row.needed("fund_payamt", sign).Money
		if row.first != nil {
			return nil, row.first
		}
	}
	return details, nil
}

// answers reports whether info is about what was asked: the person, the
// encounter and, where the payer echoes it, the message.
func (info setlinfo) answers(call lifecycle.Call, message settlement.MessageID) error {
	switch {
	case info.Person != call.Insured.Reveal():
		return &breach{"setlinfo.psn_no", "of another person"}
	case info.Encounter != string(call.Encounter):
		return &breach{"setlinfo.mdtrt_id", "of another encounter"}
	case info.Message != "" && info.Message != string(message):
		return &breach{"setlinfo.medins_setl_id", "of another message"}
	}
	return nil
}

// applied is the answer that info is there, with the conflict if its amounts
// contradict the call.
func (info setlinfo) applied(call lifecycle.Call) lifecycle.PayerAnswer {
	return lifecycle.PayerAnswer{
		Result: settlement.ResultApplied, Payment: info.payment(), Conflict: info.conflict(call),
	}
}

// conflict: the payer settled another bill than ours, or has already assisted
// a person whose assistance is ours to compute.
func (info setlinfo) conflict(call lifecycle.Call) settlement.Reason {
	bill := call.Claim.Bill
	switch {
	case info.Bill.Submitted != bill.Submitted, call.BillStated && info.Bill != bill:
		return settlement.ReasonBillDiffers
	case info.Assistance != 0:
		return settlement.ReasonPayerAssists
	}
	return ""
}

// payment is info in the words of the domain, by the table of the package.
func (info setlinfo) payment() settlement.Payment {
	payment := settlement.Payment{
		Reference:       info.Reference,
		Encounter:       settlement.EncounterID(info.Encounter),
		Bill:            info.Bill,
		Basic:           info.Pooled + info.CivilServant + info.Enterprise + info.LargeAmount,
		CriticalIllness: info.CriticalIllness,
		Assistance:      info.Assistance,
		PersonalAccount: info.Account,
		At:              info.At,
	}
	for _, share := range []settlement.Share{
		{Source: settlement.HospitalDerate, Amount: info.Hospital},
		{Source: settlement.SpecialCare, Amount: info.SpecialCare},
		{Source: settlement.Commercial, Amount: info.Other},
	} {
		if share.Amount != 0 {
			payment.Others = append(payment.Others, share)
		}
	}
	return payment
}
