package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// watcher is a Prometheus that scrapes the gateways as that of deploy/compose
// does, only oftener. Its process is nil where Prometheus is not installed.
type watcher struct {
	process *process
	address string
}

// watched starts Prometheus with compose's configuration on the stage's
// gateways.
func (r *run) watched(ctx context.Context) (*watcher, error) {
	if _, err := exec.LookPath("prometheus"); err != nil {
		fmt.Fprintln(r.out, "prometheus is not installed: the gateways are not scraped")
		return &watcher{}, nil
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "deploy", "compose", "prometheus.yml"))
	if err != nil {
		return nil, err
	}
	config, err := scraping(string(text), filepath.Join(root, "deploy", "prometheus"), r.gateways)
	if err != nil {
		return nil, err
	}
	w := &watcher{}
	if w.process, w.address, err = newPrometheus(r.folder, config); err != nil {
		return nil, err
	}
	if err := w.process.start(ctx); err != nil {
		w.end()
		return nil, err
	}
	return w, nil
}

// scraping is compose's configuration for gateways that are elsewhere, with the
// rules where they are, once a second.
func scraping(config, rules string, gateways []*gateway) (string, error) {
	replaced := map[string]string{"10s": "1s", "rules/*.yml": rules + "/rules/*.yml", overTLS: "    scheme: http\n"}
	for i, g := range gateways {
		replaced[fmt.Sprintf("gateway-%d:9464", i)] = strings.TrimPrefix(g.door.base, "http://")
	}
	for _, old := range sorted(replaced) {
		if !strings.Contains(config, old) {
			return "", fmt.Errorf("compose's configuration of Prometheus has no %s", old)
		}
		config = strings.ReplaceAll(config, old, replaced[old])
	}
	return config, nil
}

// overTLS is how compose scrapes. The gateways of a trial are on loopback, where
// metrics are on REST and without TLS.
const overTLS = `    scheme: https
    tls_config:
      ca_file: /var/lib/onestop/credentials/ca.pem
      cert_file: /var/lib/onestop/credentials/operator.pem
      key_file: /var/lib/onestop/credentials/operator.key
`

// seenWithin bounds how long Prometheus may take to see what has changed.
const seenWithin = 15 * time.Second

// states are what a gateway can be to Prometheus, as expressions.
var states = map[string]string{"up": `count(up{job="onestop"} == 1)`, "down": `count(up{job="onestop"} == 0)`}

// sees waits until Prometheus sees so many gateways up or down.
func (w *watcher) sees(ctx context.Context, state string, gateways int) error {
	if w.process == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, seenWithin)
	defer cancel()
	for {
		got, err := w.ask(ctx, states[state])
		if err == nil && got == fmt.Sprint(gateways) {
			return nil
		}
		select {
		case <-time.After(readyEvery):
		case <-ctx.Done():
			return fmt.Errorf("prometheus does not see %d gateways %s, but %q: %w", gateways, state, got, ctx.Err())
		}
	}
}

// ask evaluates an expression that has one value, or none ("").
func (w *watcher) ask(ctx context.Context, expression string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.address+"/api/v1/query?"+url.Values{"query": {expression}}.Encode(), nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || len(answer.Data.Result) == 0 {
		return "", err
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1]), nil
}

// end ends Prometheus, if there is one.
func (w *watcher) end() {
	if w.process != nil {
		w.process.kill()
	}
}
