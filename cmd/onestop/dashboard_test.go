package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// elsewhere are the panels that are empty on the embedded store, and why.
var elsewhere = map[string]string{
	"Are the connections to the database in use?": "there are none to a server",
	"Is a connection to the database waited for?": "there are none to a server",
	"When does the money end?":                    "what is raised here lasts for years",
	"Which days were not compared?":               "there is no calendar",
	"How long does a difference last?":            "none is put right here",
	"How long until hospitals have their money?":  "nothing is paid here",
	"How old is its last signed head?":            "there is no key",
}

// panel is one panel of a dashboard.
type panel struct {
	Title       string
	FieldConfig struct{ Defaults struct{ Unit string } }
	Targets     []struct{ Expr string }
}

// panels are those of all dashboards.
func panels(t *testing.T) (all []panel) {
	t.Helper()
	for _, file := range matching(t, "../grafana/dashboards/*.json") {
		var board struct{ Panels []panel }
		if err := json.Unmarshal(readFile(t, file), &board); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, board.Panels...)
	}
	return all
}

// TestEveryPanelAnswers lets a real Prometheus with our rules watch a gateway
// under load, with all that can become of a settlement, and asks it what every
// panel and every rule asks, until it has answered all of them.
func TestEveryPanelAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Prometheus and loads a gateway until all is answered")
	}
	s := staged(t)
	prom := watch(t, strings.TrimPrefix(s.base, "http://"))
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	s.differs(t)
	s.scripted(t, unruly)
	s.raise(t)
	asked := questions(t)
	for end := time.Now().Add(150 * time.Second); len(asked) > 0 && time.Now().Before(end); {
		s.load(t, 2*time.Second)
		for expr, who := range asked {
			n, err := prom.ask(expr)
			if err != nil {
				t.Fatalf("%s: %v\n%s", who, err, expr)
			}
			if n > 0 {
				delete(asked, expr)
			}
		}
	}
	for expr, who := range asked {
		t.Errorf("%s has no answer\n%s", who, expr)
	}
	for _, p := range panels(t) {
		for _, target := range p.Targets {
			if n, err := prom.ask(chosen(target.Expr)); elsewhere[p.Title] != "" && (n > 0 || err != nil) {
				t.Errorf("panel %q is to be empty here: %d answers, %v", p.Title, n, err)
			}
		}
	}
	for _, r := range rules(t) {
		if _, err := prom.ask(r.Expr); err != nil {
			t.Errorf("rule %s%s: %v", r.Record, r.Alert, err)
		}
	}
	if n, err := prom.ask(`count(ALERTS{alertstate="firing", alertname=~"OnestopInstanceDown|OnestopNothingScraped|OnestopStoreFailing"})`); n != 0 || err != nil {
		t.Errorf("a healthy gateway is told of as down: %v", err)
	}
	prom.hasExemplars(t)
}

