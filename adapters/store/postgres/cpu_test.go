package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
)

func serverCPU() time.Duration {
	out, _ := exec.Command("pgrep", "-x", "postgres").Output()
	var sum int64
	for _, p := range strings.Fields(string(out)) {
		b, err := os.ReadFile("/proc/" + p + "/schedstat")
		if err != nil {
			continue
		}
		var a int64
		fmt.Sscan(string(b), &a)
		sum += a
	}
	return time.Duration(sum)
}
func clientCPU() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func BenchmarkCPU(b *testing.B) {
	for _, callers := range []int{1, 32, 128} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			s := openTest(b, Config{DSN: fresh(b)})
			if x := os.Getenv("EXTRA"); x != "" {
				if _, err := s.reads.Exec(b.Context(), x); err != nil {
					b.Fatal(err)
				}
			}
			s0, c0 := serverCPU(), clientCPU()
			if f := os.Getenv("PROF"); f != "" && b.N > 100 {
				w, _ := os.Create(f)
				pprof.StartCPUProfile(w)
				defer pprof.StopCPUProfile()
			}
			storetest.Benchmark(b, s, callers)
			b.ReportMetric(float64((serverCPU()-s0).Microseconds())/float64(b.N), "server-µs/op")
			b.ReportMetric(float64((clientCPU()-c0).Microseconds())/float64(b.N), "client-µs/op")
		})
	}
}
