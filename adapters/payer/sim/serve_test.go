package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAddresses(t *testing.T) {
	server := startNew(t, listing())
	for path, number := range map[string]string{
		"/mbs/fmi/fsi/api/callFsiService/callService":      "2303",
		"/mss/web/api/fsi/callService":                     "2303",
		"/fsi/api/hospSettService/preSett":                 "2303",
		"/fsi/api/hospSettService/settV2":                  "2304",
		"/fsi/api/fsiIntegratedQueryService/querySetlInfo": "5203",
	} {
		if r, err := post(t, server.URL+path, request(number, "m"+path[:8], bill("e1"))); err != nil || fmt.Sprint(r.Code) != "0" {
			t.Errorf("%s: %v %s, %v", path, r.Code, r.Words, err)
		}
	}
	if r, err := post(t, server.URL+"/fsi/api/hospSettService/settV2", request("2303", "m", bill("e1"))); err != nil || fmt.Sprint(r.Code) != "-2" {
		t.Errorf("a transaction at another's address: %v, %v", r.Code, err)
	}
	for _, text := range []string{``, `{`, `{}`, `[]`, strings.Replace(request("2303", "m", bill("e1")), `"opter":"o"`, `"opter":""`, 1),
		request("2303", strings.Repeat("m", 31), bill("e1"))} {
		if r, err := post(t, server.URL+"/mss/web/api/fsi/callService", text); err != nil || fmt.Sprint(r.Code) != "-2" {
			t.Errorf("%.40s: %v, %v", text, r.Code, err)
		}
	}
	response, err := http.Get(server.URL + "/mss/web/api/fsi/callService")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %s", response.Status)
	}
}

func TestSignatures(t *testing.T) {
	script := listing()
	script.Credentials = map[string]string{"onestop": "secret"}
	server := startNew(t, script)
	now := fmt.Sprint(time.Now().Unix())
	old := fmt.Sprint(time.Now().Add(-10 * time.Minute).Unix())
	signed := func(timestamp, token, nonce string) string {
		sum := sha256.Sum256([]byte(timestamp + token + nonce + timestamp))
		return hex.EncodeToString(sum[:])
	}
	for _, test := range []struct {
		name, id, timestamp, nonce, signature string
		want                                  int
	}{
		{"as agreed", "onestop", now, "n", signed(now, "secret", "n"), http.StatusOK},
		{"unsigned", "", "", "", "", http.StatusUnauthorized},
		{"another token", "onestop", now, "n", signed(now, "guess", "n"), http.StatusUnauthorized},
		{"another nonce", "onestop", now, "m", signed(now, "secret", "n"), http.StatusUnauthorized},
		{"no nonce", "onestop", now, "", signed(now, "secret", ""), http.StatusUnauthorized},
		{"nobody known", "other", now, "n", signed(now, "secret", "n"), http.StatusUnauthorized},
		{"capital letters", "onestop", now, "n", strings.ToUpper(signed(now, "secret", "n")), http.StatusUnauthorized},
		{"too old", "onestop", old, "n", signed(old, "secret", "n"), http.StatusUnauthorized},
	} {
		message := "m" + test.name
		call, err := http.NewRequest(http.MethodPost, server.URL+"/mss/web/api/fsi/callService", strings.NewReader(request("2304", message, bill("e1"))))
		if err != nil {
			t.Fatal(err)
		}
		for header, value := range map[string]string{"x-tif-paasid": test.id, "x-tif-timestamp": test.timestamp, "x-tif-nonce": test.nonce, "x-tif-signature": test.signature} {
			call.Header.Set(header, value)
		}
		response, err := http.DefaultClient.Do(call)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != test.want {
			t.Errorf("%s: %s, want %d", test.name, response.Status, test.want)
		}
		booked := 0
		if test.want == http.StatusOK {
			booked = 1
		}
		checkNet(t, server, message, booked)
	}
}

// Each fault as its comment has it: what comes back, and what is in the book.
func TestFaults(t *testing.T) {
	for fault, want := range map[Fault]struct {
		answer string // infcode, or what else comes
		net    int
	}{
		OK: {"0", 1}, Refuse: {"-2", 0}, SystemError: {"-1", 0}, HTTPError: {"status 500", 0},
		LostBefore: {"EOF", 0}, LostAfter: {"EOF", 1}, Slow: {"0", 1}, Duplicate: {"0", 1},
		Malformed: {"unexpected end of JSON input", 1}, Oversized: {"0", 1}, WrongSums: {"0", 1}, OtherPerson: {"0", 1},
		OtherMessage: {"0", 1}, OtherTotal: {"0", 1}, OtherParts: {"0", 1}, Assists: {"0", 1}, Reset: {"lost", 1},
	} {
		script := listing()
		script.Rules = []Rule{{Fault: fault, DelayMillis: 20}}
		server := startNew(t, script)
		r, err := post(t, server.URL+"/mss/web/api/fsi/callService", request("2304", "m1", bill("e1")))
		got := fmt.Sprint(r.Code)
		if err != nil {
			got = err.Error()
		}
		if fault == Reset && err != nil {
			got = "lost"
		}
		if !strings.HasSuffix(got, want.answer) {
			t.Errorf("%s: %q, want %q", fault, got, want.answer)
		}
		checkNet(t, server, "m1", want.net)
		if fault == WrongSums || fault == OtherPerson || fault == OtherMessage {
			checkSpoilt(t, r.info(t), fault)
		}
	}
}

