package ncms

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// pipe is the wire with one operation for every function, and fields named by
// the codes of the national dataset (D504 admission, D506 compensation).
type pipe struct{ config Config }

const (
	pipeSpace     = "http://www.section9.org/cms/referral/data"
	pipeOperation = "nh_pipe"
	pipeVersion   = "1.0"
	pipeDone      = "0000000"
	pipeTime      = "2006-01-02T15-04-05"
)

// pipeFunctions are the numbers (functionNo) calls go out under.
var pipeFunctions = map[settlement.Operation]string{
	settlement.OpIdentify: "C030002",
	settlement.OpQuote:    "B020011",
	settlement.OpSettle:   "B020012",
	settlement.OpReverse:  "B020008",
	settlement.OpInquire:  "C020007",
}

func (w pipe) encode(call lifecycle.Call) []byte {
	var s sheet
	s.WriteString(`<request xmlns="` + pipeSpace + `"><head>`)
	s.field("version", pipeVersion)
	s.field("functionNo", pipeFunctions[call.Operation])
	s.field("targetOrg", w.config.Target)
	s.WriteString("<healthcareprovider>")
	s.field("identity", w.config.User)
	s.field("password", "")
	s.WriteString("</healthcareprovider></head><body>")
	w.ask(&s, call)
	s.WriteString("</body></request>")
	return envelope(pipeSpace, pipeOperation, s.String())
}

// ask writes what is asked.
func (w pipe) ask(s *sheet, call lifecycle.Call) {
	if call.Operation == settlement.OpIdentify {
		s.field("D504_05", call.Person.Reveal())
		return
	}
	s.field("D504_01", string(call.Encounter))
	s.field("D504_02", call.Insured.Reveal())
	switch call.Operation {
	case settlement.OpInquire:
	case settlement.OpReverse:
		s.field("D506_01", call.Reference)
		s.field("D506_52", string(call.Original))
	default:
		s.field("D504_12", call.Claim.Discharge.String())
		s.field("D506_52", string(call.Message))
		s.field("D506_53", call.At.In(settlement.China).Format(pipeTime))
		if w.config.Kind == CriticalIllness {
			s.field("D506_24", call.Paid.String())
		}
	}
}

func (pipe) seal(body []byte, credential settlement.Private) []byte {
	return fill(body, "password", credential.Reveal())
}

func (pipe) open(body []byte) (reply, error) {
	root, err := unwrap(body, pipeOperation)
	if err != nil {
		return reply{}, err
	}
	outer := open("response", root)
	if root.name != "response" {
		outer.fail("head", "not an answer")
	}
	head := open("head", outer.child("head"))
	r := reply{code: head.id("stateCode"), words: head.text("stateDesc")}
	switch r.code {
	case "":
		head.fail("stateCode", "missing")
	case pipeDone:
		r.yes, r.content = true, outer.child("body")
	}
	if outer.first != nil {
		return reply{}, outer.first
	}
	return r, head.first
}

func (pipe) people(content node) ([]person, error) {
	var people []person
	for _, row := range content.all("person") {
		s := open("person", row)
		people = append(people, person{
			Number: s.id("D504_02"), Name: s.text("D504_03"), Certificate: s.id("D504_05"), Area: s.id("areaCode"),
			Stopped: s.text("state") == "0",
		})
		if people[len(people)-1].Number == "" {
			s.fail("D504_02", "missing")
		}
		if s.first != nil {
			return nil, s.first
		}
	}
	return people, nil
}
