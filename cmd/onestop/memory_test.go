package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// What the operator set by GOGC or GOMEMLIMIT stands; the rest is tuned.
func TestMemoryIsTunedUnlessTheOperatorDid(t *testing.T) {
	percent, limit, sampled := debug.SetGCPercent(100), debug.SetMemoryLimit(-1), runtime.MemProfileRate
	defer func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
		runtime.MemProfileRate = sampled
	}()
	set := func(names ...string) func(string) (string, bool) {
		return func(name string) (string, bool) {
			for _, one := range names {
				if one == name {
					return "off", true
				}
			}
			return "", false
		}
	}
	for _, test := range []struct {
		name    string
		set     []string
		percent int
		limit   int64
	}{
		{"nothing set", nil, garbagePercent, memoryLimit},
		{"GOGC set", []string{"GOGC"}, 100, memoryLimit},
		{"GOMEMLIMIT set", []string{"GOMEMLIMIT"}, garbagePercent, limit},
	} {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(limit)
		tuneMemory(set(test.set...))
		if got := debug.SetGCPercent(100); got != test.percent {
			t.Errorf("%s: GC percent %d, want %d", test.name, got, test.percent)
		}
		if got := debug.SetMemoryLimit(-1); got != test.limit {
			t.Errorf("%s: limit %d, want %d", test.name, got, test.limit)
		}
		if runtime.MemProfileRate != sampledBytes {
			t.Errorf("%s: a byte in %d is sampled, want one in %d", test.name, runtime.MemProfileRate, sampledBytes)
		}
	}
}
