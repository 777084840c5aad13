package nhsa

import (
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// at is when every fixed call is made: 2012-07-01 15:04:05 in Shanghai.
var at = time.Date(2012, 7, 1, 7, 4, 5, 0, time.UTC)

// settledBill is the bill of the fixed answer.
var settledBill = settlement.Bill{
	Submitted: 3000_00, SelfFunded: 200_00, OverLimit: 99_95, FirstSelfPay: 100_05, Eligible: 2600_00,
}

// callOf is a call the fixed answer answers.
func callOf(operation settlement.Operation) lifecycle.Call {
	call := common
	call.Operation, call.Message, call.At = operation, "H36082700001201207011504050001", at
	call.Encounter = "E000001"
	call.Claim.Bill, call.BillStated = settledBill, true
	if operation == settlement.OpReverse || operation == settlement.OpInquire {
		call.Message, call.Original, call.Reference = "H36082700001201207011504050002", call.Message, "S000001"
	}
	return call
}

// settledAnswer answers a settlement of callOf. All its sums hold.
const settledAnswer = `{"infcode":0,"inf_refmsgid":"360827201207011504060000000001","refmsg_time":"20120701150405123",` +
	`"respond_time":"20120701150406123","err_msg":null,"output":{"setlinfo":{"mdtrt_id":"E000001","setl_id":"S000001",` +
	`"psn_no":"36082700000000000000000001","psn_name":"张测试","insutype":"390","age":40.0,"setl_time":"2012-07-01 15:04:06",` +
	`"medfee_sumamt":3000.00,"fulamt_ownpay_amt":200.00,"overlmt_selfpay":99.95,"preselfpay_amt":100.05,` +
	`"inscp_scp_amt":2600.00,"act_pay_dedc":400.00,"pool_prop_selfpay":0.6500,"hifp_pay":1400.00,"cvlserv_pay":10.00,` +
	`"hifes_pay":11.00,"hifmi_pay":402.00,"hifob_pay":9.00,"maf_pay":0,"hifdm_pay":20.00,"oth_pay":10.01,` +
	`"fund_pay_sumamt":1862.01,"hosp_part_amt":50.00,"psn_part_amt":1087.99,"acct_pay":30.00,"psn_cash_pay":1057.99,` +
	`"balc":0,"acct_mulaid_pay":null,"medins_setl_id":"H36082700001201207011504050001","clr_way":null},` +
	`"setldetail":[{"fund_pay_type":"390101","fund_payamt":1430.00},{"fund_pay_type":"390201","fund_payamt":402.00},` +
	`{"fund_pay_type":"350100","fund_payamt":20.00},{"fund_pay_type":"999997","fund_payamt":10.01},` +
	`{"fund_pay_type":"310201","fund_payamt":30.00},{"fund_pay_type":"999996","fund_payamt":50.00}]}}`

// settledPayment is what settledAnswer says.
var settledPayment = settlement.Payment{
	Reference: "S000001", Encounter: "E000001", Bill: settledBill,
	Basic: 1430_00, CriticalIllness: 402_00, PersonalAccount: 30_00,
	Others: []settlement.Share{
		{Source: settlement.HospitalDerate, Amount: 50_00},
		{Source: settlement.SpecialCare, Amount: 20_00},
		{Source: settlement.Commercial, Amount: 10_01},
	},
	At: at.Add(time.Second),
}

// edited is text with each old part, which must be there once, replaced by the
// new one after it.
func edited(t *testing.T, text string, parts ...string) string {
	t.Helper()
	for i := 0; i < len(parts); i += 2 {
		if strings.Count(text, parts[i]) != 1 {
			t.Fatalf("%q stands %d times in the answer", parts[i], strings.Count(text, parts[i]))
		}
		text = strings.Replace(text, parts[i], parts[i+1], 1)
	}
	return text
}

// newPayer is the payer of config at an address where nobody listens.
func newPayer(t *testing.T, change func(*Config)) *Payer {
	t.Helper()
	settings := config("http://payer.invalid")
	if change != nil {
		change(&settings)
	}
	payer, err := New(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(payer.Close)
	return payer
}
