package main

import (
	"runtime"
	"runtime/debug"
)

// A gateway keeps little alive and makes much garbage: collected at nine times
// what is alive rather than twice, it settles up to half as much again on a
// busy machine. The limit keeps that from growing into a problem of its own.
const (
	garbagePercent = 800
	memoryLimit    = 1 << 30 // bytes, of the Go runtime
)

// sampledBytes is how many bytes are allocated between two that a profile of
// allocations knows of. The runtime's own half a megabyte meets every fifth
// settlement, and walks its stack each time; this still tells of some twenty a
// second under load.
const sampledBytes = 8 << 20

// tuneMemory sets both unless the operator did, by GOGC and GOMEMLIMIT, and
// sampledBytes.
func tuneMemory(lookup func(string) (string, bool)) {
	runtime.MemProfileRate = sampledBytes
	if _, set := lookup("GOGC"); !set {
		debug.SetGCPercent(garbagePercent)
	}
	if _, set := lookup("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(memoryLimit)
	}
}
