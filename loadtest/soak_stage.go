package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"text/template"
	"time"
)

// stage is everything a soak runs on: the programs, their configuration and
// their processes.
type stage struct {
	folder   string
	policies string // folder of the shipped policies
	town     *town
	cluster  *cluster // nil with the embedded store
	standby  *cluster // nil without one
	gateways []*gateway
	payers   []*payer
	keys     *keysOf // nil: what is kept of persons is not encrypted
}

// gateway is one gateway of the soak.
type gateway struct {
	*process
	config  string
	address string // of gRPC
	door    *door
}

// payer is one payer simulator of the soak, with a durable book of its own.
type payer struct {
	*process
	Code, Address string
	Confirms      bool // a reversal it accepts is carried out for certain
}

// The kinds of store a soak runs on.
const (
	storeSQLite   = "sqlite"
	storePostgres = "postgres"
)

// gatewaysOf is how many gateways of a soak share a store.
var gatewaysOf = map[string]int{storeSQLite: 1, storePostgres: 3}

// cast says who plays on a stage.
type cast struct {
	store    string
	gateways int // that share it; 0: as many as a soak has
	seed     uint64
	lie      bool          // a payer lies about its reversals
	standby  bool          // of PostgreSQL
	keys     bool          // encrypt what is kept of persons
	sealing  time.Duration // how often the audit chain is sealed and its head signed; 0: as the product comes
}

