package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/onestop-gateway/onestop/api/ops"
)

// story is what the demonstration plays, scene by scene.
type story struct {
	Scenes []scene `yaml:"scenes"`
}

// scene is one call to the gateway and the answer worked by hand beforehand.
type scene struct {
	Title  struct{ En, Zh string } `yaml:"title"`
	Quote  map[string]any          `yaml:"quote"`  // body of a quote that holds
	Settle map[string]any          `yaml:"settle"` // body of a settlement
	By     string                  `yaml:"by"`     // request id of the quote it is settled by
	// Admission is the request id of the stay's registration, if it was registered.
	Admission string            `yaml:"admission"`
	Repeat    string            `yaml:"repeat"`  // request id of an earlier one, sent again as it was
	Reverse   *reverseScene     `yaml:"reverse"` // an earlier one undone
	Call      *callScene        `yaml:"call"`    // any other call
	Expect    map[string]string `yaml:"expect"`
}

// callScene is a call that prints no statement. Its expectations are fields of
// the answer by their path, as "funds.1.warning".
type callScene struct {
	Path   string         `yaml:"path"`
	Body   map[string]any `yaml:"body"`   // none: it is read
	Status int            `yaml:"status"` // of the answer; 200 if not said
	// Of is the request id of an earlier call whose id stands for {id} in Path;
	// Admission is as in a scene.
	Of        string `yaml:"of"`
	Admission string `yaml:"admission"`
}

type reverseScene struct {
	RequestID string `yaml:"request_id"`
	Of        string `yaml:"of"` // request id of the settlement
	Cause     string `yaml:"cause"`
}

// played is what was sent and answered under a request id.
type played struct {
	body   []byte // of the request
	answer []byte
	id     string
}

// player plays a story against a gateway over REST.
type player struct {
	out     io.Writer
	base    string
	earlier map[string]played
	wrong   int
}

// play tells the story. Any amount that differs from the answer worked by hand
// makes it fail, after everything was shown.
func (d *demo) play(ctx context.Context, base string) error {
	var told story
	decoder := yaml.NewDecoder(bytes.NewReader(mustDemoFile("story.yaml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&told); err != nil {
		return fmt.Errorf("story of the demonstration: %w", err)
	}
	p := &player{out: d.out, base: base, earlier: map[string]played{}}
	for i, scene := range told.Scenes {
		fmt.Fprintf(p.out, "\n━━━ %d. %s\n    %s\n", i+1, scene.Title.Zh, scene.Title.En)
		if err := p.play(ctx, &scene); err != nil {
			return fmt.Errorf("scene %d: %w", i+1, err)
		}
	}
	fmt.Fprintf(p.out, "\n%d scenes played, %d amounts differ from the answers worked by hand\n", len(told.Scenes), p.wrong)
	if p.wrong > 0 {
		return exitError{code: exitFailed}
	}
	return nil
}

// play plays one scene: the call, the statement, the comparison.
func (p *player) play(ctx context.Context, s *scene) error {
	if s.Call != nil {
		return p.other(ctx, s)
	}
	request, path, body, err := p.request(s)
	if err != nil {
		return err
	}
	start := time.Now()
	answer, status, err := p.call(ctx, http.MethodPost, path, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s answered %d: %s", path, status, answer)
	}
	fmt.Fprintf(p.out, "    POST %s → %d, %s\n", path, status, time.Since(start).Round(time.Millisecond))
	var got map[string]any
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	if first, again := p.earlier[request]; again && !bytes.Equal(first.answer, answer) {
		p.wrong++
		fmt.Fprintf(p.out, "    DIFFERS: the repeat was answered with other bytes\n")
	}
	id, _ := got["id"].(string)
	if s.Quote != nil {
		id = at("held", "id")(got)
	}
	p.earlier[request] = played{body, answer, id}
	if s.Quote != nil {
		p.compare(s.Expect, got)
		return nil
	}
	for _, language := range []string{"zh-CN", "en"} {
		if err := p.statement(ctx, id, language); err != nil {
			return err
		}
	}
	p.compare(s.Expect, got)
	return nil
}

// other plays a call that is no settlement's.
func (p *player) other(ctx context.Context, s *scene) error {
	method, body := http.MethodGet, []byte(nil)
	path := strings.Replace(s.Call.Path, "{id}", p.earlier[s.Call.Of].id, 1)
	if s.Call.Body != nil {
		p.admits(s.Call.Body, s.Call.Admission)
		var err error
		if body, err = json.Marshal(s.Call.Body); err != nil {
			return err
		}
		method = http.MethodPost
	}
	answer, status, err := p.call(ctx, method, path, body)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "    %s %s → %d\n", method, path, status)
	if status != cmp.Or(s.Call.Status, http.StatusOK) {
		return fmt.Errorf("%s answered %d: %s", path, status, answer)
	}
	var got map[string]any
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	if request, named := s.Call.Body["request_id"].(string); named {
		p.earlier[request] = played{body, answer, at("id")(got)}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Expect)) {
		p.figure(key, s.Expect[key], at(strings.Split(key, ".")...)(got))
	}
	return nil
}

