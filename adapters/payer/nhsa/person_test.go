package nhsa

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// personAnswer knows the person under three schemes: two in force, one not,
// and one this payer does not settle.
const personAnswer = `{"infcode":0,"output":{"baseinfo":{"psn_no":"36082700000000000000000001","psn_cert_type":"01",` +
	`"certno":"36082719900101003X","psn_name":"张测试","gend":"1","brdy":"1990-01-01","age":22.5},"insuinfo":[` +
	`{"insutype":"330","psn_insu_stas":"1","insuplc_admdvs":"360800","balc":0},` +
	`{"insutype":"390","psn_insu_stas":"4","insuplc_admdvs":"360899","balc":0},` +
	`{"insutype":"390","psn_insu_stas":"1","insuplc_admdvs":"360827","balc":0},` +
	`{"insutype":"310","psn_insu_stas":"1","insuplc_admdvs":"360802","balc":12.5}],"idetinfo":[]}}`

func TestPersonQuery(t *testing.T) {
	checkText(t, encodePersonQuery(callOf(settlement.OpIdentify)),
		`{"mdtrt_cert_type":"02","mdtrt_cert_no":"36082719900101003X","psn_cert_type":"01","certno":"36082719900101003X"}`)
}

func TestReadPerson(t *testing.T) {
	resident := lifecycle.Insured{Number: insuredNumber, Name: "张测试", Region: "360827", Scheme: settlement.SchemeResident}
	employee := lifecycle.Insured{Number: insuredNumber, Name: "张测试", Region: "360802", Scheme: settlement.SchemeEmployee}
	nobody := lifecycle.Insured{Number: insuredNumber, Name: "张测试", Scheme: settlement.SchemeNone}
	for _, test := range []struct {
		name   string
		scheme settlement.Scheme
		region settlement.RegionID
		parts  []string
		want   lifecycle.Insured
	}{
		{"the scheme asked for", settlement.SchemeResident, "360827", nil, resident},
		{"the scheme before the region", settlement.SchemeEmployee, "360827", nil, employee},
		{"the region where no scheme is asked for", "", "360802", nil, employee},
		{"the payer's order where neither fits", "", "110000", nil, resident},
		{"another scheme than the one asked for", settlement.SchemeNCMS, "360802", nil, employee},
		{"a state the payer leaves out counts as in force", settlement.SchemeResident, "360899",
			[]string{`"psn_insu_stas":"4",`, ``}, lifecycle.Insured{Number: insuredNumber, Name: "张测试", Region: "360899", Scheme: settlement.SchemeResident}},
		{"a code sent as a number", settlement.SchemeEmployee, "360802", []string{`"insutype":"310"`, `"insutype":310`}, employee},
		{"a number whose last letter is small", settlement.SchemeResident, "360827", []string{"003X", "003x"}, resident},
		{"one row that is no list", settlement.SchemeEmployee, "360802",
			[]string{`"insuinfo":[`, `"insuinfo":{"insutype":"310","psn_insu_stas":"1","insuplc_admdvs":"360802"},"x":[`}, employee},
		{"nothing in force that this payer settles", settlement.SchemeResident, "360827",
			[]string{`"insuinfo":[`, `"insuinfo":[{"insutype":"330","psn_insu_stas":"1"},{"insutype":"390","psn_insu_stas":"4"}],"x":[`}, nobody},
		{"no insurance", settlement.SchemeResident, "360827", []string{`"insuinfo":[`, `"x":[`}, nobody},
	} {
		call := callOf(settlement.OpIdentify)
		call.Scheme, call.Region = test.scheme, test.region
		answer := newPayer(t, nil).read(call, []byte(edited(t, personAnswer, test.parts...)))
		if answer.Result != settlement.ResultApplied {
			t.Errorf("%s: %s, %v", test.name, answer.Result, answer.Cause)
		}
		if diff := cmp.Diff(test.want, answer.Insured); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestBadPersons(t *testing.T) {
	for _, bad := range []struct{ name, old, new string }{
		{"no person", `"baseinfo":`, `"x":`},
		{"a person that is a list", `"baseinfo":{`, `"baseinfo":[],"x":{`},
		{"no number", `"psn_no":"36082700000000000000000001",`, ``},
		{"an empty number", `"psn_no":"36082700000000000000000001"`, `"psn_no":""`},
		{"a number longer than can be sent back", `"psn_no":"`, `"psn_no":"12345`},
		{"another identity number", `"certno":"36082719900101003X"`, `"certno":"360827199001010013"`},
		{"no identity number", `"certno":"36082719900101003X",`, ``},
		{"a name that is an object", `"psn_name":"张测试"`, `"psn_name":{}`},
		{"insurances that are text", `"insuinfo":[`, `"insuinfo":"none","x":[`},
		{"an insurance that is text", `"insuinfo":[`, `"insuinfo":["310"],"x":[`},
		{"a scheme that is a list", `"insutype":"310"`, `"insutype":["310"]`},
	} {
		answer := newPayer(t, nil).read(callOf(settlement.OpIdentify), []byte(edited(t, personAnswer, bad.old, bad.new)))
		checkUnpaid(t, bad.name, answer, settlement.ResultInDoubt)
	}
}
