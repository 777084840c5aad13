package main

import (
	"strings"
	"testing"
)

// The calls of a trace, as strace writes them.
const (
	traceWrite  = `7 1.0 pwrite64(12</x/onestop.db-wal>, "\0\0"..., 4096, 56) = 4096`
	traceSync   = `7 1.1 fsync(12</x/onestop.db-wal>) = 0`
	traceCall   = `8 1.2 write(20<TCP:[127.0.0.1:55192->127.0.0.1:33481]>, "POST /fsi/api/hospSettService/set"..., 356) = 356`
	traceAnswer = `9 1.3 write(19<TCP:[127.0.0.1:18080->127.0.0.1:45262]>, "HTTP/1.1 200 OK\r\nCache-Control: "..., 3924) = 3924`
)

func TestProof(t *testing.T) {
	replaced := func(line, old, by string) string { return strings.Replace(line, old, by, 1) }
	for name, c := range map[string]struct {
		trace                     []string
		answers, early            int
		callsEarly, callsExpected int
	}{
		"intent, call, commit, answer": {
			trace:   []string{traceWrite, traceSync, traceCall, traceWrite, traceWrite, traceSync, traceAnswer},
			answers: 1, callsExpected: 1,
		},
		"fdatasync is as good": {
			trace:   []string{traceWrite, replaced(traceSync, "fsync", "fdatasync"), traceAnswer},
			answers: 1,
		},
		"an answer before the sync": {
			trace:   []string{traceWrite, traceAnswer, traceSync},
			answers: 1, early: 1,
		},
		"an answer while the sync runs": {
			trace: []string{
				traceWrite, `7 1.1 fsync(12</x/onestop.db-wal> <unfinished ...>`, traceAnswer, `7 1.4 <... fsync resumed>) = 0`,
			},
			answers: 1, early: 1,
		},
		"an answer after a sync that returned elsewhere": {
			trace: []string{
				traceWrite, `7 1.1 fsync(12</x/onestop.db-wal> <unfinished ...>`, `7 1.4 <... fsync resumed>) = 0`, traceAnswer,
			},
			answers: 1,
		},
		"a write after the sync began": {
			trace: []string{
				traceWrite, `7 1.1 fsync(12</x/onestop.db-wal> <unfinished ...>`, replaced(traceWrite, "7 ", "6 "), `7 1.4 <... fsync resumed>) = 0`, traceAnswer,
			},
			answers: 1, early: 1,
		},
		"a write that had not returned when the sync began": {
			trace: []string{
				`6 1.0 pwrite64(12</x/onestop.db-wal>, "\0\0"..., 4096, 56 <unfinished ...>`, traceSync, `6 1.2 <... pwrite64 resumed>) = 4096`, traceAnswer,
			},
			answers: 1, early: 1,
		},
		"a sync that was only pretended": {
			trace:   []string{traceWrite, `7 1.1 fsync(12</x/onestop.db-wal>) = 0 (INJECTED)`, traceAnswer},
			answers: 1, early: 1,
		},
		"a pretended sync that was interrupted by another line": {
			trace: []string{
				traceWrite, `7 1.1 fsync(12</x/onestop.db-wal> <unfinished ...>`, `7 1.2 <... fsync resumed>) = 0 (INJECTED)`, traceAnswer,
			},
			answers: 1, early: 1,
		},
		"a sync that failed": {
			trace:   []string{traceWrite, `7 1.1 fsync(12</x/onestop.db-wal>) = -1 EIO (Input/output error)`, traceAnswer},
			answers: 1, early: 1,
		},
		"a sync of another file": {
			trace:   []string{traceWrite, replaced(traceSync, "onestop.db-wal", "onestop.db"), traceAnswer},
			answers: 1, early: 1,
		},
		"an answer for which nothing was written since the call": {
			trace:   []string{traceWrite, traceSync, traceCall, traceAnswer, traceWrite, traceSync},
			answers: 1, early: 1, callsExpected: 1,
		},
		"a second answer on the same commit": {
			trace:   []string{traceWrite, traceSync, traceAnswer, traceAnswer},
			answers: 2, early: 1,
		},
		"a call before its intent": {
			trace:         []string{traceCall, traceWrite, traceSync, traceAnswer},
			answers:       1,
			callsExpected: 1, callsEarly: 1,
		},
		"what is none of ours": {
			trace: []string{
				replaced(traceAnswer, "45262", "45263"), replaced(traceAnswer, "200", "503"), replaced(traceCall, "33481", "33482"),
				`9 1.3 write(2</x/log>, "HTTP/1.1 200 "..., 10) = 10`, `7 2.0 +++ exited with 0 +++`, ``,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProof("onestop.db-wal")
			p.clients["127.0.0.1:45262"], p.payers["127.0.0.1:33481"] = true, true
			if err := p.read(strings.NewReader(strings.Join(c.trace, "\n"))); err != nil {
				t.Fatal(err)
			}
			if p.answers != c.answers || p.answersEarly != c.early || p.calls != c.callsExpected || p.callsEarly != c.callsEarly {
				t.Errorf("answers %d, early %d, calls %d, early %d", p.answers, p.answersEarly, p.calls, p.callsEarly)
			}
		})
	}
}
