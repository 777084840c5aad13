package sim

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// object is a node of an answer.
type object map[string]any

// answer is what the payer says: a refusal or an output.
type answer struct {
	status int // infcode
	words  string
	output object
}

func refusal(words string) answer { return answer{status: -2, words: words} }

// systemError is the answer that says nothing about what happened.
var systemError = answer{status: -1, words: "系统繁忙,请稍后再试"}

// stamp is the platform's 17-digit time.
const stamp = "20060102150405.000"

// encode gives the bytes of an answer to q.
func (a answer) encode(q question, asText bool, now time.Time) ([]byte, error) {
	instant := now.Format(stamp)
	instant = instant[:14] + instant[15:]
	envelope := object{
		"infcode": a.status, "inf_refmsgid": fmt.Sprintf("%.6s%s%010d", q.Area, instant[:14], now.Nanosecond()),
		"refmsg_time": instant, "respond_time": instant, "err_msg": a.words, "signtype": nil, "output": a.output,
	}
	if a.output == nil {
		envelope["output"] = nil
	}
	if !asText {
		return json.Marshal(envelope)
	}
	envelope["infcode"] = fmt.Sprint(a.status)
	inner, err := json.Marshal(a.output)
	if err != nil {
		return nil, err
	}
	envelope["output"] = string(inner)
	return json.Marshal(envelope)
}

// penman writes amounts: as numbers or as strings, and negated for a
// cancelling answer.
type penman struct {
	asText bool
	sign   settlement.Money
}

func (p penman) write(amount settlement.Money) any {
	text := (p.sign * amount).String()
	if p.asText {
		return text
	}
	return json.Number(text)
}

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

// spoil damages a record the way a fault asks for.
func (p penman) spoil(record object, e entry, fault Fault) {
	switch fault {
	case WrongSums:
		record["hifp_pay"] = p.write(e.Amounts.Pooled + 1)
	case OtherPerson:
		record["psn_no"] = e.Person + "1"
	case OtherMessage:
		record["medins_setl_id"] = "another"
	}
}
