package sim

import (
	"encoding/json"
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
)

// question is a request: the envelope and the one input node, with the fields
// of every transaction played here.
type question struct {
	Number    string `json:"infno"`
	Message   string `json:"msgid"`
	Area      string `json:"mdtrtarea_admvs"`
	Home      string `json:"insuplc_admdvs"`
	Receiver  string `json:"recer_sys_code"`
	Version   string `json:"infver"`
	Operator  string `json:"opter"`
	Facility  string `json:"fixmedins_code"`
	Time      string `json:"inf_time"`
	rows      []row  // charges uploaded
	inpatient string // the hospital's number of a stay
	Input     struct {
		Data     data `json:"data"`
		Upload   file `json:"fsUploadIn"`
		Download file `json:"fsDownloadIn"`
	} `json:"input"`
}

// file is one that is uploaded, or asked for by its number.
type file struct {
	Content []byte `json:"in"` // base64
	Name    string `json:"filename"`
	Number  string `json:"file_qury_no"`
}

type data struct {
	Person         string      `json:"psn_no"`
	VoucherType    string      `json:"mdtrt_cert_type"`
	Certificate    string      `json:"certno"`
	Encounter      string      `json:"mdtrt_id"`
	Scheme         string      `json:"insutype"`
	UseAccount     string      `json:"acct_used_flag"`
	Total          json.Number `json:"medfee_sumamt"`
	SelfFunded     json.Number `json:"fulamt_ownpay_amt"`
	OverLimit      json.Number `json:"overlmt_selfpay"`
	FirstSelfPay   json.Number `json:"preselfpay_amt"`
	Eligible       json.Number `json:"inscp_scp_amt"`
	Paid           json.Number `json:"-"` // by payers before this one
	Reference      string      `json:"setl_id"`
	Original       string      `json:"omsgid"`
	OriginalNumber string      `json:"oinfno"`

	// Of accounts that are compared.
	Office   string      `json:"setl_optins"`
	Clearing string      `json:"clr_type"`
	From     string      `json:"stmt_begndate"`
	To       string      `json:"stmt_enddate"`
	Fund     json.Number `json:"fund_pay_sumamt"`
	Account  json.Number `json:"acct_pay"`
	Count    json.Number `json:"fixmedins_setl_cnt"`
	File     string      `json:"file_qury_no"`
}

// readQuestion reads a request and insists on what every request must carry.
func readQuestion(body []byte) (question, error) {
	var q question
	if err := json.Unmarshal(body, &q); err != nil {
		return question{}, err
	}
	for _, field := range [...]struct{ name, text string }{
		{"infno", q.Number}, {"msgid", q.Message}, {"mdtrtarea_admvs", q.Area}, {"recer_sys_code", q.Receiver},
		{"infver", q.Version}, {"opter", q.Operator}, {"fixmedins_code", q.Facility}, {"inf_time", q.Time},
	} {
		if field.text == "" || len(field.text) > 30 {
			return question{}, fmt.Errorf("%s missing or too long", field.name)
		}
	}
	return q, nil
}

// bill is what is to be settled, and whether its parts are stated. ok is false
// where the parts do not add up or an amount is none.
func (d data) bill() (bill settlement.Bill, stated, ok bool) {
	for _, amount := range []struct {
		text json.Number
		to   *settlement.Money
	}{
		{d.Total, &bill.Submitted}, {d.SelfFunded, &bill.SelfFunded}, {d.OverLimit, &bill.OverLimit},
		{d.FirstSelfPay, &bill.FirstSelfPay}, {d.Eligible, &bill.Eligible},
	} {
		if amount.text == "" {
			continue
		}
		value, err := settlement.ParseMoney(amount.text.String())
		if err != nil || value < 0 {
			return settlement.Bill{}, false, false
		}
		*amount.to = value
	}
	stated = d.Eligible != "" || d.SelfFunded != "" || d.OverLimit != "" || d.FirstSelfPay != ""
	return bill, stated, bill.Submitted > 0 && (!stated || bill.Balanced())
}
