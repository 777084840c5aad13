package yardstick

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// A line of /proc/<pid>/stat whose name holds what a careless reader would
// split at: parent 77, 120 + 34 ticks of its own, 56 + 7 of its children.
const statLine = "4242 (a ) b (c) S 77 4242 4242 0 -1 4194560 900 0 0 0 120 34 56 7 20 0 1 0 5000 1000000 300 18446744073709551615\n"

func TestParseStat(t *testing.T) {
	got, err := parseStat([]byte(statLine))
	want := stat{parent: 77, own: Used{1200 * time.Millisecond, 340 * time.Millisecond}, reaped: Used{560 * time.Millisecond, 70 * time.Millisecond}}
	if err != nil || got != want {
		t.Errorf("%+v, want %+v, %v", got, want, err)
	}
	for _, line := range []string{"", "4242 (a) S 77"} {
		if _, err := parseStat([]byte(line)); err == nil {
			t.Errorf("%q is read as a stat line", line)
		}
	}
}

// patience is how long work may take to be seen on a machine that has others.
const patience = time.Minute

// Processor time grows while there is work, and by no more than all processors
// can have given in the time it took, and the tick in which one looks.
func TestCPUSeesWork(t *testing.T) {
	const enough, tick = 50 * time.Millisecond, 10 * time.Millisecond
	began := time.Now()
	before, err := CPU(os.Getpid())
	if err != nil {
		t.Skip("no /proc here: ", err)
	}
	var spent time.Duration
	for spent < enough {
		now, err := CPU(os.Getpid())
		if spent = now.Minus(before).Whole(); err != nil || time.Since(began) > patience {
			t.Fatalf("%s for %s of work, %v", spent, time.Since(began), err)
		}
	}
	if most := time.Since(began)*time.Duration(runtime.NumCPU()) + 2*tick; spent > most {
		t.Errorf("%s of work in which %s was to be had", spent, most)
	}
	if _, err := CPU(1 << 30); err == nil {
		t.Error("nobody has processor time")
	}
}

// The work of children belongs to the family while they live and after.
func TestFamilyCPUSeesChildren(t *testing.T) {
	before, err := FamilyCPU(os.Getpid())
	if err != nil {
		t.Skip("no /proc here: ", err)
	}
	child := exec.Command("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; read forever")
	hold, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for spent := time.Duration(0); spent < 50*time.Millisecond; time.Sleep(20 * time.Millisecond) {
		now, err := FamilyCPU(os.Getpid())
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%s of a child that lives, %v", spent, err)
		}
		spent = now.Minus(before).Whole()
	}
	hold.Close()
	_ = child.Wait() // 1: nothing more to read
	after, err := FamilyCPU(os.Getpid())
	if spent := after.Minus(before).Whole(); err != nil || spent < 50*time.Millisecond {
		t.Errorf("%s of a child that has ended, %v", spent, err)
	}
}

func TestParseIdle(t *testing.T) {
	got, err := parseIdle([]byte("cpu  4705 150 1120 16250 520 0 30 0 0 0\ncpu0 1 1 1 1 1\n"))
	if want := 167700 * time.Millisecond; err != nil || got != want {
		t.Errorf("%s, want %s, %v", got, want, err)
	}
	for _, text := range []string{"", "cpu0 1 2 3 4 5", "cpu 1 2 3"} {
		if _, err := parseIdle([]byte(text)); err == nil {
			t.Errorf("%q has idle time", text)
		}
	}
}

// A machine is idle for no longer than its cores have time.
func TestIdle(t *testing.T) {
	before, err := Idle()
	if err != nil {
		t.Skip("no /proc here: ", err)
	}
	begun := time.Now()
	time.Sleep(100 * time.Millisecond)
	after, err := Idle()
	most := time.Duration(runtime.NumCPU())*(time.Since(begun)+2*tick) + tick
	if idle := after - before; err != nil || idle < -time.Second || idle > most+time.Second { // what waits for disks is counted down at times
		t.Errorf("idle for %s of at most %s, %v", idle, most, err)
	}
}
