package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"text/template"

	"github.com/onestop-gateway/onestop/loadtest/yardstick"
)

// benchStage is everything a bench runs on: real processes, as in production.
type benchStage struct {
	folder    string
	settings  []string // of the database, those that are not its own
	cluster   *cluster // nil: nothing is measured on PostgreSQL
	yardstick string   // connection string of the database of yardsticks
	pgbench   yardstick.Pgbench
	payers    []*process
	addresses map[string]string        // of payers, by code
	gateways  map[string]*benchGateway // by store
}

// benchGateway is a gateway on one of the stores.
type benchGateway struct {
	*process
	config, rest, grpc, pprof string
}

// benchSettings are the database's settings that are not its own: memory as
// the yardstick's figures in the past had it, connections for as many clients
// as pgbench plays. Nothing that weakens a commit.
var benchSettings = []string{"shared_buffers=1GB", "max_connections=400"}

// newBenchStage builds the programs and starts everything. Whoever gets a
// stage, with or without an error, ends it.
func newBenchStage(ctx context.Context, o *bench, folder string) (*benchStage, error) {
	s, err := payersOnStage(ctx, folder)
	if err != nil {
		return s, err
	}
	if o.runsOn(storePostgres) {
		if err := s.startCluster(ctx, o.scale); err != nil {
			return s, err
		}
	}
	for _, store := range o.stores {
		if err := s.startGateway(ctx, store, o.crowd); err != nil {
			return s, err
		}
	}
	return s, nil
}

