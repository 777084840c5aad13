package nhsa

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

// encode writes info the way the platform does, with amounts of the given
// sign. It is the counterpart of decodeSetlinfo, for round trips.
func (info setlinfo) encode(sign settlement.Money) (node, details map[string]any) {
	signed := func(m settlement.Money) json.Number { return json.Number((sign * m).String()) }
	fields := map[string]any{
		"setl_id": info.Reference, "medins_setl_id": info.Message, "mdtrt_id": info.Encounter, "psn_no": info.Person,
		"medfee_sumamt": signed(info.Bill.Submitted), "fulamt_ownpay_amt": signed(info.Bill.SelfFunded),
		"overlmt_selfpay": signed(info.Bill.OverLimit), "preselfpay_amt": signed(info.Bill.FirstSelfPay),
		"inscp_scp_amt": signed(info.Bill.Eligible), "hifp_pay": signed(info.Pooled),
		"cvlserv_pay": signed(info.CivilServant), "hifes_pay": signed(info.Enterprise),
		"hifmi_pay": signed(info.CriticalIllness), "hifob_pay": signed(info.LargeAmount),
		"maf_pay": signed(info.Assistance), "hifdm_pay": signed(info.SpecialCare), "oth_pay": signed(info.Other),
		"fund_pay_sumamt": signed(info.Fund), "hosp_part_amt": signed(info.Hospital),
		"psn_part_amt": signed(info.PersonPays), "acct_pay": signed(info.Account), "psn_cash_pay": signed(info.Cash),
	}
	if !info.At.IsZero() {
		fields["setl_time"] = info.At.In(settlement.China).Format(timeLayout)
	}
	rows := []any{}
	for _, row := range info.Details {
		rows = append(rows, map[string]any{"fund_pay_type": "390101", "fund_payamt": signed(row)})
	}
	return fields, map[string]any{"rows": rows}
}

// parsed is v as a node, by way of its JSON text.
func parsed(t interface{ Fatal(...any) }, v any) node {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	n, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// settlements are any whose sums hold, however the money is shared out.
var settlements = rapid.Custom(func(t *rapid.T) setlinfo {
	money := func(name string) settlement.Money {
		return settlement.Money(rapid.Int64Range(0, 1_000_000_000_00).Draw(t, name))
	}
	info := setlinfo{
		Reference: rapid.StringMatching(`S[0-9]{1,29}`).Draw(t, "reference"),
		Message:   rapid.StringMatching(`H[0-9]{11,29}`).Draw(t, "message"),
		Encounter: rapid.StringMatching(`[A-Z0-9]{1,30}`).Draw(t, "encounter"),
		Person:    rapid.StringMatching(`[0-9]{1,30}`).Draw(t, "person"),
		At:        time.Unix(rapid.Int64Range(1_300_000_000, 1_400_000_000).Draw(t, "at"), 0).UTC(),
		Pooled:    money("pooled"), CivilServant: money("civil servant"), Enterprise: money("enterprise"),
		CriticalIllness: money("critical"), LargeAmount: money("large"), Assistance: money("assistance"),
		SpecialCare: money("special care"), Other: money("other"), Hospital: money("hospital"),
		Account: money("account"), Cash: money("cash"),
	}
	info.Fund = info.Pooled + info.CivilServant + info.Enterprise + info.CriticalIllness + info.LargeAmount +
		info.Assistance + info.SpecialCare + info.Other
	info.PersonPays = info.Account + info.Cash
	bill := &info.Bill
	bill.Submitted = info.Fund + info.Hospital + info.PersonPays
	bill.SelfFunded = rapid.Custom(func(t *rapid.T) settlement.Money {
		return settlement.Money(rapid.Int64Range(0, int64(bill.Submitted)).Draw(t, "fen"))
	}).Draw(t, "self-funded")
	bill.FirstSelfPay = (bill.Submitted - bill.SelfFunded) / 3
	bill.OverLimit = (bill.Submitted - bill.SelfFunded) / 7
	bill.Eligible = bill.Submitted - bill.SelfFunded - bill.FirstSelfPay - bill.OverLimit
	if rapid.Bool().Draw(t, "details") {
		info.Details = []settlement.Money{info.Fund, info.Hospital, info.Account}
	}
	return info
})

// decodedAs encodes and decodes info with amounts of a sign.
func decodedAs(t interface{ Fatal(...any) }, info setlinfo, sign settlement.Money) (setlinfo, error) {
	fields, details := info.encode(sign)
	return decodeSetlinfo(parsed(t, fields), parsed(t, details).fields["rows"], sign)
}

func TestSetlinfoRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		info := settlements.Draw(t, "info")
		for _, sign := range []settlement.Money{paying, takingBack} {
			got, err := decodedAs(t, info, sign)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(info, got); diff != "" {
				t.Fatalf("sign %d (-encoded +decoded):\n%s", sign, diff)
			}
		}
	})
}