// request is what a scene sends.
func (p *player) request(s *scene) (request, path string, body []byte, err error) {
	switch {
	case s.Repeat != "":
		return s.Repeat, "/v1/settlements", p.earlier[s.Repeat].body, nil
	case s.Reverse != nil:
		body, err = json.Marshal(map[string]string{"request_id": s.Reverse.RequestID, "cause": s.Reverse.Cause})
		return s.Reverse.RequestID, "/v1/settlements/" + p.earlier[s.Reverse.Of].id + ":reverse", body, err
	}
	if hold, held := s.Quote["hold"].(map[string]any); held {
		request, _ = hold["request_id"].(string)
		body, err = json.Marshal(s.Quote)
		return request, "/v1/settlements:quote", body, err
	}
	if s.By != "" {
		s.Settle["quote_id"] = p.earlier[s.By].id
	}
	p.admits(s.Settle, s.Admission)
	request, _ = s.Settle["request_id"].(string)
	body, err = json.Marshal(s.Settle)
	return request, "/v1/settlements", body, err
}

// admits names, in a request, the stay that was registered before.
func (p *player) admits(body map[string]any, registration string) {
	if registration != "" {
		body["admission_id"] = p.earlier[registration].id
	}
}

// statement prints the patient's sheet in a language.
func (p *player) statement(ctx context.Context, id, language string) error {
	text, status, err := p.call(ctx, http.MethodGet, "/v1/settlements/"+id+"/statement?format=TEXT&language="+language, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("the statement answered %d: %s", status, text)
	}
	fmt.Fprintf(p.out, "\n%s\n", indent(string(text)))
	return nil
}

func (p *player) call(ctx context.Context, method, path string, body []byte) ([]byte, int, error) {
	request, err := http.NewRequestWithContext(ctx, method, p.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return answer, response.StatusCode, err
}

// compare shows each figure worked by hand beside the gateway's.
func (p *player) compare(expect map[string]string, got map[string]any) {
	for _, figure := range figures {
		want, given := expect[figure.key]
		if !given {
			continue
		}
		p.figure(figure.key, want, figure.of(got))
	}
}

// figure shows one figure beside the one worked by hand.
func (p *player) figure(key, want, computed string) {
	if computed == want {
		fmt.Fprintf(p.out, "    ✓ %-16s %s\n", key, computed)
		return
	}
	p.wrong++
	fmt.Fprintf(p.out, "    DIFFERS: %s is %s, worked by hand %s\n", key, computed, want)
}

// figures are what a story can expect of an answer.
var figures = []struct {
	key string
	of  func(map[string]any) string
}{
	{"state", at("state")},
	{"reason", at("reason")},
	{"held", at("held", "state")},
	{"held_by_others", at("held_by_others", "0", "amount")},
	{"category", at("adjudication", "category")},
	{"basic", at("payer_shares", "0", "basic")},
	{"critical_illness", at("adjudication", "critical_illness")},
	{"base", at("adjudication", "base")},
	{"deductible", at("adjudication", "deductible")},
	{"benefit", at("adjudication", "benefit")},
	{"patient_pays", at("adjudication", "patient_pays")},
}

// at reads a field of a JSON answer; a number is a place in a list.
func at(path ...string) func(map[string]any) string {
	return func(answer map[string]any) string {
		var value any = answer
		for _, key := range path {
			switch inner := value.(type) {
			case map[string]any:
				value = inner[key]
			case []any:
				i, err := strconv.Atoi(key)
				if err != nil || i >= len(inner) {
					return "nothing"
				}
				value = inner[i]
			}
		}
		return fmt.Sprint(value)
	}
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}

// invite says how to go on by hand.
func (d *demo) invite(base string, g *gateway) {
	fmt.Fprintf(d.out, `
The gateway keeps serving; stop it with Ctrl-C.

  REST     %s        gRPC  %s
  contract %s/openapi.json
  metrics  %s/metrics

Settle a bill yourself (again and again: the answer stays the same):

  curl -s -X POST %s/v1/settlements -H 'Content-Type: application/json' \
    -H 'Idempotency-Key: my-first-discharge-1' -d '{
      "facility_id": "H36082700001", "discharge_id": "D9001", "encounter_id": "E-D9001",
      "beneficiary": {"id_number": "360827196207050041"}, "mode": "MODE_INPATIENT",
      "admission_date": "2026-05-02", "discharge_date": "2026-05-09",
      "bill": {"submitted": "5600.00", "self_funded": "300.00", "first_self_pay": "200.00",
               "over_limit": "100.00", "eligible": "5000.00"}}'

See what it did just now and does next, live, on a phone too 运行状况（中英文）:

  %s%s
`, base, g.grpcListener.Addr(), base, base, base, base, ops.Path)
}
