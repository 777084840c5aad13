package measure

import (
	"testing"
	"time"
)

func TestLatency(t *testing.T) {
	l, other := NewLatency(), NewLatency()
	for i := range 900 {
		l.Add(time.Duration(i+1) * time.Millisecond)
	}
	for i := range 100 {
		other.Add(time.Duration(901+i) * time.Millisecond)
	}
	l.Merge(other)
	for _, c := range []struct {
		name      string
		got, want time.Duration
	}{
		{"p50", l.At(0.5), 500 * time.Millisecond},
		{"p99", l.At(0.99), 990 * time.Millisecond},
		{"max", l.Max(), time.Second},
		{"mean", l.Mean(), 500500 * time.Microsecond},
	} {
		if off := (c.got - c.want).Abs(); off > c.want/500 { // three digits
			t.Errorf("%s is %s, want %s", c.name, c.got, c.want)
		}
	}
	if l.Count() != 1000 {
		t.Errorf("%d durations", l.Count())
	}
}

// What lies outside the range counts as the nearest end of it: nothing that
// was measured is left out.
func TestLatencyOutOfRange(t *testing.T) {
	l := NewLatency()
	l.Add(-time.Second)
	l.Add(time.Hour)
	if l.Count() != 2 || l.At(0.5) != 0 || l.Max() < latencyMax-time.Second {
		t.Errorf("%d durations, p50 %s, max %s", l.Count(), l.At(0.5), l.Max())
	}
	if empty := NewLatency(); empty.At(0.99) != 0 || empty.Max() != 0 {
		t.Error("nothing has a latency")
	}
}