// No share exceeds the total: with what the person pays they make it up.
func TestPaymentAddsUpToTheBill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		info := settlements.Draw(t, "info")
		payment := info.payment()
		sum := payment.Basic + payment.CriticalIllness + payment.Assistance + info.PersonPays
		for _, share := range payment.Others {
			if share.Amount <= 0 {
				t.Fatalf("a share of %s", share.Amount)
			}
			sum += share.Amount
		}
		if sum != payment.Bill.Submitted || payment.PersonalAccount > info.PersonPays {
			t.Fatalf("shares and the person's part make %s of %s", sum, payment.Bill.Submitted)
		}
	})
}

// One fen moved anywhere breaks an identity.
func TestSumsCatchOneFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		info := settlements.Draw(t, "info")
		places := []*settlement.Money{
			&info.Bill.Submitted, &info.Bill.SelfFunded, &info.Bill.OverLimit, &info.Bill.FirstSelfPay, &info.Bill.Eligible,
			&info.Pooled, &info.CivilServant, &info.Enterprise, &info.CriticalIllness, &info.LargeAmount, &info.Assistance,
			&info.SpecialCare, &info.Other, &info.Fund, &info.Hospital, &info.PersonPays, &info.Account, &info.Cash,
		}
		*places[rapid.IntRange(0, len(places)-1).Draw(t, "place")]++
		if err := info.checkSums(); err == nil {
			t.Fatal("the sums still hold")
		}
	})
}

// A settlement with the sign of a cancellation is none, and the reverse.
func TestSetlinfoOfTheWrongSign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		info := settlements.Filter(func(info setlinfo) bool { return info.Bill.Submitted > 0 }).Draw(t, "info")
		for _, sign := range []settlement.Money{paying, takingBack} {
			fields, _ := info.encode(sign)
			if _, err := decodeSetlinfo(parsed(t, fields), node{}, -sign); err == nil {
				t.Fatalf("amounts of sign %d were taken as the other", sign)
			}
		}
	})
}

// FuzzSetlinfo: whatever stands in the node, what is accepted obeys the sums
// and comes back the same when written again.
func FuzzSetlinfo(f *testing.F) {
	f.Add([]byte(settledAnswer), false)
	f.Add([]byte(cancelledAnswer), true)
	f.Add([]byte(`{"output":{"setlinfo":{},"setldetail":[]}}`), false)
	f.Add([]byte(`{"output":{"setlinfo":{"medfee_sumamt":-0,"hifp_pay":"1.5"}}}`), true)
	f.Fuzz(func(t *testing.T, body []byte, cancels bool) {
		root, err := parse(body)
		if err != nil {
			return
		}
		sign := paying
		if cancels {
			sign = takingBack
		}
		output := root.fields["output"]
		info, err := decodeSetlinfo(output.fields["setlinfo"], output.fields["setldetail"], sign)
		if err != nil {
			return
		}
		if err := info.checkSums(); err != nil {
			t.Fatalf("accepted, but %v", err)
		}
		again, err := decodedAs(t, info, sign)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(info, again); diff != "" {
			t.Fatalf("(-first +again):\n%s", diff)
		}
	})
}
