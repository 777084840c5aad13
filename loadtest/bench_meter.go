package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/yardstick"
)

// reading is what has been spent up to a moment.
type reading struct {
	cpu          map[string]time.Duration // by process
	payerSeconds float64                  // that the gateway waited for payers to settle
	payerCalls   float64
}

// meter reads a stage at the beginning and the end of a window.
type meter struct {
	stage   *benchStage
	gateway *benchGateway
	first   chan reading
	failed  chan error
}

// start reads for the first time once warming up is over.
func (s *benchStage) start(g *benchGateway, warm time.Duration) *meter {
	m := &meter{stage: s, gateway: g, first: make(chan reading, 1), failed: make(chan error, 1)}
	time.AfterFunc(warm, func() {
		now, err := s.read(g)
		m.first <- now
		m.failed <- err
	})
	return m
}

// stop gives microseconds of processor time per right answer, by process, and
// how long the gateway waited for a payer on average.
func (m *meter) stop(w *measure.Window) (map[string]float64, time.Duration, error) {
	before, err := <-m.first, <-m.failed
	if err != nil {
		return nil, 0, err
	}
	after, err := m.stage.read(m.gateway)
	if err != nil {
		return nil, 0, err
	}
	per := map[string]float64{}
	for name, used := range after.cpu {
		per[name] = float64((used - before.cpu[name]).Microseconds()) / float64(max(1, w.Count[measure.Right]))
	}
	mean := (after.payerSeconds - before.payerSeconds) / max(1, after.payerCalls-before.payerCalls)
	return per, time.Duration(mean * float64(time.Second)), nil
}

// read reads the clocks of all processes, and the gateway's own account of its
// payers.
func (s *benchStage) read(g *benchGateway) (now reading, err error) {
	now.cpu = map[string]time.Duration{}
	if now.cpu["gateway"], err = yardstick.CPU(g.pid()); err != nil {
		return now, err
	}
	if now.cpu["generator"], err = yardstick.CPU(os.Getpid()); err != nil {
		return now, err
	}
	for _, p := range s.payers {
		one, err := yardstick.CPU(p.pid())
		if err != nil {
			return now, err
		}
		now.cpu["payersim"] += one
	}
	if s.cluster != nil {
		if now.cpu["postgres"], err = yardstick.FamilyCPU(s.cluster.postmaster.pid()); err != nil {
			return now, err
		}
	}
	return now, now.readPayers("http://" + g.rest + "/metrics")
}

// readPayers adds up the gateway's metric of calls that settle with a payer.
func (now *reading) readPayers(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("reading metrics: %w", err)
	}
	defer response.Body.Close()
	return now.sumPayers(response.Body)
}

// sumPayers reads metrics in Prometheus's text form.
func (now *reading) sumPayers(text io.Reader) error {
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		series, value, _ := strings.Cut(lines.Text(), "} ")
		metric, labels, _ := strings.Cut(series, "{")
		of, _ := strings.CutPrefix(metric, "onestop_payer_duration_seconds_")
		if of != "sum" && of != "count" || !strings.Contains(labels, `operation="settle"`) {
			continue
		}
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fmt.Errorf("reading metrics: %w", err)
		}
		if of == "sum" {
			now.payerSeconds += number
		} else {
			now.payerCalls += number
		}
	}
	return lines.Err()
}