func checkSpoilt(t *testing.T, info map[string]any, fault Fault) {
	t.Helper()
	sound := map[string]string{"hifp_pay": "1534", "psn_no": numbered, "medins_setl_id": "m1"}
	spoilt := map[Fault]string{WrongSums: "hifp_pay", OtherPerson: "psn_no", OtherMessage: "medins_setl_id"}[fault]
	for key, value := range sound {
		if (fmt.Sprint(info[key]) != value) != (key == spoilt) {
			t.Errorf("%s: %s is %v", fault, key, info[key])
		}
	}
}

// Late is late: the caller is gone, and the settlement is booked all the same.
func TestSlowCallsGoOn(t *testing.T) {
	script := listing()
	script.Rules = []Rule{{Fault: Slow, DelayMillis: 1000}}
	server := startNew(t, script)
	impatient := http.Client{Timeout: 500 * time.Millisecond}
	if _, err := impatient.Post(server.URL+"/mss/web/api/fsi/callService", "", strings.NewReader(request("2304", "m1", bill("e1")))); err == nil {
		t.Fatal("answered in time")
	}
	checkNet(t, server, "m1", 0)
	if server.UnderWay() != 1 {
		t.Errorf("%d calls under way", server.UnderWay())
	}
	for server.UnderWay() > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	checkNet(t, server, "m1", 1)
}

func TestAdministration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book")
	server := startAt(t, path, Script{})
	from(t, server).call("2304", "m1", bill("e1"), "-2") // nobody is insured yet
	text, err := json.Marshal(listing())
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]int{string(text): http.StatusNoContent, `{"x":1}`: http.StatusBadRequest, ``: http.StatusBadRequest} {
		response, err := http.Post(server.URL+"/script", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("script %.20s: %s, want %d", body, response.Status, want)
		}
	}
	from(t, server).call("2304", "m1", bill("e1"), "0")
	from(t, server).call("2304", "m2", bill("e2"), "0")
	from(t, server).call("2304", "m1", bill("e1"), "0")
	from(t, server).call("2305", "m3", `{"psn_no":"`+numbered+`","setl_id":"S000000000002","mdtrt_id":"e2"}`, "0")
	const want = `{"message":"m2","person":"36082700000000000000000001","encounter":"e2","reference":"S000000000002","net":0,"total_fen":300000,"fund_fen":199961}
{"message":"m1","person":"36082700000000000000000001","encounter":"e1","reference":"S000000000003","net":2,"total_fen":300000,"fund_fen":199961}
`
	if got := get(t, server.URL+"/book", http.StatusOK); got != want {
		t.Errorf("book:\n%s\nwant:\n%s", got, want)
	}
	get(t, server.URL+"/healthz", http.StatusNoContent)
	server.Close()
	if got := get(t, startAt(t, path, listing()).URL+"/book", http.StatusOK); got != want {
		t.Errorf("book after a restart:\n%s\nwant:\n%s", got, want)
	}
}

func get(t *testing.T, url string, status int) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		t.Fatalf("%s: %s, %v", url, response.Status, err)
	}
	return string(body)
}

// Amounts, status and output as text say the same.
func TestAsText(t *testing.T) {
	script := listing()
	script.AsText = true
	server := startNew(t, script)
	r := from(t, server).call("2304", "m1", bill("e1"), "0")
	var inner string
	if _, text := r.Code.(string); !text || json.Unmarshal(r.Output, &inner) != nil {
		t.Fatalf("infcode %#v, output %s", r.Code, r.Output)
	}
	r.Output = json.RawMessage(inner)
	if info := r.info(t); info["medfee_sumamt"] != "3000.00" || info["psn_cash_pay"] != "920.39" {
		t.Errorf("info %v", info)
	}
}

func TestStartRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book")
	if _, err := Start(Config{Book: path, Script: Script{Rules: []Rule{{}}}}, "127.0.0.1:0"); err == nil {
		t.Error("a bad script is played")
	}
	if _, err := Start(Config{Book: filepath.Join(path, "none", "book")}, "127.0.0.1:0"); err == nil {
		t.Error("a book in no folder is opened")
	}
	if _, err := Start(Config{Book: path}, "256.0.0.1:0"); err == nil {
		t.Error("an impossible address is listened on")
	}
	taken := startNew(t, Script{})
	if _, err := Start(Config{Book: path}, strings.TrimPrefix(taken.URL, "http://")); err == nil {
		t.Error("a taken address is listened on")
	}
}