// payersOnStage builds the programs and starts the payers.
func payersOnStage(ctx context.Context, folder string) (*benchStage, error) {
	s := &benchStage{folder: folder, gateways: map[string]*benchGateway{}, addresses: map[string]string{}}
	if err := build(ctx, folder, "onestop", "payersim"); err != nil {
		return s, err
	}
	if err := os.WriteFile(s.path("payer.token"), []byte("bench-token\n"), 0o600); err != nil {
		return s, err
	}
	for _, code := range []string{nearPayer, farPayer} {
		if err := s.startPayer(ctx, code); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *benchStage) path(name string) string { return filepath.Join(s.folder, name) }

// startCluster starts PostgreSQL with a database for the yardsticks.
func (s *benchStage) startCluster(ctx context.Context, scale int) (err error) {
	if s.cluster, err = newCluster(ctx, s.folder); err != nil {
		return err
	}
	if err := s.runCluster(ctx, benchSettings); err != nil {
		return err
	}
	p := s.cluster.postmaster
	where, err := url.Parse(s.cluster.dsn)
	if err != nil {
		return err
	}
	s.pgbench = yardstick.Pgbench{Bin: filepath.Dir(p.argv[0]), Port: where.Port(), User: where.User.Username(), Database: "yardstick", Scale: scale}
	s.yardstick = strings.Replace(s.cluster.dsn, "/postgres?", "/yardstick?", 1)
	return s.pgbench.Init(ctx)
}

// runCluster starts the cluster with settings.
func (s *benchStage) runCluster(ctx context.Context, settings []string) error {
	p := s.cluster.postmaster
	s.settings = settings
	for _, setting := range settings {
		p.argv = append(p.argv, "-c", setting)
	}
	return p.start(ctx)
}

// memoryFolder is where the payers keep their books if it is there: a payer's
// disk is elsewhere, and this machine's is the one that is measured.
const memoryFolder = "/dev/shm"

// startPayer starts a payer who answers at once.
func (s *benchStage) startPayer(ctx context.Context, code string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	books, err := os.MkdirTemp(memoryFolder, filepath.Base(s.folder)+"-")
	if err != nil {
		books = s.folder
	}
	if err := os.WriteFile(s.path(code+".script"), payerScript(0), 0o600); err != nil {
		return err
	}
	p := &process{
		name: code, log: s.path(code + ".log"), ready: answering("http://" + address + "/healthz"),
		argv: []string{
			s.path("payersim"), "serve", "--listen", address,
			"--book", filepath.Join(books, code+".book"), "--script", s.path(code + ".script"),
		},
	}
	s.payers = append(s.payers, p)
	s.addresses[code] = address
	return p.start(ctx)
}

// payerScript is a payer who pays everybody the same share, after a delay.
func payerScript(delayMillis int64) []byte {
	script := map[string]any{
		"credentials": map[string]string{"bench": "bench-token"},
		"anyone":      map[string]string{"scheme": "390", "ratio": fmt.Sprintf("0.%d", pooledRate)},
	}
	if delayMillis > 0 {
		script["rules"] = []map[string]any{{"fault": "slow", "delay_ms": delayMillis}}
	}
	text, err := json.Marshal(script)
	if err != nil {
		return nil
	}
	return text
}

// The two payers: that of the regions most live in, and that of the others.
const (
	nearPayer = "nhsa-near"
	farPayer  = "nhsa-far"
)

// startGateway registers the crowd in a store and starts its gateway.
func (s *benchStage) startGateway(ctx context.Context, store string, people *crowd) error {
	g, err := s.makeGateway(ctx, store)
	if err != nil {
		return err
	}
	if err := s.register(ctx, g, people); err != nil {
		return err
	}
	s.gateways[store] = g
	return g.start(ctx)
}

// makeGateway makes a gateway on a store, not yet running.
func (s *benchStage) makeGateway(ctx context.Context, store string) (*benchGateway, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	g := &benchGateway{config: s.path(store + ".yaml")}
	for _, address := range []*string{&g.rest, &g.grpc, &g.pprof} {
		if *address, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	where := fmt.Sprintf("{sqlite: %q}", s.path("onestop.db"))
	if store == storePostgres {
		where = fmt.Sprintf("{postgres: %q}", s.cluster.dsn)
	}
	err = writeConfig(g.config, map[string]string{
		"REST": g.rest, "GRPC": g.grpc, "Pprof": g.pprof, "Store": where, "Policies": filepath.Join(root, "deploy", "policies"),
		"TokenFile": s.path("payer.token"), "Near": s.addresses[nearPayer], "Far": s.addresses[farPayer],
	})
	if err != nil {
		return nil, err
	}
	g.process = &process{
		name: "gateway-" + store, log: s.path("gateway-" + store + ".log"), ready: answering("http://" + g.rest + "/readyz"),
		argv: []string{s.path("onestop"), "serve", "--config", g.config},
	}
	return g, nil
}

// register registers people in the store of a gateway.
func (s *benchStage) register(ctx context.Context, g *benchGateway, people *crowd) error {
	persons, err := people.registry()
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path("persons.yaml"), persons, 0o600); err != nil {
		return err
	}
	_, err = output(ctx, s.path("onestop"), "person", "import", "--config", g.config, s.path("persons.yaml"))
	return err
}

// writeConfig writes a gateway's configuration.
func writeConfig(file string, values map[string]string) error {
	text, err := template.ParseFS(benchFiles, "bench/gateway.yaml")
	if err != nil {
		return err
	}
	var config bytes.Buffer
	if err := text.Execute(&config, values); err != nil {
		return err
	}
	return os.WriteFile(file, config.Bytes(), 0o600)
}

// play gives a payer another script.
func play(ctx context.Context, address string, script []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/script", bytes.NewReader(script))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("changing a payer's script: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("changing a payer's script: %s", response.Status)
	}
	return nil
}

// end ends every process and drops the payers' books.
func (s *benchStage) end() error {
	var problems []error
	for _, g := range s.gateways {
		problems = append(problems, g.stop())
	}
	for _, p := range s.payers {
		p.kill()
		if book := p.argv[5]; strings.HasPrefix(book, memoryFolder) {
			problems = append(problems, os.RemoveAll(filepath.Dir(book)))
		}
	}
	if s.cluster != nil {
		// Killed, the postmaster would leave its children to end by themselves.
		_ = s.cluster.postmaster.end(syscall.SIGQUIT)
	}
	return errors.Join(problems...)
}
