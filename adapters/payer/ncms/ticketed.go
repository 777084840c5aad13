package ncms

import (
	"crypto/md5"
	"encoding/hex"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/payer/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// ticketed is the wire with operations S02 to S16: a head and a body, each an
// XML text inside a string of its own.
type ticketed struct{ config Config }

const (
	ticketSpace     = "http://webservice.hisinterface.hzyl.aspirecn.com/"
	ticketOperation = "request"
	login           = "S02"
)

// ticketOperations are the codes (operCode) calls go out under.
var ticketOperations = map[settlement.Operation]string{
	settlement.OpIdentify: "S03",
	settlement.OpQuote:    "S13",
	settlement.OpSettle:   "S14",
	settlement.OpReverse:  "S15",
	settlement.OpInquire:  "S16",
}

func (w ticketed) encode(call lifecycle.Call) []byte {
	return request(ticketOperations[call.Operation], w.body(call))
}

// request is the envelope of a body: beside it a head with the operation, the
// digest of the body and a place for the ticket.
func request(operation, body string) []byte {
	var head sheet
	head.WriteString("<head>")
	head.field("operCode", operation)
	head.field("rsa", digest(body))
	head.field("billCode", "")
	head.WriteString("</head>")
	return envelope(ticketSpace, ticketOperation, head.String(), body)
}

// digest is the upper-case MD5 of text: what the field "rsa" carries, and how
// a password is sent.
func digest(text string) string {
	sum := md5.Sum([]byte(text))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func (w ticketed) seal(body []byte, credential settlement.Private) []byte {
	return fill(body, "billCode", credential.Reveal())
}

// loginRequest asks for a ticket (S02).
func (w ticketed) loginRequest() []byte {
	var body sheet
	body.WriteString("<body>")
	body.field("userName", w.config.User)
	body.field("password", digest(w.config.Password.Reveal()))
	body.WriteString("</body>")
	return request(login, body.String())
}

func (w ticketed) open(body []byte) (reply, error) {
	root, err := unwrap(body, ticketOperation)
	if err != nil {
		return reply{}, err
	}
	s := open("result", root)
	if root.name != "result" {
		s.fail("state", "not an answer")
	}
	var r reply
	switch s.text("state") {
	case "true":
		r.yes, r.content = true, s.child("data")
	case "false":
		r.words = s.text("message")
		r.code = words.Mark(r.words)
	default:
		s.fail("state", "neither true nor false")
	}
	return r, s.first
}
