package main

import (
	"bufio"
	"context"
	"errors"
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
	cpu          map[string]yardstick.Used // by process
	idle         time.Duration             // of the whole machine
	payerSeconds float64                   // that the gateway waited for payers to settle
	payerCalls   float64
}

// spending is what was spent in a window.
type spending struct {
	cpu   map[string]yardstick.Used // by process
	idle  time.Duration             // processor time that nobody used
	payer time.Duration             // how long the gateway waited for a payer on average
}

// meter reads a stage at the beginning and the end of a window.
type meter struct{ first, last <-chan read }

// read is a reading, or why there is none.
type read struct {
	reading
	err error
}

// start reads once warming up is over, and when the window is: what is ended
// after that is not in its counts either.
func (s *benchStage) start(g *benchGateway, span measure.Span) meter {
	at := func(after time.Duration) <-chan read {
		taken := make(chan read, 1)
		time.AfterFunc(after, func() {
			now, err := s.read(g)
			taken <- read{now, err}
		})
		return taken
	}
	return meter{at(span.Warm), at(span.Warm + span.Length)}
}

// stop waits for the window's end and says what was spent in it.
func (m meter) stop() (spending, error) {
	before, after := <-m.first, <-m.last
	spent := spending{cpu: map[string]yardstick.Used{}, idle: after.idle - before.idle}
	for name, used := range after.cpu {
		spent.cpu[name] = used.Minus(before.cpu[name])
	}
	mean := (after.payerSeconds - before.payerSeconds) / max(1, after.payerCalls-before.payerCalls)
	spent.payer = time.Duration(mean * float64(time.Second))
	return spent, errors.Join(before.err, after.err)
}

// read reads the clocks of all processes, and the gateway's own account of its
// payers.
func (s *benchStage) read(g *benchGateway) (now reading, err error) {
	now.cpu = map[string]yardstick.Used{}
	if now.idle, err = yardstick.Idle(); err != nil {
		return now, err
	}
	if now.cpu["gateway"], err = yardstick.CPU(g.pid()); err != nil {
		return now, err
	}
	if now.cpu[generator], err = yardstick.CPU(os.Getpid()); err != nil {
		return now, err
	}
	for _, p := range s.payers {
		one, err := yardstick.CPU(p.pid())
		if err != nil {
			return now, err
		}
		now.cpu["payersim"] = now.cpu["payersim"].Plus(one)
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
