package sim

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// texts are the amounts of node under keys, as written.
func texts(node map[string]any, keys ...string) []string {
	out := make([]string, len(keys))
	for i, key := range keys {
		out[i] = fmt.Sprint(node[key])
	}
	return out
}

var amountKeys = []string{
	"medfee_sumamt", "fulamt_ownpay_amt", "preselfpay_amt", "inscp_scp_amt", "hifp_pay", "hifmi_pay", "fund_pay_sumamt",
	"hosp_part_amt", "psn_part_amt", "acct_pay", "psn_cash_pay",
}

func TestIdentify(t *testing.T) {
	script := listing()
	script.Anyone = &Person{Scheme: "380", Area: "360800", Stopped: true}
	server := startNew(t, script)
	for certificate, want := range map[string]string{
		"36082719900101003X": `"certno":"36082719900101003X"|"psn_no":"36082700000000000000000001"|"insutype":"390"|"psn_insu_stas":"1"|"insuplc_admdvs":"360827"`,
		"360827199001010013": `"certno":"360827199001010013"|"psn_no":"9360827199001010013"|"insutype":"380"|"psn_insu_stas":"4"|"insuplc_admdvs":"360800"`,
	} {
		r := from(t, server).call("1101", "m"+certificate, `{"mdtrt_cert_type":"02","mdtrt_cert_no":"`+certificate+`","certno":"`+certificate+`"}`, "0")
		var output struct {
			Base struct {
				Certno string `json:"certno"`
				Number string `json:"psn_no"`
			} `json:"baseinfo"`
			Rows []struct {
				Scheme string `json:"insutype"`
				State  string `json:"psn_insu_stas"`
				Area   string `json:"insuplc_admdvs"`
			} `json:"insuinfo"`
		}
		if err := json.Unmarshal(r.Output, &output); err != nil || len(output.Rows) != 1 {
			t.Fatalf("%s: %v", r.Output, err)
		}
		row := output.Rows[0]
		got := fmt.Sprintf(`"certno":%q|"psn_no":%q|"insutype":%q|"psn_insu_stas":%q|"insuplc_admdvs":%q`,
			output.Base.Certno, output.Base.Number, row.Scheme, row.State, row.Area)
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	from(t, startNew(t, listing())).call("1101", "m", `{"certno":"360827199001010013"}`, "-2")
}

func TestSettleInquireCancel(t *testing.T) {
	server := startNew(t, listing())
	quoted := from(t, server).call("2303", "q1", bill("e1"), "0").info(t)
	checkNet(t, server, "q1", 0)
	settled := from(t, server).call("2304", "m1", bill("e1"), "0").info(t)
	checkNet(t, server, "m1", 1)
	want := []string{"3000", "150", "90", "2760", "1534", "435.6", "1999.61", "50", "950.39", "30", "920.39"}
	if diff := cmp.Diff(want, texts(settled, amountKeys...)); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(texts(quoted, amountKeys...), texts(settled, amountKeys...)); diff != "" {
		t.Errorf("(-quoted +settled):\n%s", diff)
	}
	if quoted["setl_id"] != nil || settled["setl_id"] != "S000000000001" || settled["medins_setl_id"] != "m1" {
		t.Errorf("references %v and %v", quoted["setl_id"], settled["setl_id"])
	}
	byReference := `{"psn_no":"` + numbered + `","setl_id":"S000000000001","mdtrt_id":"e1"}`
	byEncounter := `{"psn_no":"` + numbered + `","mdtrt_id":"e1"}`
	for i, query := range []string{byReference, byEncounter} {
		found := from(t, server).call("5203", fmt.Sprint("i", i), query, "0").info(t)
		if found["refd_setl_flag"] != "0" || found["setl_id"] != "S000000000001" {
			t.Errorf("found %v", found)
		}
	}
	cancelled := from(t, server).call("2305", "m2", byReference, "0").info(t)
	checkNet(t, server, "m1", 0)
	if diff := cmp.Diff([]string{"-3000", "-1534", "-1999.61", "<nil>", "<nil>", "-50", "-950.39", "-920.39", "m2", "S000000000002"},
		texts(cancelled, "medfee_sumamt", "hifp_pay", "fund_pay_sumamt", "hosp_part_amt", "psn_part_amt", "ownpay_hosp_part",
			"psn_pay", "cash_payamt", "medins_setl_id", "setl_id")); diff != "" {
		t.Errorf("cancelled (-want +got):\n%s", diff)
	}
	if found := from(t, server).call("5203", "i3", byEncounter, "0").info(t); found["refd_setl_flag"] != "1" {
		t.Errorf("found %v", found)
	}
	if r := from(t, server).call("2305", "m3", byReference, "-2"); r.Words[:6] != "["+MarkAlreadyReversed+"]" {
		t.Errorf("cancelled again: %s", r.Words)
	}
}

func TestReverseByMessage(t *testing.T) {
	server := startNew(t, listing())
	undo := func(person, original, number string) string {
		return `{"psn_no":"` + person + `","omsgid":"` + original + `","oinfno":"` + number + `"}`
	}
	r := from(t, server).call("2601", "r1", undo(numbered, "m1", "2304"), "-2")
	if r.Words[:6] != "["+MarkNotFound+"]" {
		t.Errorf("nothing there: %s", r.Words)
	}
	from(t, server).call("2304", "m1", bill("e1"), "0") // it was on its way: booked all the same
	from(t, server).call("2304", "m1", bill("e1"), "0") // sent twice: booked twice
	checkNet(t, server, "m1", 2)
	from(t, server).call("2601", "r2", undo("1", "m1", "2304"), "-2")
	from(t, server).call("2601", "r3", undo(numbered, "m1", "2305"), "-2")
	for want := 1; want >= 0; want-- {
		if r := from(t, server).call("2601", "r4", undo(numbered, "m1", "2304"), "0"); string(r.Output) != "null" {
			t.Errorf("a reversal with content: %s", r.Output)
		}
		checkNet(t, server, "m1", want)
	}
	from(t, server).call("2601", "r5", undo(numbered, "m1", "2304"), "-2")
}

// A payer that closes its day late books at night what came at noon.
func TestAtNight(t *testing.T) {
	script := listing()
	script.Rules = []Rule{{Transaction: "2304", Fault: AtNight, First: 1}}
	server := startNew(t, script)
	for i, want := range []string{"2012-07-01 23:55:00", "2012-07-01 15:04:05"} {
		if got := from(t, server).call("2304", fmt.Sprint("m", i), bill(fmt.Sprint("e", i)), "0").info(t)["setl_time"]; got != want {
			t.Errorf("booked at %v, want %s", got, want)
		}
	}
}

func TestDeduplicate(t *testing.T) {
	script := listing()
	script.Deduplicate = true
	server := startNew(t, script)
	first := from(t, server).call("2304", "m1", bill("e1"), "0").info(t)
	second := from(t, server).call("2304", "m1", bill("e1"), "0").info(t)
	if first["setl_id"] != second["setl_id"] {
		t.Error("the same message has two references")
	}
	checkNet(t, server, "m1", 1)
}

func TestInquireSeveral(t *testing.T) {
	server := startNew(t, listing())
	from(t, server).call("2304", "m1", bill("e1"), "0")
	from(t, server).call("2304", "m2", bill("e1"), "0")
	r := from(t, server).call("5203", "i1", `{"psn_no":"`+numbered+`","mdtrt_id":"e1"}`, "0")
	var output struct {
		List []map[string]any `json:"setlinfo"`
	}
	if err := json.Unmarshal(r.Output, &output); err != nil || len(output.List) != 2 || output.List[1]["medins_setl_id"] != "m2" {
		t.Errorf("%s: %v", r.Output, err)
	}
	for i, nothing := range []string{`{"psn_no":"` + numbered + `","mdtrt_id":"e2"}`, `{"psn_no":"1","mdtrt_id":"e1"}`, `{"psn_no":"` + numbered + `","setl_id":"S9"}`} {
		if info := from(t, server).call("5203", fmt.Sprint("n", i), nothing, "0").info(t); info != nil {
			t.Errorf("%s finds %v", nothing, info)
		}
	}
}

// What the payer does not settle, it refuses and does not book.
func TestRefusedSettlements(t *testing.T) {
	script := listing()
	stopped := listed
	stopped.Stopped, stopped.Certificate = true, "360827199001010013"
	script.People["2"] = stopped
	server := startNew(t, script)
	for name, data := range map[string]string{
		"an unknown person":        `{"psn_no":"1","mdtrt_cert_type":"02","medfee_sumamt":1,"mdtrt_id":"e","insutype":"390"}`,
		"a stopped insurance":      `{"psn_no":"2","mdtrt_cert_type":"02","medfee_sumamt":1,"mdtrt_id":"e","insutype":"390"}`,
		"another scheme":           `{"psn_no":"` + numbered + `","mdtrt_cert_type":"02","medfee_sumamt":1,"mdtrt_id":"e","insutype":"310"}`,
		"no encounter":             `{"psn_no":"` + numbered + `","mdtrt_cert_type":"02","medfee_sumamt":1,"insutype":"390"}`,
		"no voucher":               `{"psn_no":"` + numbered + `","medfee_sumamt":1,"mdtrt_id":"e","insutype":"390"}`,
		"no total":                 `{"psn_no":"` + numbered + `","mdtrt_cert_type":"02","mdtrt_id":"e","insutype":"390"}`,
		"a negative total":         `{"psn_no":"` + numbered + `","mdtrt_cert_type":"02","medfee_sumamt":-1,"mdtrt_id":"e","insutype":"390"}`,
		"parts that do not add up": `{"psn_no":"` + numbered + `","mdtrt_cert_type":"02","medfee_sumamt":2,"inscp_scp_amt":1,"mdtrt_id":"e","insutype":"390"}`,
	} {
		r := from(t, server).call("2304", "m", data, "-2")
		if r.Words == "" {
			t.Errorf("%s: refused without words", name)
		}
		checkNet(t, server, "m", 0)
	}
	from(t, server).call("9999", "m", `{}`, "-2")
}
