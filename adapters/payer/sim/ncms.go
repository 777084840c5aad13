package sim

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// ncms is the door of the rural scheme's interface with a ticket: a head and a
// body, each XML inside a string.
type ncms struct{ s *Simulator }

const ncmsSpace = "http://webservice.hisinterface.hzyl.aspirecn.com/"

func (ncms) routes() []string    { return []string{"POST /hisinterface/services/request"} }
func (ncms) contentType() string { return "text/xml; charset=utf-8" }

// ncmsHead is the first argument.
type ncmsHead struct {
	Operation string `xml:"operCode"`
	Digest    string `xml:"rsa"`
	Ticket    string `xml:"billCode"`
}

// ncmsBody is the second one, with the fields of every operation played here.
type ncmsBody struct {
	User        string      `xml:"userName"`
	Password    string      `xml:"password"`
	Certificate string      `xml:"idCard"`
	Stay        string      `xml:"inpId"`
	Message     string      `xml:"hisRedeemCode"`
	Reference   string      `xml:"redeemId"`
	Kind        string      `xml:"redeemNo"`
	Member      string      `xml:"memberId"`
	Inpatient   string      `xml:"inpatientNo"`
	Rows        []row       `xml:"detail"`
	Paid        json.Number `xml:"compensateCost"`
}

func (d ncms) read(_ *http.Request, body []byte) (q question, early *answer, status int) {
	no := func(words string) (question, *answer, int) {
		wrong := refusal(words)
		return q, &wrong, http.StatusOK
	}
	arguments, err := readSOAP(body, "request", 2)
	if err != nil {
		return q, nil, http.StatusInternalServerError
	}
	var head ncmsHead
	var asked ncmsBody
	if xml.Unmarshal([]byte(arguments[0]), &head) != nil || xml.Unmarshal([]byte(arguments[1]), &asked) != nil {
		return no("[P400] 报文格式错误")
	}
	if sum := md5.Sum([]byte(arguments[1])); !strings.EqualFold(head.Digest, hex.EncodeToString(sum[:])) {
		return no("[P402] 摘要不符")
	}
	q = question{Number: head.Operation, Message: asked.Message, Time: now()}
	input := &q.Input.Data
	input.Certificate, input.Encounter, input.Reference = asked.Certificate, asked.Stay, asked.Reference
	if verbs[q.Number] == loggingIn {
		q.Message, input.Person, input.VoucherType = asked.User, asked.User, asked.Password
		return q, nil, http.StatusOK
	}
	if !d.s.tickets.known(head.Ticket) {
		return q, &ticketUnknown, http.StatusOK
	}
	switch verbs[q.Number] {
	case identifying:
		return q, nil, http.StatusOK
	case admitting, charging:
		input.Person, q.inpatient, q.rows = asked.Member, asked.Inpatient, asked.Rows
		return q, nil, http.StatusOK
	}
	known, err := d.s.fill(&q)
	switch {
	case err != nil:
		return q, nil, http.StatusInternalServerError
	case !known:
		return q, &noSuchStay, http.StatusOK
	}
	input.Paid, input.Original, input.OriginalNumber = asked.Paid, asked.Message, "S14"
	return q, nil, http.StatusOK
}

func (d ncms) write(_ question, a answer) ([]byte, error) {
	text := "<result>" + fields("state", "true", "message", "") + "<data>" + ncmsContent(a) + "</data></result>"
	if a.status != 0 {
		text = "<result>" + fields("state", "false", "message", a.words) + "<data/></result>"
	}
	return writeSOAP(ncmsSpace, "request", text), nil
}

// ncmsContent is what stands under data.
func ncmsContent(a answer) string {
	switch a.content {
	case ticketed:
		return fields("billCode", a.ticket)
	case identified:
		who := a.insured
		return "<detail>" + fields("memberId", who.Number, "name", who.Name, "idCard", who.Certificate,
			"areaCode", who.Area, "status", bit(!who.Stopped), "identityName", "一般农户") + "</detail>"
	case admitted:
		return fields("inpId", a.records[0].Encounter)
	case charged:
		return ncmsCharges(a.charges)
	case settled:
		return ncmsRecord(a.records[0])
	case cancelled:
		e := a.records[0].entry
		return ncmsNames(e, e.Undoes)
	case found:
		var out strings.Builder
		for _, r := range a.records {
			out.WriteString("<detail>" + ncmsRecord(r) + "</detail>")
		}
		return out.String()
	}
	return ""
}

// ncmsCharges says of each uploaded row whether it was taken and how much of it
// is eligible.
func ncmsCharges(charges []charge) string {
	var out strings.Builder
	for _, c := range charges {
		result := fields("enableMoney", four(c.Eligible), "success", "1", "message", "")
		if c.Total < 0 {
			result = fields("enableMoney", "", "success", "0", "message", "明细编码或金额不正确")
		}
		out.WriteString("<detail>" + fields("hisDetailCode", c.Code) + result + "</detail>")
	}
	return out.String()
}

// ncmsNames says what a record is about.
func ncmsNames(e entry, reference string) string {
	return fields("inpId", e.Encounter, "redeemId", reference, "hisRedeemCode", e.Message, "memberNo", e.Person)
}

// ncmsRecord writes a settlement: some amounts with four decimals, some with
// two.
func ncmsRecord(r record) string {
	a := r.Amounts
	compensation := a.Paid + a.Pooled + a.Account
	parts := ""
	if a.Paid == 0 {
		parts = fields("generalRedeem", four(a.Pooled-a.Guaranteed), "accRedeem", a.Account.String(), "accidentRedeem", "0.00",
			"calculateMoney", four(compensation-a.Guaranteed))
	}
	return ncmsNames(r.entry, r.Reference) + fields("redeemDate", r.At, "isCancel", bit(r.reversed),
		"totalCost", four(a.Total), "insuranceCost", four(a.Eligible), "enableMoney", four(a.Eligible),
		"startMoney", a.Deductible.String(), "compensateCost", compensation.String()) + parts +
		fields("civilCost", a.Assistance.String(), "insureCost", a.CriticalIllness.String(),
			"CIICalculateMoney", four(a.CriticalIllness), "salvaJSCost", "0", "salvaYFCost", a.SpecialCare.String(),
			"continentInsurance", a.Commercial.String(), "hospAssumeMoney", a.Hospital.String(),
			"bottomRedeem", "", "personalPayMoney", four(ncmsCash(a)), "isPaul", bit(a.Guaranteed > 0))
}

// ncmsCash is what is left for the person beside the family's account.
func ncmsCash(a amounts) settlement.Money { return a.PersonPays - a.Account }