// newStage builds the programs and writes the configuration; nothing runs yet.
func newStage(ctx context.Context, folder string, plays cast) (*stage, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	s := &stage{folder: folder, policies: filepath.Join(root, "deploy", "policies")}
	if err := build(ctx, folder, "onestop", "payersim"); err != nil {
		return nil, err
	}
	if s.town, err = newTown(plays.seed); err != nil {
		return nil, err
	}
	if err := os.WriteFile(s.path("payer.token"), []byte("soak-token\n"), 0o600); err != nil {
		return nil, err
	}
	if plays.keys {
		if err := s.newKeys(ctx); err != nil {
			return nil, err
		}
	}
	if plays.store == storePostgres {
		if s.cluster, err = newCluster(ctx, folder); err != nil {
			return nil, err
		}
	}
	if plays.standby {
		if s.standby, err = newStandby(ctx, folder, s.cluster); err != nil {
			return nil, err
		}
	}
	for _, p := range []*payer{{Code: "nhsa-one", Confirms: true}, {Code: "nhsa-two"}} {
		if err := s.addPayer(p, plays); err != nil {
			return nil, err
		}
	}
	for i := range cmp.Or(plays.gateways, gatewaysOf[plays.store]) {
		if err := s.addGateway(i, plays); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// database is the connection string of the store on PostgreSQL.
func (s *stage) database() string {
	if s.standby != nil {
		return either(s.cluster, s.standby)
	}
	return s.cluster.dsn
}

// path is the place of a file of this soak.
func (s *stage) path(name string) string { return filepath.Join(s.folder, name) }

// addPayer gives a payer its script and its process.
func (s *stage) addPayer(p *payer, plays cast) (err error) {
	if p.Address, err = freeAddress(); err != nil {
		return err
	}
	faults := troubled(plays.seed, p.Confirms)
	if plays.lie && p.Confirms {
		faults["rules"] = []any{map[string]any{"transaction": "2305", "fault": "idle"}, map[string]any{"transaction": "2601", "fault": "idle"}}
	}
	script, err := json.Marshal(s.script(p, faults))
	if err != nil {
		return err
	}
	p.process = &process{
		name: p.Code, log: s.path(p.Code + ".log"), ready: answering("http://" + p.Address + "/healthz"),
		argv: []string{
			s.path("payersim"), "serve", "--listen", p.Address, "--book", s.path(p.Code + ".book"),
			"--script", s.path(p.Code + ".script"), "--seed", strconv.FormatUint(plays.seed, 10),
		},
	}
	s.payers = append(s.payers, p)
	return os.WriteFile(s.path(p.Code+".script"), script, 0o600)
}

// addGateway writes a gateway's configuration and makes its process.
func (s *stage) addGateway(instance int, plays cast) error {
	rest, err := freeAddress()
	if err != nil {
		return err
	}
	grpc, err := freeAddress()
	if err != nil {
		return err
	}
	text, err := template.ParseFS(soakFiles, "soak/gateway.yaml")
	if err != nil {
		return err
	}
	store := fmt.Sprintf("{sqlite: %q}", s.path("onestop.db"))
	if s.cluster != nil {
		store = fmt.Sprintf("{postgres: %q}", s.database())
	}
	var config bytes.Buffer
	err = text.Execute(&config, map[string]any{
		"REST": rest, "GRPC": grpc, "Instance": instance, "Store": store, "Policies": s.policies,
		"TokenFile": s.path("payer.token"), "Payers": s.payers, "Keys": s.keys, "Sealing": plays.sealing,
	})
	if err != nil {
		return err
	}
	name := "gateway-" + strconv.Itoa(instance)
	g := &gateway{config: s.path(name + ".yaml"), address: grpc, process: &process{
		name: name, log: s.path(name + ".log"), ready: answering("http://" + rest + "/readyz"),
		argv: []string{s.path("onestop"), "serve", "--config", s.path(name + ".yaml")},
	}}
	s.gateways = append(s.gateways, g)
	if g.door, err = openDoor(rest, grpc); err != nil {
		return err
	}
	return os.WriteFile(g.config, config.Bytes(), 0o600)
}

// script is what a payer plays: whom it insures, and its faults. The two write
// their answers in the two ways there are.
func (s *stage) script(of *payer, faults map[string]any) map[string]any {
	people := map[string]any{}
	for _, p := range s.town.people {
		scheme := map[string]string{"ncms": "380", "resident_bmi": "390"}[p.Scheme]
		ratio := "0.55"
		if len(p.Payers) > 1 { // two of them share one bill
			ratio = "0.30"
		}
		people[p.Insured] = map[string]any{
			"name": p.Name, "certificate": p.IDNumber, "scheme": scheme, "area": p.Region, "ratio": ratio, "deductible": "300.00",
		}
	}
	script := map[string]any{"credentials": map[string]string{"soak": "soak-token"}, "people": people, "as_text": !of.Confirms}
	for key, value := range faults {
		script[key] = value
	}
	return script
}

// troubled are the faults of a seed. A payer whose yes to a reversal proves it
// may find nothing when it is asked about a settlement, which proves nothing
// before the quiet period; the other may say yes to a 2601 and do nothing,
// since it is asked afterwards, and then tells the truth. No payer lies about
// a reversal twice: against that nothing but reconciliation helps.
func troubled(seed uint64, confirms bool) map[string]any {
	chance := rand.New(rand.NewPCG(seed, 1))
	weights := map[string]int{"ok": 300 + chance.IntN(200)}
	common := []string{"refuse", "lost_before", "lost_after", "malformed", "reset", "http_error", "system_error", "slow"}
	rare := []string{"duplicate", "oversized", "wrong_sums", "other_person", "other_total", "other_parts", "assists"}
	rule := map[string]any{"transaction": "2601", "fault": "idle", "first": 3}
	if confirms {
		rare = append(rare, "other_message")
		rule = map[string]any{"transaction": "5203", "fault": "not_found", "first": 8}
	}
	for _, fault := range common {
		weights[fault] = 1 + chance.IntN(6)
	}
	for _, fault := range rare {
		weights[fault] = chance.IntN(3)
	}
	return map[string]any{"weights": weights, "draws_max": 2 + chance.IntN(2), "delay_ms": 1200, "rules": []any{rule}}
}

// heal ends a payer's faults.
func (s *stage) heal(ctx context.Context, p *payer) error { return s.direct(ctx, p, nil) }

// direct gives a payer other faults while it plays.
func (s *stage) direct(ctx context.Context, p *payer, faults map[string]any) error {
	script, err := json.Marshal(s.script(p, faults))
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.Address+"/script", bytes.NewReader(script))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("changing the faults of %s: %w", p.Code, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("changing the faults of %s: %s", p.Code, response.Status)
	}
	return nil
}

// book is the file a payer's book is exported to.
func (s *stage) book(p *payer) string { return s.path(p.Code + ".jsonl") }

// export writes a payer's book to its file and gives its lines.
func (s *stage) export(ctx context.Context, p *payer) ([]booked, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Address+"/book", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("exporting the book of %s: %w", p.Code, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("exporting the book of %s: %w", p.Code, err)
	}
	if err := os.WriteFile(s.book(p), text, 0o600); err != nil {
		return nil, err
	}
	return readBook(text)
}
