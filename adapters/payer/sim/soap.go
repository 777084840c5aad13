package sim

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// soapRequest is a SOAP 1.1 request whose operation has string arguments.
type soapRequest struct {
	XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
	Body    struct {
		Operation struct {
			XMLName   xml.Name
			Arguments []string `xml:",any"`
		} `xml:",any"`
	} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
}

// readSOAP gives the arguments of the one operation a door has.
func readSOAP(body []byte, operation string, arguments int) ([]string, error) {
	var request soapRequest
	if err := xml.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	called := request.Body.Operation
	if called.XMLName.Local != operation || len(called.Arguments) != arguments {
		return nil, fmt.Errorf("operation %s with %d arguments", called.XMLName.Local, len(called.Arguments))
	}
	return called.Arguments, nil
}

// writeSOAP puts an XML text into the answer of an operation.
func writeSOAP(space, operation, text string) []byte {
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>`)
	out.WriteString(`<ns2:` + operation + `Response xmlns:ns2="` + space + `"><return>`)
	xml.EscapeText(&out, []byte(text))
	out.WriteString(`</return></ns2:` + operation + `Response></soap:Body></soap:Envelope>`)
	return []byte(out.String())
}

// fields writes elements in the order given: a name, then its text.
func fields(pairs ...string) string {
	var out strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		out.WriteString("<" + pairs[i] + ">")
		xml.EscapeText(&out, []byte(pairs[i+1]))
		out.WriteString("</" + pairs[i] + ">")
	}
	return out.String()
}

// now is when a request came in, where it does not say so itself.
func now() string {
	return time.Now().In(time.FixedZone("Asia/Shanghai", 8*60*60)).Format("2006-01-02 15:04:05")
}

// four is an amount with four decimals, as some payers write some of theirs.
func four(amount settlement.Money) string { return amount.String() + "00" }

// bit is a flag.
func bit(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}
