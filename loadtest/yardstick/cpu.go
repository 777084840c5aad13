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

// Used is processor time: what a program used itself, and what the kernel used
// for it.
type Used struct{ User, Kernel time.Duration }

// Whole is both together.
func (u Used) Whole() time.Duration { return u.User + u.Kernel }

// Plus is u and other together.
func (u Used) Plus(other Used) Used { return Used{u.User + other.User, u.Kernel + other.Kernel} }

// Minus is u without other.
func (u Used) Minus(other Used) Used { return Used{u.User - other.User, u.Kernel - other.Kernel} }

// stat is what /proc says of one process.
type stat struct {
	parent      int
	own, reaped Used // of its own, and of children that have ended
}

// CPU is the processor time a process has used itself; resolution 10 ms.
func CPU(pid int) (Used, error) {
	of, err := readStat(strconv.Itoa(pid))
	if err != nil {
		return Used{}, fmt.Errorf("processor time of %d: %w", pid, err)
	}
	return of.own, nil
}

// FamilyCPU is the processor time of a process and of every child it has or
// had, as a database server with a process for each connection.
func FamilyCPU(pid int) (Used, error) {
	of, err := readStat(strconv.Itoa(pid))
	if err != nil {
		return Used{}, fmt.Errorf("processor time of %d: %w", pid, err)
	}
	used := of.own.Plus(of.reaped)
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return Used{}, err
	}
	for _, file := range files {
		child, err := readStat(filepath.Base(filepath.Dir(file)))
		if err == nil && child.parent == pid { // one that has just ended is its parent's already
			used = used.Plus(child.own).Plus(child.reaped)
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
	ticks := func(field int) Used {
		return Used{time.Duration(number(field)) * tick, time.Duration(number(field+1)) * tick}
	}
	return stat{parent: number(fieldParent), own: ticks(fieldUser), reaped: ticks(fieldUser + 2)}, nil
}

// Idle is the processor time that nobody has used since the machine started, on
// all of its cores together.
func Idle() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, fmt.Errorf("idle time: %w", err)
	}
	return parseIdle(text)
}

// parseIdle reads the first line of /proc/stat: after "cpu" ticks of programs,
// of programs with less priority, of the kernel, of nobody, and of nobody while
// a disk was waited for.
func parseIdle(text []byte) (time.Duration, error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var programs, nice, kernel, idle, waiting int64
	if _, err := fmt.Sscanf(string(line), "cpu %d %d %d %d %d", &programs, &nice, &kernel, &idle, &waiting); err != nil {
		return 0, fmt.Errorf("idle time: %w", err)
	}
	return time.Duration(idle+waiting) * tick, nil
}
