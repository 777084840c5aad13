package words

import "github.com/onestop-gateway/onestop/settlement/fund"

// FundWarning is a fund's warning in a sentence; empty where there is none.
func FundWarning(s *fund.Standing) Text {
	name := Fund(s.Key.Fund)
	switch s.Warning {
	case fund.Overspent:
		return Text{
			name.Zh + "已支出" + s.Utilisation + "%，超出筹集" + (-s.Left()).String() + "元；救助照常结算，请追加筹资。",
			"The " + name.En + " has paid " + s.Utilisation + " % of what was raised, " + (-s.Left()).String() + " yuan more; settling goes on, please raise more.",
		}
	case fund.Unfunded:
		return Text{
			name.Zh + "本年度未登记筹资，已支出" + s.Paid().String() + "元；请登记筹资。",
			"Nothing was raised for the " + name.En + " this year, and it paid " + s.Paid().String() + " yuan; please post what was raised.",
		}
	case fund.RunsOut:
		return Text{
			"按近九十天的支出，" + name.Zh + "将于" + s.Forecast.Day.String() + "用完。",
			"At the pace of the last ninety days the " + name.En + " runs out on " + s.Forecast.Day.String() + ".",
		}
	}
	return Text{}
}
