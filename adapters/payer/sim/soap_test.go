package sim

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rural is the script of the rural scheme's tests.
func rural() Script {
	script := listing()
	script.Credentials = map[string]string{"hospital": "secret"}
	script.Stays = map[string]Stay{"e1": {
		Person: numbered, Total: "3000.00", SelfFunded: "200.00", OverLimit: "99.95", FirstSelfPay: "100.05", Eligible: "2600.00",
	}}
	return script
}

func startProtocol(t *testing.T, protocol Protocol, script Script) *Server {
	t.Helper()
	server, err := Start(Config{Book: filepath.Join(t.TempDir(), "book"), Script: script, Protocol: protocol}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

func md5sum(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// soapCall posts arguments to an operation and gives the text of the answer.
func soapCall(t *testing.T, url, operation string, arguments ...string) (string, int) {
	t.Helper()
	var body strings.Builder
	body.WriteString(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><` + operation + `>`)
	for i, argument := range arguments {
		body.WriteString(fields(fmt.Sprintf("arg%d", i), argument))
	}
	body.WriteString(`</` + operation + `></e:Body></e:Envelope>`)
	response, err := http.Post(url, "text/xml", strings.NewReader(body.String()))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var envelope struct {
		Text string `xml:"Body>any>return"`
	}
	text := strings.ReplaceAll(string(answer), "ns2:"+operation+"Response", "any")
	if response.StatusCode == http.StatusOK {
		if err := xml.Unmarshal([]byte(text), &envelope); err != nil {
			t.Fatal(err)
		}
	}
	return envelope.Text, response.StatusCode
}

// ticketCall sends an operation of the ticket shape.
func ticketCall(t *testing.T, server *Server, code, ticket, body string) string {
	t.Helper()
	head := "<head>" + fields("operCode", code, "rsa", md5sum(body), "billCode", ticket) + "</head>"
	text, _ := soapCall(t, server.URL+"/hisinterface/services/request", "request", head, body)
	return text
}

// loggedIn is a fresh ticket.
func loggedIn(t *testing.T, server *Server) string {
	t.Helper()
	body := "<body>" + fields("userName", "hospital", "password", strings.ToUpper(md5sum("secret"))) + "</body>"
	found := regexp.MustCompile("<billCode>(.+)</billCode>").FindStringSubmatch(ticketCall(t, server, "S02", "", body))
	if found == nil {
		t.Fatal("no ticket")
	}
	return found[1]
}

// shows checks that an answer has every part.
func shows(t *testing.T, name, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: no %s in %s", name, part, text)
		}
	}
}

// The stay of fixture_test.go: (2,600 - 400) x 0.65 = 1,430.00 pooled, 402.00
// critical illness, 30.00 from the account.
func TestTicketShape(t *testing.T) {
	server := startProtocol(t, NCMS, rural())
	ticket := loggedIn(t, server)
	call := func(code, body string) string { return ticketCall(t, server, code, ticket, "<body>"+body+"</body>") }
	stay := fields("inpId", "e1", "hisRedeemCode", "m1")
	shows(t, "S03", call("S03", fields("idCard", listed.Certificate)), "<memberId>"+numbered, "<status>1")
	shows(t, "S13", call("S13", stay), "<state>true", "<redeemId></redeemId>")
	checkNet(t, server, "m1", 0)
	shows(t, "S14", call("S14", stay), "<compensateCost>1460.00", "<generalRedeem>1430.0000", "<accRedeem>30.00", "<insureCost>402.00",
		"<personalPayMoney>1057.9900", "<redeemId>S000000000001", "<isPaul>0")
	checkNet(t, server, "m1", 1)
	shows(t, "S16", call("S16", fields("inpId", "e1")), "<detail>", "<hisRedeemCode>m1", "<isCancel>0")
	shows(t, "S15", call("S15", stay+fields("redeemId", "S000000000001")), "<state>true", "<redeemId>S000000000001", "<hisRedeemCode>m1")
	checkNet(t, server, "m1", 0)
	shows(t, "S16 after", call("S16", fields("inpId", "e1")), "<isCancel>1")
	shows(t, "S15 again", call("S15", stay), "<state>false", "["+MarkAlreadyReversed+"]")
	shows(t, "a stay nobody admitted", call("S14", fields("inpId", "e2", "hisRedeemCode", "m2")), "<state>false", "[P408]")
	shows(t, "an unknown operation", call("S99", stay), "[P400]")
}

// The guaranteed minimum: 0.8 of 2,600 is 2,080.00, 650.00 more than computed.
func TestGuaranteedMinimum(t *testing.T) {
	script := rural()
	person := listed
	person.MinimumRatio = "0.8"
	script.People[numbered] = person
	server := startProtocol(t, NCMS, script)
	text := ticketCall(t, server, "S13", loggedIn(t, server), "<body>"+fields("inpId", "e1", "hisRedeemCode", "m1")+"</body>")
	shows(t, "S13", text, "<compensateCost>2110.00", "<generalRedeem>1430.0000", "<calculateMoney>1460.0000", "<isPaul>1")
}

func TestTicketShapeLetsNobodyIn(t *testing.T) {
	server := startProtocol(t, NCMS, rural())
	ticket := loggedIn(t, server)
	body := "<body>" + fields("inpId", "e1", "hisRedeemCode", "m1") + "</body>"
	shows(t, "no ticket", ticketCall(t, server, "S14", "", body), "["+MarkTicket+"]")
	shows(t, "another ticket", ticketCall(t, server, "S14", "x", body), "["+MarkTicket+"]")
	url := server.URL + "/hisinterface/services/request"
	text, _ := soapCall(t, url, "request", "<head>"+fields("operCode", "S14", "rsa", md5sum(body+" "), "billCode", ticket)+"</head>", body)
	shows(t, "another digest", text, "[P402]")
	text, _ = soapCall(t, url, "request", "<head", body)
	shows(t, "half a head", text, "[P400]")
	if _, status := soapCall(t, url, "request", body); status != http.StatusInternalServerError {
		t.Errorf("one argument: status %d", status)
	}
	if _, status := soapCall(t, url, "dance", body, body); status != http.StatusInternalServerError {
		t.Errorf("another operation: status %d", status)
	}
	for _, login := range []string{fields("userName", "hospital", "password", md5sum("secret")), fields("userName", "other", "password", "x")} {
		shows(t, "log-in", ticketCall(t, server, "S02", "", "<body>"+login+"</body>"), "[P403]")
	}
	script := rural()
	script.Rules = []Rule{{Transaction: "S14", Fault: ExpiredTicket, First: 1}}
	if err := server.Play(script); err != nil {
		t.Fatal(err)
	}
	shows(t, "expired", ticketCall(t, server, "S14", ticket, body), "["+MarkTicket+"]")
	shows(t, "and void", ticketCall(t, server, "S14", ticket, body), "["+MarkTicket+"]")
	checkNet(t, server, "m1", 0)
}

// pipeCall sends a function over the pipe.
func pipeCall(t *testing.T, server *Server, password, function, body string) string {
	t.Helper()
	request := `<request xmlns="` + pipeSpace + `"><head>` + fields("version", "1.0", "functionNo", function, "targetOrg", "360827") +
		"<healthcareprovider>" + fields("identity", "hospital", "password", password) + "</healthcareprovider></head><body>" + body + "</body></request>"
	text, _ := soapCall(t, server.URL+"/nh/services/pipe", "nh_pipe", request)
	return text
}

// With 1,430.00 paid before and no ratio of its own, an insurer pays
// (2,600 - 1,430 - 500) x 0.6 = 402.00.
func TestPipe(t *testing.T) {
	script := rural()
	person := listed
	person.Ratio, person.Balance = "", ""
	script.People[numbered] = person
	server := startProtocol(t, NCMSPipe, script)
	call := func(function, body string) string { return pipeCall(t, server, "secret", function, body) }
	stay := fields("D504_01", "e1", "D504_02", numbered, "D506_52", "m1")
	shows(t, "C030002", call("C030002", fields("D504_05", listed.Certificate)), "<stateCode>0000000", "<D504_02>"+numbered)
	shows(t, "B020011", call("B020011", stay+fields("D506_24", "1430.00")), "<D506_24>1430.0000", "<D506_59>402.00", "<D506_01></D506_01>")
	shows(t, "B020012", call("B020012", stay+fields("D506_24", "1430.00")), "<D506_59>402.00", "<D506_01>S000000000001")
	checkNet(t, server, "m1", 1)
	shows(t, "C020007", call("C020007", stay), "<feeInfo>", "<returned>0", "<D506_52>m1")
	shows(t, "B020008", call("B020008", stay+fields("D506_01", "S000000000001")), "<D506_01>S000000000001")
	checkNet(t, server, "m1", 0)
	shows(t, "another person's stay", call("B020012", fields("D504_01", "e1", "D504_02", "x", "D506_52", "m2")), "<stateCode>P408")
	shows(t, "an amount that is none", call("B020012", stay+fields("D506_24", "x")), "<stateCode>P407")
	shows(t, "a wrong password", pipeCall(t, server, "guess", "B020012", stay), "<stateCode>P403")
	text, _ := soapCall(t, server.URL+"/nh/services/pipe", "nh_pipe", "<request/>")
	shows(t, "another namespace", text, "<stateCode>P400")
}

// Two rows are eligible wholly, one by 80 %, one not at all: 1,000.00 + 500.05
// + 0.8 x 100.00 = 1,580.05 of 1,900.05. A row that is known is not stored again.
func TestAdmissionAndCharges(t *testing.T) {
	script := rural()
	script.Items = map[string]string{"part": "0.8", "own": "0"}
	path := filepath.Join(t.TempDir(), "book")
	config := Config{Book: path, Script: script, Protocol: NCMS}
	server, err := Start(config, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ticket := loggedIn(t, server)
	call := func(code, body string) string { return ticketCall(t, server, code, ticket, "<body>"+body+"</body>") }
	row := func(code, item, total string) string {
		return "<detail>" + fields("hisDetailCode", code, "detailCode", item, "totalCost", total) + "</detail>"
	}
	shows(t, "nobody's admission", call("S04", fields("memberId", "x")), "<state>false", "[P404]")
	shows(t, "charges of no stay", call("S10", fields("inpId", "x")+row("r1", "", "1")), "<state>false", "[P408]")
	shows(t, "admission", call("S04", fields("memberId", numbered, "inpatientNo", "Z1")), "<inpId>I000000000001</inpId>")
	stay := fields("inpId", "I000000000001")
	shows(t, "charges", call("S10", stay+row("r1", "bed", "1000.0000")+row("r2", "drug", "500.05")+row("r3", "part", "100")+row("", "bed", "1")+row("r9", "bed", "1.2345")),
		"<enableMoney>1000.0000</enableMoney><success>1", "<enableMoney>80.0000</enableMoney><success>1", "<hisDetailCode>r9</hisDetailCode><enableMoney></enableMoney><success>0")
	shows(t, "once more, and another", call("S10", stay+row("r1", "bed", "7.00")+row("r4", "own", "300.00")), "<enableMoney>1000.0000", "<enableMoney>0.0000")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if server, err = Start(config, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	ticket = loggedIn(t, server)
	shows(t, "trial", call("S13", stay+fields("hisRedeemCode", "m1")), "<totalCost>1900.0500", "<enableMoney>1580.0500", "<memberNo>"+numbered)
	shows(t, "settlement", call("S14", stay+fields("hisRedeemCode", "m1")), "<totalCost>1900.0500")
	checkNet(t, server, "m1", 1)
}

func TestUnknownProtocol(t *testing.T) {
	if _, err := New(Config{Book: filepath.Join(t.TempDir(), "book"), Protocol: "smoke"}); err == nil {
		t.Error("plays a wire that nobody knows")
	}
}
