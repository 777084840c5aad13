package main

import (
	"runtime/debug"
)

// A gateway keeps little alive and makes much garbage: collected at nine times
// what is alive rather than twice, it settles up to half as much again on a
// busy machine. The limit keeps that from growing into a problem of its own.
const (
	garbagePercent = 800
	memoryLimit    = 1 << 30 // bytes, of the Go runtime
)

// tuneMemory sets both unless the operator did, by GOGC and GOMEMLIMIT.
func tuneMemory(lookup func(string) (string, bool)) {
	if _, set := lookup("GOGC"); !set {
		debug.SetGCPercent(garbagePercent)
	}
	if _, set := lookup("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(memoryLimit)
	}
}
