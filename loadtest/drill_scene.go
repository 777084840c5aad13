package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// scene is one drill being played.
type scene struct {
	drill
	drills
	folder     string
	notes      io.Writer
	stage      *stage
	run        *run
	prometheus *process
	address    string // of Prometheus
	mounted    bool
}

func (s *scene) disk() string  { return filepath.Join(s.folder, "disk") }
func (s *scene) clock() string { return filepath.Join(s.folder, "clock") }

// diskSize is that of the store's own file system, large enough for the load of
// one drill.
const diskSize = "192m"

// set puts everything on its place and starts it.
func (s *scene) set(ctx context.Context) error {
	var err error
	if s.stage, err = newStage(ctx, s.folder, cast{store: s.drill.store, seed: s.seed, standby: s.drill.standby}); err != nil {
		return err
	}
	if s.drill.disk {
		if err := s.mount(ctx); err != nil {
			return err
		}
	}
	if s.drill.clock {
		if err := buildWithClock(ctx, s.stage.path("onestop"), s.clock()); err != nil {
			return err
		}
	}
	for _, g := range s.stage.gateways {
		if err := s.configure(g.config); err != nil {
			return err
		}
	}
	s.run = &run{soak: soak{seed: s.seed, clients: drillCashiers}, stage: s.stage, out: s.notes}
	if err := s.stage.start(ctx); err != nil {
		return err
	}
	for _, p := range s.stage.payers {
		if err := s.stage.heal(ctx, p); err != nil {
			return err
		}
	}
	return s.watch(ctx)
}

// mount gives the store a small file system of its own.
func (s *scene) mount(ctx context.Context) error {
	if err := os.Mkdir(s.disk(), 0o700); err != nil {
		return err
	}
	if _, err := output(ctx, "mount", "-t", "tmpfs", "-o", "size="+diskSize, "tmpfs", s.disk()); err != nil {
		return fmt.Errorf("a small file system has to be mounted, which needs root: %w", err)
	}
	s.mounted = true
	return nil
}

// configure changes a gateway of the soak into one of the drills: payers may be
// slow, and a hospital may have many connections.
func (s *scene) configure(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	changed := strings.NewReplacer(
		"call_timeout: 1s", "call_timeout: 6s", "quiet_period: 8s", "quiet_period: 20s", "lease: 11s", "lease: 17s", "decide_within: 25s", "decide_within: 60s",
		"answer_within: 3s", "answer_within: 8s", "drain_within: 10s", "drain_within: 10s, calls: 24, waiting: 24, connections_per_address: 500",
		filepath.Join(s.folder, "onestop.db"), s.database(),
	).Replace(string(text))
	return os.WriteFile(file, []byte(changed), 0o600)
}

// database is the file of the embedded store.
func (s *scene) database() string {
	if s.drill.disk {
		return filepath.Join(s.disk(), "onestop.db")
	}
	return filepath.Join(s.folder, "onestop.db")
}

// script gives a payer another script.
func (s *scene) script(ctx context.Context, payer int, faults map[string]any) error {
	return s.stage.direct(ctx, s.stage.payers[payer], faults)
}

// watch starts a Prometheus over all gateways, with the shortened rules.
func (s *scene) watch(ctx context.Context) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	if err := shortenFiles(filepath.Join(root, "deploy", "prometheus", "rules"), s.folder, s.factor); err != nil {
		return err
	}
	var targets []string
	for _, g := range s.stage.gateways {
		targets = append(targets, strings.TrimPrefix(g.door.base, "http://"))
	}
	list, err := json.Marshal(targets)
	if err != nil {
		return err
	}
	config := fmt.Sprintf("global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nrule_files: [%q]\n"+
		"scrape_configs: [{job_name: onestop, static_configs: [{targets: %s}]}]\n", filepath.Join(s.folder, "*.rules.yml"), list)
	if s.prometheus, s.address, err = newPrometheus(s.stage.folder, config); err != nil {
		return err
	}
	return s.prometheus.start(ctx)
}

// firing are the alerts that fire now, each with the payer it is about.
func (s *scene) firing(ctx context.Context) ([]string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/api/v1/alerts", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking Prometheus: %w", err)
	}
	defer response.Body.Close()
	var told struct {
		Data struct {
			Alerts []struct {
				Labels map[string]string
				State  string
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&told); err != nil {
		return nil, fmt.Errorf("asking Prometheus: %w", err)
	}
	var names []string
	for _, alert := range told.Data.Alerts {
		if alert.State == "firing" {
			names = append(names, strings.TrimSpace(alert.Labels["alertname"]+" "+alert.Labels["payer"]))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// end ends whatever runs and gives the file system back.
func (s *scene) end() error {
	if s.prometheus != nil {
		s.prometheus.kill()
	}
	if s.stage != nil {
		s.stage.end()
	}
	if !s.mounted {
		return nil
	}
	_, err := output(context.Background(), "umount", s.disk())
	return errors.Join(err)
}
