package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/adapters/payer/payertest"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/api"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// BenchmarkWhatMeasuringCosts settles over REST, in process, on a real embedded
// store and a payer in memory, sixteen callers at once: bare, with metrics, and
// with metrics and every request traced to a collector. Compare the three with
// each other; nothing else is in them.
func BenchmarkWhatMeasuringCosts(b *testing.B) {
	for _, mode := range []string{"bare", "metrics", "metrics and traces"} {
		b.Run(mode, func(b *testing.B) {
			handler := settling(b, mode != "bare", mode == "metrics and traces")
			var next atomic.Int64
			b.SetParallelism(8)
			b.ReportAllocs()
			worked := processor(b)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					name := fmt.Sprintf("of-the-benchmark-%d", next.Add(1))
					body := strings.NewReplacer("a-discharge-of-the-tests", name, `"T1"`, `"`+name+`"`, "E-T1", "E-"+name).Replace(aDischarge)
					request := httptest.NewRequest(http.MethodPost, "/v1/settlements", strings.NewReader(body))
					request.Header.Set("Content-Type", "application/json")
					recorder := httptest.NewRecorder()
					handler.ServeHTTP(recorder, request)
					if recorder.Code != http.StatusOK {
						b.Errorf("%d %s", recorder.Code, recorder.Body)
					}
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "settlements/s")
			b.ReportMetric(float64((processor(b)-worked).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// processor is the processor time this process has taken; unlike the time that
// passes, it does not depend on who else uses the machine and its disk.
func processor(b *testing.B) time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// settling is a gateway's REST, measured or not, over a store of its own.
func settling(b *testing.B, measured, traced bool) http.Handler {
	b.Helper()
	registry := prometheus.NewRegistry()
	var told store.Observer
	if measured {
		told = measure.NewStore(registry)
	}
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(b.TempDir(), "onestop.db"), Observer: told})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Shut() })
	if err := putPersons(context.Background(), s, mustDemoFile("persons.yaml")); err != nil {
		b.Fatal(err)
	}
	config := lifecycle.Config{
		Store: s, Registry: s, Approvals: s, Journal: s, Directory: benchDirectory(b), Encode: api.Encode, Now: time.Now,
		NewID:        func() settlement.SettlementID { return settlement.SettlementID(uuid.NewString()) },
		AnswerWithin: time.Minute, DecideWithin: time.Hour, Lease: time.Minute, InFlightMax: 256,
	}
	var serving api.Config
	if measured {
		var where measure.TracesConfig
		if traced {
			_, where.Address = collect(b, "grpc")
			where.Insecure, where.PerMille = true, 1000
		}
		traces, err := measure.NewTraces(context.Background(), where)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = traces.Close(context.Background()) })
		serving.Live, serving.Tracer = lifecycle.NewLive(time.Now), traces.Tracer()
		config.Observer = measure.NewLifecycle(registry, traces.Tracer(), serving.Live)
		if serving.Metrics, err = api.NewMetrics(registry); err != nil {
			b.Fatal(err)
		}
	}
	l, err := lifecycle.New(config)
	if err != nil {
		b.Fatal(err)
	}
	serving.Settlements, serving.Matters = l, l
	return api.NewREST(serving)
}

// benchDirectory is the demonstration's with payers in memory.
func benchDirectory(b *testing.B) lifecycle.Directory {
	b.Helper()
	c := standard()
	if err := c.overlay(mustDemoFile("gateway.yaml")); err != nil {
		b.Fatal(err)
	}
	token := filepath.Join(b.TempDir(), "token")
	writeFile(b, token, "token", 0o600)
	for i := range c.Payers {
		c.Payers[i].URL, c.Payers[i].TokenFile = "http://127.0.0.1:1", token
	}
	policies, err := builtinPolicies()
	if err != nil {
		b.Fatal(err)
	}
	directory, err := c.directory(policies)
	if err != nil {
		b.Fatal(err)
	}
	ratio, err := settlement.ParseRatio("0.65")
	if err != nil {
		b.Fatal(err)
	}
	for code := range directory.Payers {
		directory.Payers[code] = payertest.NewFake(payertest.FakeConfig{
			Code: code, Ratio: ratio, Terms: settlement.Terms{CallTimeout: time.Second, QuietPeriod: time.Minute},
			People: map[settlement.Private]lifecycle.Insured{"360827196207050041": {Number: "360827000002", Scheme: settlement.SchemeNCMS}},
		})
	}
	return directory
}
