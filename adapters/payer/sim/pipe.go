package sim

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

// pipe is the door of the rural scheme's interface with one function: name and
// password in every head, fields by the codes of the national dataset.
type pipe struct{ s *Simulator }

const pipeSpace = "http://www.section9.org/cms/referral/data"

func (pipe) routes() []string    { return []string{"POST /nh/services/pipe"} }
func (pipe) contentType() string { return "text/xml; charset=utf-8" }

// pipeRequest is the one argument.
type pipeRequest struct {
	XMLName  xml.Name `xml:"http://www.section9.org/cms/referral/data request"`
	Version  string   `xml:"head>version"`
	Function string   `xml:"head>functionNo"`
	Target   string   `xml:"head>targetOrg"`
	Identity string   `xml:"head>healthcareprovider>identity"`
	Password string   `xml:"head>healthcareprovider>password"`
	Body     struct {
		Stay        string      `xml:"D504_01"`
		Person      string      `xml:"D504_02"`
		Certificate string      `xml:"D504_05"`
		Reference   string      `xml:"D506_01"`
		Paid        json.Number `xml:"D506_24"`
		Message     string      `xml:"D506_52"`
	} `xml:"body"`
}

func (d pipe) read(_ *http.Request, body []byte) (q question, early *answer, status int) {
	no := func(words string) (question, *answer, int) {
		wrong := refusal(words)
		return q, &wrong, http.StatusOK
	}
	arguments, err := readSOAP(body, "nh_pipe", 1)
	if err != nil {
		return q, nil, http.StatusInternalServerError
	}
	var asked pipeRequest
	if xml.Unmarshal([]byte(arguments[0]), &asked) != nil || asked.Version == "" || asked.Target == "" {
		return no("[P400] 报文格式错误")
	}
	secret, known := d.s.stage.current().Credentials[asked.Identity]
	if !known || secret != asked.Password {
		return no("[P403] 医疗单位身份或密码错误")
	}
	q = question{Number: asked.Function, Message: asked.Body.Message, Time: now()}
	input := &q.Input.Data
	input.Certificate, input.Encounter, input.Reference = asked.Body.Certificate, asked.Body.Stay, asked.Body.Reference
	if verbs[q.Number] == identifying {
		return q, nil, http.StatusOK
	}
	known, err = d.s.fill(&q)
	switch {
	case err != nil:
		return q, nil, http.StatusInternalServerError
	case !known || input.Person != asked.Body.Person:
		return q, &noSuchStay, http.StatusOK
	}
	input.Paid, input.Original, input.OriginalNumber = asked.Body.Paid, asked.Body.Message, "B020012"
	return q, nil, http.StatusOK
}

func (d pipe) write(q question, a answer) ([]byte, error) {
	code, content := "0000000", pipeContent(a)
	switch {
	case a.status == -2:
		code = strings.Trim(strings.SplitN(a.words, " ", 2)[0], "[]")
	case a.status != 0:
		code = "9999999"
	}
	text := `<response xmlns="` + pipeSpace + `"><head>` + fields("functionNo", q.Number, "stateCode", code, "stateDesc", a.words) +
		`</head><body>` + content + `</body></response>`
	return writeSOAP(pipeSpace, "nh_pipe", text), nil
}

// pipeContent is what stands in the answer's body.
func pipeContent(a answer) string {
	switch a.content {
	case identified:
		who := a.insured
		return "<person>" + fields("D504_02", who.Number, "D504_03", who.Name, "D504_05", who.Certificate,
			"areaCode", who.Area, "state", bit(!who.Stopped)) + "</person>"
	case settled, found:
		var out strings.Builder
		for _, r := range a.records {
			out.WriteString("<feeInfo>" + pipeRecord(r) + "</feeInfo>")
		}
		return out.String()
	case cancelled:
		e := a.records[0].entry
		return pipeNames(e, e.Undoes)
	}
	return ""
}

// pipeNames says what a record is about.
func pipeNames(e entry, reference string) string {
	return fields("D504_01", e.Encounter, "D504_02", e.Person, "D506_01", reference, "D506_52", e.Message)
}

// pipeRecord writes a settlement.
func pipeRecord(r record) string {
	a := r.Amounts
	at, err := time.Parse("2006-01-02 15:04:05", r.At)
	stamp := ""
	if err == nil {
		stamp = at.Format("2006-01-02T15-04-05")
	}
	return pipeNames(r.entry, r.Reference) + fields("D506_25", stamp, "returned", bit(r.reversed),
		"D506_03", four(a.Total), "D506_19", four(a.Eligible), "D506_24", four(a.Paid+a.Pooled), "D506_32", four(a.PersonPays),
		"D506_57", a.Account.String(), "D506_58", a.SpecialCare.String(), "D506_59", a.CriticalIllness.String(),
		"D506_60", a.Commercial.String(), "D506_103", a.Assistance.String(), "D506_104", "0", "D506_105", a.Hospital.String())
}
