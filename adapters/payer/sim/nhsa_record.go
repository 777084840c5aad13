package sim

import (
	"encoding/json"

	"github.com/onestop-gateway/onestop/settlement"
)

// setlinfo writes the node of a settlement, or of its quote.
func (p penman) setlinfo(e entry) object {
	a := e.Amounts
	node := object{
		"mdtrt_id": e.Encounter, "setl_id": nil, "psn_no": e.Person, "insutype": e.Scheme, "setl_time": e.At,
		"medins_setl_id": e.Message, "clr_way": nil, "pool_prop_selfpay": json.Number("0.6000"),
		"medfee_sumamt": p.write(a.Total), "fulamt_ownpay_amt": p.write(a.SelfFunded),
		"overlmt_selfpay": p.write(a.OverLimit), "preselfpay_amt": p.write(a.FirstSelfPay),
		"inscp_scp_amt": p.write(a.Eligible), "act_pay_dedc": p.write(a.Deductible),
		"hifp_pay": p.write(a.Pooled), "cvlserv_pay": p.write(0), "hifes_pay": p.write(0),
		"hifmi_pay": p.write(a.CriticalIllness), "hifob_pay": p.write(0), "maf_pay": p.write(a.Assistance),
		"hifdm_pay": p.write(a.SpecialCare), "oth_pay": p.write(a.Commercial),
		"hosp_part_amt": p.write(a.Hospital), "fund_pay_sumamt": p.write(a.Fund),
		"psn_part_amt": p.write(a.PersonPays), "acct_pay": p.write(a.Account),
		"psn_cash_pay": p.write(a.PersonPays - a.Account), "acct_mulaid_pay": nil,
	}
	if e.Reference != "" {
		node["setl_id"] = e.Reference
	}
	return node
}

// cancelled writes the node of a cancellation, with the names and the nulls
// real ones have been seen with.
func (p penman) cancelled(e entry) object {
	node := p.setlinfo(e)
	a := e.Amounts
	node["hosp_part_amt"], node["psn_part_amt"], node["psn_cash_pay"] = nil, nil, nil
	node["ownpay_hosp_part"] = p.write(a.Hospital)
	node["psn_pay"] = p.write(a.PersonPays)
	node["cash_payamt"] = p.write(a.PersonPays - a.Account)
	return node
}

// details are the rows by fund; what pays nothing has none.
func (p penman) details(e entry) []object {
	a := e.Amounts
	rows := []object{}
	for _, row := range []struct {
		fund   string
		amount settlement.Money
	}{
		{e.Scheme + "101", a.Pooled}, {"390201", a.CriticalIllness}, {"610101", a.Assistance},
		{"350100", a.SpecialCare}, {"999997", a.Commercial}, {"999996", a.Hospital}, {"310201", a.Account},
	} {
		if row.amount != 0 {
			rows = append(rows, object{"fund_pay_type": row.fund, "fund_payamt": p.write(row.amount), "setl_proc_info": nil})
		}
	}
	return rows
}

// identity writes who somebody is and how they are insured.
func (penman) identity(who insured) object {
	state := "1"
	if who.Stopped {
		state = "4"
	}
	return object{
		"baseinfo": object{
			"psn_no": who.Number, "psn_cert_type": "01", "certno": who.Certificate, "psn_name": who.Name,
			"gend": "1", "naty": "01", "brdy": nil, "age": "40.0",
		},
		"insuinfo": []object{{
			"insutype": who.Scheme, "psn_type": "1501", "psn_insu_stas": state, "cvlserv_flag": "0",
			"insuplc_admdvs": who.Area, "balc": 0,
		}},
		"idetinfo": []object{},
	}
}
