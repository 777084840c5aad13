package sim

import (
	"github.com/onestop-gateway/onestop/settlement"
)

// amounts is one settlement as the payer sees it, in fen.
type amounts struct {
	Total           settlement.Money `json:"total_fen"`
	SelfFunded      settlement.Money `json:"self_funded_fen"`
	OverLimit       settlement.Money `json:"over_limit_fen"`
	FirstSelfPay    settlement.Money `json:"first_self_pay_fen"`
	Eligible        settlement.Money `json:"eligible_fen"`
	Deductible      settlement.Money `json:"deductible_fen"`
	Paid            settlement.Money `json:"paid_fen"` // by payers before this one
	Pooled          settlement.Money `json:"pooled_fen"`
	Guaranteed      settlement.Money `json:"guaranteed_fen"` // of Pooled, what the minimum added
	CriticalIllness settlement.Money `json:"critical_illness_fen"`
	Assistance      settlement.Money `json:"assistance_fen"`
	SpecialCare     settlement.Money `json:"special_care_fen"`
	Commercial      settlement.Money `json:"commercial_fen"`
	Hospital        settlement.Money `json:"hospital_fen"`
	Fund            settlement.Money `json:"fund_fen"`
	PersonPays      settlement.Money `json:"person_pays_fen"`
	Account         settlement.Money `json:"account_fen"`
}

// split shares a bill out by the formula of the package. bill has only its
// total where stated is false.
func (b benefits) split(bill settlement.Bill, paid settlement.Money, stated, useAccount bool) amounts {
	a := amounts{
		Total: bill.Submitted, SelfFunded: bill.SelfFunded, OverLimit: bill.OverLimit,
		FirstSelfPay: bill.FirstSelfPay, Eligible: bill.Eligible,
	}
	if !stated {
		a.SelfFunded = a.Total.Times(b.SelfFunded)
		a.FirstSelfPay = min(a.Total.Times(b.FirstPay), a.Total-a.SelfFunded)
		a.Eligible = a.Total - a.SelfFunded - a.FirstSelfPay
	}
	left := a.Total
	a.Paid = min(paid, left)
	left -= a.Paid
	take := func(amount settlement.Money) settlement.Money {
		amount = min(amount, left)
		left -= amount
		return amount
	}
	a.Deductible = min(b.Deductible, a.Eligible)
	computed := (a.Eligible - a.Deductible).Times(b.Ratio)
	a.Pooled = take(max(computed, a.Eligible.Times(b.Minimum)))
	a.Guaranteed = a.Pooled.Less(computed)
	a.CriticalIllness = take((a.Eligible.Less(a.Paid) - a.Pooled).Less(b.CriticalAbove).Times(b.Critical))
	a.SpecialCare = take(b.SpecialCare)
	a.Commercial = take(b.Commercial)
	a.Hospital = take(b.HospitalDerate)
	a.Assistance = take((a.Eligible.Less(a.Paid) - a.Pooled - a.CriticalIllness).Times(b.Assistance))
	a.Fund = a.Pooled + a.CriticalIllness + a.Assistance + a.SpecialCare + a.Commercial
	a.PersonPays = left
	if useAccount {
		a.Account = min(b.Balance, left)
	}
	return a
}
