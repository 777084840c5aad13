package sim

import "github.com/onestop-gateway/onestop/settlement"

// setlinfo writes the fields of a settlement, or of its quote.
func (p *penman) setlinfo(e *entry) {
	p.parts(e)
	p.money("hosp_part_amt", e.Amounts.Hospital)
	p.money("psn_part_amt", e.Amounts.PersonPays)
	p.money("psn_cash_pay", e.Amounts.PersonPays-e.Amounts.Account)
}

// cancelled writes the fields of a cancellation, with the names and the nulls
// real ones have been seen with.
func (p *penman) cancelled(e *entry) {
	p.parts(e)
	p.null("hosp_part_amt", "psn_part_amt", "psn_cash_pay")
	p.money("ownpay_hosp_part", e.Amounts.Hospital)
	p.money("psn_pay", e.Amounts.PersonPays)
	p.money("cash_payamt", e.Amounts.PersonPays-e.Amounts.Account)
}

// parts writes what both have.
func (p *penman) parts(e *entry) {
	p.text("mdtrt_id", e.Encounter)
	if e.Reference == "" {
		p.null("setl_id")
	} else {
		p.text("setl_id", e.Reference)
	}
	p.text("psn_no", e.Person)
	p.text("insutype", e.Scheme)
	p.text("setl_time", e.At)
	p.text("medins_setl_id", e.Message)
	p.null("clr_way")
	p.name("pool_prop_selfpay")
	p.out = append(p.out, "0.6000"...)
	a := &e.Amounts
	for _, field := range [...]struct {
		name   string
		amount settlement.Money
	}{
		{"medfee_sumamt", a.Total}, {"fulamt_ownpay_amt", a.SelfFunded}, {"overlmt_selfpay", a.OverLimit},
		{"preselfpay_amt", a.FirstSelfPay}, {"inscp_scp_amt", a.Eligible}, {"act_pay_dedc", a.Deductible},
		{"hifp_pay", a.Pooled}, {"cvlserv_pay", 0}, {"hifes_pay", 0}, {"hifmi_pay", a.CriticalIllness},
		{"hifob_pay", 0}, {"maf_pay", a.Assistance}, {"hifdm_pay", a.SpecialCare}, {"oth_pay", a.Commercial},
		{"fund_pay_sumamt", a.Fund}, {"acct_pay", a.Account},
	} {
		p.money(field.name, field.amount)
	}
	p.null("acct_mulaid_pay")
}

// details writes the rows by fund; what pays nothing has none.
func (p *penman) details(e *entry) {
	a := &e.Amounts
	p.name("setldetail")
	p.open('[')
	for _, row := range [...]struct {
		scheme, fund string
		amount       settlement.Money
	}{
		{e.Scheme, "101", a.Pooled}, {"", "390201", a.CriticalIllness}, {"", "610101", a.Assistance},
		{"", "350100", a.SpecialCare}, {"", "999997", a.Commercial}, {"", "999996", a.Hospital}, {"", "310201", a.Account},
	} {
		if row.amount == 0 {
			continue
		}
		p.next()
		p.open('{')
		p.text("fund_pay_type", row.scheme+row.fund)
		p.money("fund_payamt", row.amount)
		p.null("setl_proc_info")
		p.shut('}')
	}
	p.shut(']')
}

// identity writes who somebody is and how they are insured.
func (p *penman) identity(who *insured) {
	state := "1"
	if who.Stopped {
		state = "4"
	}
	p.open('{')
	p.name("baseinfo")
	p.open('{')
	p.text("psn_no", who.Number)
	p.text("psn_cert_type", "01")
	p.text("certno", who.Certificate)
	p.text("psn_name", who.Name)
	p.text("gend", "1")
	p.text("naty", "01")
	p.null("brdy")
	p.text("age", "40.0")
	p.shut('}')
	p.name("insuinfo")
	p.open('[')
	p.open('{')
	p.text("insutype", who.Scheme)
	p.text("psn_type", "1501")
	p.text("psn_insu_stas", state)
	p.text("cvlserv_flag", "0")
	p.text("insuplc_admdvs", who.Area)
	p.number("balc", 0)
	p.shut('}')
	p.shut(']')
	p.name("idetinfo")
	p.open('[')
	p.shut(']')
	p.shut('}')
}
