package nhsa

import (
	"github.com/onestop-gateway/onestop/settlement"
)

// checkSums proves the identities of the platform. I6, that a cancelling
// answer is the negative of these, is the same identities over amounts read
// with their sign turned.
//
//	I1  medfee = fulamt_ownpay + overlmt_selfpay + preselfpay + inscp_scp
//	I2  medfee = fund_pay_sum + hosp_part + psn_part
//	I3  psn_part = acct_pay + psn_cash_pay
//	I4  fund_pay_sum = hifp + cvlserv + hifes + hifmi + hifob + maf + oth + hifdm
//	I5  sum of setldetail = fund_pay_sum + acct_pay + hosp_part, where rows are sent
func (info setlinfo) checkSums() error {
	funds := info.Pooled + info.CivilServant + info.Enterprise + info.CriticalIllness +
		info.LargeAmount + info.Assistance + info.Other + info.SpecialCare
	var details settlement.Money
	for _, row := range info.Details {
		details += row
	}
	identities := []struct {
		name  string
		holds bool
	}{
		{"I1", info.Bill.Balanced()},
		{"I2", info.Bill.Submitted == info.Fund+info.Hospital+info.PersonPays},
		{"I3", info.PersonPays == info.Account+info.Cash && info.Cash >= 0},
		{"I4", info.Fund == funds},
		{"I5", len(info.Details) == 0 || details == info.Fund+info.Account+info.Hospital},
	}
	for _, identity := range identities {
		if !identity.holds {
			return &breach{"setlinfo", "identity " + identity.name + " does not hold"}
		}
	}
	return nil
}
