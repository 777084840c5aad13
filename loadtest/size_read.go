package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	deepPages  = 100 // walked before the deep page of a list
	readTimes  = 5   // each reading is repeated, and the median counts
	readWithin = 5 * time.Minute
)

// lists are what operators ask for, from a busy store.
var lists = []struct{ what, filter string }{
	{"first page of all", ""},
	{"first page of a facility", `facility_id = "H51142500001"`},
	{"first page of an old month", `discharge_date >= "2023-03-01" AND discharge_date <= "2023-03-31"`},
	{"a facility's old day", `facility_id = "H51142500001" AND discharge_date = "2023-03-07"`},
	{"those not settled", `state = "STATE_NOT_SETTLED"`},
	{"those to review", `review = true`},
	{"one discharge", `discharge_id = "F000000000777"`},
}

// read reads lists and the yearly report.
func (t *sizeTrial) read(ctx context.Context) error {
	g := t.filled.stage.gateways[t.store]
	if err := g.forgetPeak(); err != nil {
		return err
	}
	for _, list := range lists {
		took, err := t.repeated(func() error { _, err := g.page(ctx, list.filter, ""); return err })
		if err != nil {
			return fmt.Errorf("%s: %w", list.what, err)
		}
		t.tell("list: "+list.what, "%s", inMillis(took))
	}
	token := ""
	for range deepPages {
		var err error
		if token, err = g.page(ctx, "", token); err != nil {
			return err
		}
	}
	took, err := t.repeated(func() error { _, err := g.page(ctx, "", token); return err })
	if err != nil {
		return err
	}
	t.tell(fmt.Sprintf("list: page %d of all", deepPages+1), "%s", inMillis(took))
	if err := t.tellPeak(g, "listing"); err != nil {
		return err
	}
	if err := g.forgetPeak(); err != nil {
		return err
	}
	took, err = t.repeated(func() error { return g.get(ctx, "/v1/yearlyReports?region_id=360827&year=2023", nil) })
	if err != nil { // the other figures are worth having all the same
		t.failed = fmt.Errorf("%w: yearly report: %w", errSize, err)
		t.tell("a region's yearly report", "none")
	} else {
		t.tell("a region's yearly report", "%s", inMillis(took))
	}
	return t.tellPeak(g, "reporting")
}

func (t *sizeTrial) tellPeak(g *benchGateway, doing string) error {
	peak, err := g.peak()
	t.tell("memory of the gateway at its peak, "+doing, "%d MB", peak>>20)
	return err
}

// repeated is the median of how long something takes.
func (t *sizeTrial) repeated(what func() error) (time.Duration, error) {
	var took []float64
	for range readTimes {
		begun := time.Now()
		if err := what(); err != nil {
			return 0, err
		}
		took = append(took, float64(time.Since(begun)))
	}
	return time.Duration(medianOf(took)), nil
}

// page reads a page of a list, and gives the token of the next.
func (g *benchGateway) page(ctx context.Context, filter, token string) (string, error) {
	var page struct {
		NextPageToken string `json:"next_page_token"`
	}
	query := url.Values{"page_size": {"200"}}
	if filter != "" {
		query.Set("filter", filter)
	}
	if token != "" {
		query.Set("page_token", token)
	}
	err := g.get(ctx, "/v1/settlements?"+query.Encode(), &page)
	return page.NextPageToken, err
}

// get asks the gateway over REST; into, if any, is given the answer.
func (g *benchGateway) get(ctx context.Context, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+g.rest+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return err
	case response.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: %s: %s", path, response.Status, text)
	case into == nil:
		return nil
	}
	return json.Unmarshal(text, into)
}

// reconciledDay is the day that is reconciled, somewhere in the middle.
const reconciledDay = "2024-03-05"

// reconcile writes a payer's list of a day as the payer would, and compares it.
func (t *sizeTrial) reconcile(ctx context.Context) error {
	s := t.filled.stage
	list, flags := s.path("list.txt"), []string{"--payer", nearPayer, "--from", reconciledDay, "--config", s.gateways[t.store].config}
	for _, verb := range []string{"export", "run --dry-run"} {
		if err := os.RemoveAll(s.path("list.zip")); err != nil {
			return err
		}
		command := exec.CommandContext(ctx, s.path("onestop"), append(append([]string{"reconcile"}, strings.Fields(verb)...), append([]string{list}, flags...)...)...)
		begun := time.Now()
		text, err := command.CombinedOutput()
		if err != nil {
			return fmt.Errorf("reconcile %s: %w\n%s", verb, err, text)
		}
		usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			return fmt.Errorf("reconcile %s: the system does not say what it took", verb)
		}
		t.tell("reconcile "+strings.Fields(verb)[0]+", a payer's day", "%s, %d MB at the peak", inMillis(time.Since(begun)), usage.Maxrss>>10)
	}
	return nil
}

// weigh says how large the store is.
func (t *sizeTrial) weigh(ctx context.Context) error {
	if t.store == storeSQLite {
		info, err := os.Stat(filepath.Join(t.folder, "onestop.db"))
		if err == nil {
			t.tell("the store's file, persons with it", "%d MB", info.Size()>>20)
		}
		return err
	}
	const persons = "sum(pg_total_relation_size(oid)) FILTER (WHERE relname IN ('person', 'person_change')) / (SELECT count(*) FROM person)"
	const rest = "sum(pg_total_relation_size(oid)) FILTER (WHERE relname NOT IN ('person', 'person_change')) / (SELECT count(*) FROM settlement)"
	text, err := t.filled.stage.ask(ctx, "SELECT round("+rest+"), round("+persons+") FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
	t.tell("bytes of the database per settlement | per person", "%s", text)
	return err
}
