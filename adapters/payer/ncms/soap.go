package ncms

import (
	"encoding/xml"
	"strings"
)

// soapSpace is the namespace of SOAP 1.1, the only version these payers speak.
const soapSpace = "http://schemas.xmlsoap.org/soap/envelope/"

// sheet is an XML text being written.
type sheet struct{ strings.Builder }

// field writes an element with a text.
func (s *sheet) field(name, text string) {
	s.WriteString("<" + name + ">")
	xml.EscapeText(s, []byte(text)) // writing to a string does not fail
	s.WriteString("</" + name + ">")
}

// envelope is the SOAP text of one operation whose arguments are strings.
func envelope(space, operation string, arguments ...string) []byte {
	var s sheet
	s.WriteString(`<soapenv:Envelope xmlns:soapenv="` + soapSpace + `" xmlns:his="` + space + `"><soapenv:Body><his:` + operation + `>`)
	for i, argument := range arguments {
		s.field("arg"+string(rune('0'+i)), argument)
	}
	s.WriteString(`</his:` + operation + `></soapenv:Body></soapenv:Envelope>`)
	return []byte(s.String())
}

// unwrap is the XML text that an operation's answer carries in its return
// string. A SOAP fault says nothing about what was done.
func unwrap(body []byte, operation string) (node, error) {
	root, err := parse(body)
	if err != nil {
		return node{}, err
	}
	if root.space != soapSpace || root.name != "Envelope" {
		return node{}, &breach{"answer", "not a SOAP 1.1 envelope"}
	}
	outer := open("Envelope", root)
	inside := outer.child("Body")
	if outer.first != nil || inside.space != soapSpace || len(inside.children) != 1 {
		return node{}, &breach{"Envelope.Body", "not one answer"}
	}
	answer := inside.children[0]
	if answer.name != operation+"Response" {
		return node{}, &breach{"Envelope.Body", "a fault, or the answer to another operation"}
	}
	s := open("Body", answer)
	text := s.text("return")
	if s.first != nil {
		return node{}, s.first
	}
	return parse([]byte(text))
}

// fill puts text into the empty element of a name inside an argument of an
// envelope, where it is escaped twice.
func fill(body []byte, name, text string) []byte {
	var once, twice strings.Builder
	xml.EscapeText(&once, []byte(text))
	xml.EscapeText(&twice, []byte(once.String()))
	opening, closing := "&lt;"+name+"&gt;", "&lt;/"+name+"&gt;"
	return []byte(strings.Replace(string(body), opening+closing, opening+twice.String()+closing, 1))
}
