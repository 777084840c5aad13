package nhsa

import (
	"bytes"
	"encoding/json"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// request is the envelope around every transaction, its fields in the order
// of the published table.
type request struct {
	Number        transaction `json:"infno"`
	Message       string      `json:"msgid"`
	FacilityArea  string      `json:"mdtrtarea_admvs"`
	PersonArea    string      `json:"insuplc_admdvs"`
	Receiver      string      `json:"recer_sys_code"`
	Device        string      `json:"dev_no"`
	DeviceSafety  string      `json:"dev_safe_info"`
	Signature     string      `json:"cainfo"`
	SignatureType string      `json:"signtype"`
	Version       string      `json:"infver"`
	OperatorType  string      `json:"opter_type"`
	Operator      string      `json:"opter"`
	OperatorName  string      `json:"opter_name"`
	Time          string      `json:"inf_time"`
	Facility      string      `json:"fixmedins_code"`
	FacilityName  string      `json:"fixmedins_name"`
	SignIn        string      `json:"sign_no"`
	Input         input       `json:"input"`
}

// input wraps the one node every transaction spoken here has; only files have
// nodes of their own names.
type input struct {
	Data     any `json:"data,omitempty"`
	Upload   any `json:"fsUploadIn,omitempty"`
	Download any `json:"fsDownloadIn,omitempty"`
}

// envelope is the request of call with data inside. account is the one that
// speaks for the call's facility.
func (p *Payer) envelope(call lifecycle.Call, account Account, data any) request {
	code := account.FacilityCode
	if code == "" {
		code = string(call.Facility.ID)
	}
	return request{
		Number:        transactionOf(call),
		Message:       string(call.Message),
		FacilityArea:  string(call.Facility.Region),
		PersonArea:    string(call.Region),
		Receiver:      p.config.Receiver,
		SignatureType: p.config.SignType,
		Version:       p.config.Version,
		OperatorType:  p.config.Operator.Type,
		Operator:      p.config.Operator.ID,
		OperatorName:  p.config.Operator.Name,
		Time:          call.At.In(settlement.China).Format(timeLayout),
		Facility:      code,
		FacilityName:  call.Facility.Name,
		Input:         input{Data: data},
	}
}

// encode gives the bytes that are sent. Names keep their characters: nothing
// is escaped for a web page.
func (r request) encode() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// The statuses of an answer (infcode) that have a meaning of their own.
const (
	statusDone    = "0"
	statusRefused = "-2"
)

// reply is the envelope of an answer.
type reply struct {
	Status string
	Words  string // err_msg
	Output node   // an object, or nothing; of a yes only
}

// decodeReply reads an answer. Whatever is not clearly an answer is a breach.
func decodeReply(body []byte) (reply, error) {
	root, err := parse(body)
	if err != nil {
		return reply{}, err
	}
	s := open("answer", root)
	r := reply{Status: s.code("infcode")}
	switch r.Status {
	case "":
		s.fail("infcode", "missing")
	case statusDone:
		r.Output = s.output()
	default:
		r.Words = s.text("err_msg")
	}
	return r, s.first
}

// output is the answer's content: an object, or a string that holds one.
func (s *scan) output() node {
	n := s.node.fields["output"]
	if n.kind == kindString && n.text != "" {
		inner, err := parse([]byte(n.text))
		if err != nil {
			s.fail("output", "a string that holds no JSON object")
			return node{}
		}
		n = inner
	}
	switch {
	case n.kind == kindObject:
		return n
	case n.empty() || n.kind == kindString: // the string is the empty one
		return node{}
	}
	s.fail("output", "not an object")
	return node{}
}