// raise posts more for the fund of the year than it can pay, and has it summed.
func (s *stage) raise(t *testing.T) {
	t.Helper()
	year := strconv.Itoa(time.Now().Year())
	_, err := s.told(fundCommand(), "post", "360827", "rural", year, "--level", "county", "--amount", "9000000000.00",
		"--document", "县财社3号", "--day", year+"-01-15", "--operator", "li")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.funds.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// questions are the expressions that must have an answer, with who asks them:
// panels, recording rules, and what these recorded.
func questions(t *testing.T) map[string]string {
	t.Helper()
	asked := map[string]string{}
	for _, p := range panels(t) {
		if !strings.HasSuffix(p.Title, "?") || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0 {
			t.Errorf("panel %q: no question, no unit or nothing asked", p.Title)
		}
		for _, target := range p.Targets {
			if elsewhere[p.Title] == "" {
				asked[chosen(target.Expr)] = "panel " + p.Title
			}
		}
	}
	for _, r := range rules(t) {
		if r.Record != "" {
			asked[r.Expr], asked[r.Record] = "rule "+r.Record, "record "+r.Record
		}
	}
	return asked
}

// chosen is an expression with the variables of a dashboard chosen.
func chosen(expr string) string {
	return strings.NewReplacer("$instance", ".*", "$region", ".*", "$payer", ".*", "$__rate_interval", "20s").Replace(expr)
}

// unruly is a payer that refuses, loses answers and is busy now and then, and
// heals when asked again.
const unruly = `{"credentials": {"demo": "demo-token"}, "draws_max": 1, "delay_ms": 20,
	"anyone": {"scheme": "380", "area": "360827", "ratio": "0.65", "deductible": "400.00"},
	"weights": {"ok": 60, "refuse": 10, "lost_after": 12, "lost_before": 6, "slow": 12}}`

// load settles bills for so long, several at once, reverses some, repeats some
// and sends some that are wrong; each belongs to a trace.
func (s *stage) load(t *testing.T, lasting time.Duration) {
	t.Helper()
	end := time.Now().Add(lasting)
	var group sync.WaitGroup
	var failures sync.Map
	for caller := range 4 {
		group.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				if err := s.bill(caller, n); err != nil {
					failures.Store(err.Error(), true)
				}
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	group.Wait()
	failures.Range(func(text, _ any) bool { t.Error(text); return true })
	time.Sleep(1500 * time.Millisecond) // a scrape and an evaluation more
}

// bill settles one discharge: every other of ten times the amount, so that the
// year's cap is soon reached, some wrong, and every third is then reversed.
func (s *stage) bill(caller, n int) error {
	name := fmt.Sprintf("load-of-the-tests-%d-%d", caller, n)
	body := strings.NewReplacer("a-discharge-of-the-tests", name, `"T1"`, `"`+name+`"`, "E-T1", "E-"+name).Replace(aDischarge)
	switch {
	case n%6 == 4:
		body = strings.Replace(body, `"5000.00"`, `"5000.01"`, 1)
	case n%2 == 1:
		body = strings.ReplaceAll(body, `00.00"`, `000.00"`)
	}
	var settled struct{ ID, State string }
	if err := s.send("/v1/settlements", body, &settled); err != nil || settled.State != "STATE_SETTLED" || n%3 != 0 {
		return err
	}
	return s.send("/v1/settlements/"+settled.ID+":reverse", `{"request_id": "reverse-`+name+`", "cause": "录入有误"}`, &settled)
}

// send posts within a trace that is kept.
func (s *stage) send(path, body string, into any) error {
	request, err := http.NewRequest(http.MethodPost, s.base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(into)
}

// prometheus is a server of our own.
type prometheusServer struct{ base string }

// watch starts a Prometheus on a port of its own, with our configuration made
// quick, and ends it with the test.
func watch(t *testing.T, target string) *prometheusServer {
	t.Helper()
	here, err := filepath.Abs(promDir)
	if err != nil {
		t.Fatal(err)
	}
	shipped := string(readFile(t, filepath.Join(promDir, "prometheus.yml")))
	p := &prometheusServer{}
	server := serving(t, func() (*exec.Cmd, func() bool) {
		folder, address := t.TempDir(), anAddress(t)
		p.base = "http://" + address
		config := strings.NewReplacer("10s", "1s", "rules/*.yml", here+"/rules/*.yml", "127.0.0.1:8080", target, "127.0.0.1:9190", address).Replace(shipped)
		writeFile(t, filepath.Join(folder, "prometheus.yml"), config, 0o600)
		return exec.Command("prometheus", "--config.file="+filepath.Join(folder, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(folder, "data"),
				"--web.listen-address="+address, "--log.level=error", "--enable-feature=exemplar-storage"),
			func() bool { n, err := p.ask(`up{job="onestop"} == 1`); return err == nil && n == 1 }
	})
	t.Cleanup(func() {
		if err := server.end(syscall.SIGINT); err != nil || t.Failed() {
			t.Logf("prometheus ended with %v and said:\n%s", err, server.said.String())
		}
	})
	return p
}

// get asks the HTTP interface.
func (p *prometheusServer) get(path string, query url.Values, into any) error {
	answer, err := http.Get(p.base + path + "?" + query.Encode())
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	held := struct {
		Status, Error string
		Data          any
	}{Data: into}
	if err := json.NewDecoder(answer.Body).Decode(&held); err != nil {
		return err
	}
	if held.Status != "success" {
		return fmt.Errorf("%s", held.Error)
	}
	return nil
}

// ask evaluates an expression now and gives how many numbers it answers; NaN
// says nothing.
func (p *prometheusServer) ask(expr string) (numbers int, err error) {
	var answer struct {
		Result []struct{ Value [2]any }
	}
	if err := p.get("/api/v1/query", url.Values{"query": {expr}}, &answer); err != nil {
		return 0, err
	}
	for _, one := range answer.Result {
		text, _ := one.Value[1].(string)
		if value, err := strconv.ParseFloat(text, 64); err == nil && value == value {
			numbers++
		}
	}
	return numbers, nil
}

// hasExemplars: the buckets of the latency histograms name traces.
func (p *prometheusServer) hasExemplars(t *testing.T) {
	t.Helper()
	for _, metric := range []string{"onestop_request_duration_seconds_bucket", "onestop_request_share_seconds_bucket"} {
		var found []struct {
			Exemplars []struct{ Labels map[string]string }
		}
		now := time.Now()
		err := p.get("/api/v1/query_exemplars", url.Values{
			"query": {metric}, "start": {strconv.FormatInt(now.Add(-time.Minute).Unix(), 10)}, "end": {strconv.FormatInt(now.Unix()+1, 10)},
		}, &found)
		if err != nil || len(found) == 0 || found[0].Exemplars[0].Labels["trace_id"] != "4bf92f3577b34da6a3ce929d0e0e4736" {
			t.Errorf("%s has the exemplars %v, %v", metric, found, err)
		}
	}
}
