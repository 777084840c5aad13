package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// numbered is the payer's number of the one listed person of these tests.
const numbered = "36082700000000000000000001"

// listed is that person; the figures are the ones split_test.go works out.
var listed = Person{
	Name: "张测试", Certificate: "36082719900101003X", Scheme: "390", Area: "360827", Ratio: "0.65", Deductible: "400",
	SelfFundedRatio: "0.05", FirstPayRatio: "0.03", CriticalAbove: "500", CriticalRatio: "0.6",
	SpecialCare: "20.00", Commercial: "10.01", HospitalDerate: "50", Balance: "30",
}

func listing() Script { return Script{People: map[string]Person{numbered: listed}} }

// startAt serves a script from the book at path, until the test ends.
func startAt(t *testing.T, path string, script Script) *Server {
	t.Helper()
	server, err := Start(Config{Book: path, Script: script, Seed: 1}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

func startNew(t *testing.T, script Script) *Server {
	t.Helper()
	return startAt(t, filepath.Join(t.TempDir(), "book"), script)
}

// request is the text of a call.
func request(number, message, data string) string {
	return `{"infno":"` + number + `","msgid":"` + message + `","mdtrtarea_admvs":"360827","insuplc_admdvs":"360827",` +
		`"recer_sys_code":"YBXT","infver":"V1.0","opter":"o","fixmedins_code":"H36082700001","inf_time":"2012-07-01 15:04:05",` +
		`"input":{"data":` + data + `}}`
}

// bill is the input of a settlement of 3,000.00.
func bill(encounter string) string {
	return `{"psn_no":"` + numbered + `","mdtrt_cert_type":"02","medfee_sumamt":3000.00,"mdtrt_id":"` + encounter +
		`","acct_used_flag":"1","insutype":"390"}`
}

// reply is an answer as this test reads it: plainly.
type reply struct {
	Code   any             `json:"infcode"`
	Words  string          `json:"err_msg"`
	Output json.RawMessage `json:"output"`
}

// info is the output's one setlinfo.
func (r reply) info(t *testing.T) map[string]any {
	t.Helper()
	var output struct {
		Info map[string]any `json:"setlinfo"`
	}
	if err := json.Unmarshal(r.Output, &output); err != nil {
		t.Fatalf("%s: %v", r.Output, err)
	}
	return output.Info
}

// post sends text and reads the answer; lost is a connection without one.
func post(t *testing.T, url, text string) (r reply, lost error) {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(text))
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, err
	}
	if response.StatusCode != http.StatusOK {
		return reply{}, fmt.Errorf("status %d", response.StatusCode)
	}
	return r, json.Unmarshal(body, &r)
}

// desk is where a test calls a server from.
type desk struct {
	t      *testing.T
	server *Server
}

func from(t *testing.T, server *Server) desk { return desk{t, server} }

// call posts to layout A and expects an answer with a status.
func (d desk) call(number, message, data, want string) reply {
	d.t.Helper()
	r, err := post(d.t, d.server.URL+"/mbs/fmi/fsi/api/callFsiService/callService", request(number, message, data))
	if err != nil {
		d.t.Fatalf("%s: %v", number, err)
	}
	if fmt.Sprint(r.Code) != want {
		d.t.Fatalf("%s: infcode %v (%s), want %s", number, r.Code, r.Words, want)
	}
	return r
}

func checkNet(t *testing.T, server *Server, message string, want int) {
	t.Helper()
	if net, err := server.Net(message); err != nil || net != want {
		t.Errorf("net of %s is %d (%v), want %d", message, net, err, want)
	}
}
