package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
)

// metrics are a gateway's own, as Prometheus reads them.
type metrics []string

// sum adds up a metric over its labels.
func (m metrics) sum(name string) (sum float64) {
	for _, line := range m {
		rest, is := strings.CutPrefix(line, name)
		if !is || rest == "" || rest[0] != '{' && rest[0] != ' ' {
			continue
		}
		value, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		if err == nil {
			sum += value
		}
	}
	return sum
}

// readMetrics reads those of the gateway whose REST door is at base.
func readMetrics(ctx context.Context, base string) (found metrics, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("reading metrics: %w", err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		found = append(found, lines.Text())
	}
	return found, lines.Err()
}

// watchEvery is how often a gateway is asked how it stands.
const watchEvery = 100 * time.Millisecond

// until waits for the gateway's metrics to say something.
func (g *benchGateway) until(ctx context.Context, says func(metrics) bool) error {
	return untilMetrics(ctx, "http://"+g.rest, says)
}

// untilMetrics waits for those of the gateway whose REST door is at base.
func untilMetrics(ctx context.Context, base string, says func(metrics) bool) error {
	ctx, cancel := context.WithTimeout(ctx, recoveredWithin)
	defer cancel()
	for {
		found, err := readMetrics(ctx, base)
		if err == nil && says(found) {
			return nil
		}
		select {
		case <-time.After(watchEvery):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

// proc is a file of what the system knows of this life.
func (g *benchGateway) proc(name string) string {
	return filepath.Join("/proc", strconv.Itoa(g.pid()), name)
}

// forgetPeak lets the peak of the gateway's memory begin anew.
func (g *benchGateway) forgetPeak() error {
	return os.WriteFile(g.proc("clear_refs"), []byte("5"), 0o600)
}

// peak is the most memory the gateway held since its peak began, bytes.
func (g *benchGateway) peak() (int64, error) {
	text, err := os.ReadFile(g.proc("status"))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kilobytes int64
	_, err = fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10, err
}

func medianOf(figures []float64) float64 { return measure.Median(figures) }

// sampleOf is the file of persons of a filled folder.
func sampleOf(folder string) string { return filepath.Join(folder, sampleFile) }

// readCrowd is the crowd of a sample: persons of the groups that the bench has,
// whose claims get the answers worked out for these.
func readCrowd(file string) (*crowd, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var sample struct {
		Persons []struct {
			ID, Name, Region string
			Number           string              `json:"id_number"`
			Insured          string              `json:"insured_number"`
			Residence        string              `json:"residence"`
			Categories       []map[string]string `json:"categories"`
		} `json:"persons"`
	}
	if err := json.Unmarshal(text, &sample); err != nil {
		return nil, fmt.Errorf("sample of persons: %w", err)
	}
	model, err := newCrowd(modelCrowd)
	if err != nil {
		return nil, err
	}
	c := &crowd{}
	for _, p := range sample.Persons {
		for _, like := range model.people {
			if like.Region == p.Region && len(p.Categories) == 1 && like.Category == p.Categories[0]["id"] {
				c.people = append(c.people, &inpatient{ward: like.ward, ID: p.ID, Name: p.Name, IDNumber: p.Number, Insured: p.Insured})
				break
			}
		}
	}
	if len(c.people) == 0 {
		return nil, fmt.Errorf("nobody of the sample is of a group of the bench")
	}
	return c, nil
}
