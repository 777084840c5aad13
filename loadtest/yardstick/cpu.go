package yardstick

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit of processor time in /proc, the same on every Linux.
const tick = 10 * time.Millisecond

// stat is what /proc says of one process.
type stat struct {
	parent      int
	own, reaped time.Duration // of its own, and of children that have ended
}

// CPU is the processor time a process has used itself; resolution 10 ms.
func CPU(pid int) (time.Duration, error) {
	of, err := readStat(strconv.Itoa(pid))
	if err != nil {
		return 0, fmt.Errorf("processor time of %d: %w", pid, err)
	}
	return of.own, nil
}

// FamilyCPU is the processor time of a process and of every child it has or
// had, as a database server with a process for each connection.
func FamilyCPU(pid int) (time.Duration, error) {
	of, err := readStat(strconv.Itoa(pid))
	if err != nil {
		return 0, fmt.Errorf("processor time of %d: %w", pid, err)
	}
	used := of.own + of.reaped
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		child, err := readStat(filepath.Base(filepath.Dir(file)))
		if err == nil && child.parent == pid { // one that has just ended is its parent's already
			used += child.own + child.reaped
		}
	}
	return used, nil
}

func readStat(pid string) (stat, error) {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return stat{}, err
	}
	return parseStat(text)
}

// The fields of a stat line after the name, which is in parentheses and may
// hold anything; proc(5) counts from 1, with the name as the second.
const (
	fieldParent = 4 - 3
	fieldUser   = 14 - 3 // then system, user of children, system of children
	fieldsUsed  = 18 - 3
)

func parseStat(text []byte) (stat, error) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < fieldsUsed {
		return stat{}, fmt.Errorf("not a stat line")
	}
	number := func(field int) (n int) {
		n, err := strconv.Atoi(string(fields[field]))
		if err != nil {
			return 0
		}
		return n
	}
	ticks := func(field int) time.Duration { return time.Duration(number(field)+number(field+1)) * tick }
	return stat{parent: number(fieldParent), own: ticks(fieldUser), reaped: ticks(fieldUser + 2)}, nil
}
