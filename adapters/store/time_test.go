package store

import (
	"testing"
	"time"
)

func TestTime(t *testing.T) {
	shanghai := time.FixedZone("Asia/Shanghai", 8*60*60)
	for _, c := range []struct {
		name        string
		given, want time.Time
	}{
		{"no time", time.Time{}, time.Time{}},
		{"microseconds", time.Date(2012, 7, 1, 0, 0, 0, 1_000, time.UTC), time.Date(2012, 7, 1, 0, 0, 0, 1_000, time.UTC)},
		{"finer", time.Date(2012, 7, 1, 0, 0, 0, 1_999, time.UTC), time.Date(2012, 7, 1, 0, 0, 0, 1_000, time.UTC)},
		{"finer, before 1970", time.Date(1949, 10, 1, 0, 0, 0, 1_999, time.UTC), time.Date(1949, 10, 1, 0, 0, 0, 1_000, time.UTC)},
		{"another place", time.Date(2012, 7, 1, 8, 0, 0, 0, shanghai), time.Date(2012, 7, 1, 0, 0, 0, 0, time.UTC)},
		{"1970", time.Unix(0, 0), time.Unix(0, 0).UTC()},
		{"year 9999", time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Time(Micros(c.given)); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestNoTimeSortsFirst(t *testing.T) {
	if Micros(time.Time{}) >= Micros(time.Date(1, 1, 1, 0, 0, 0, 1_000, time.UTC)) {
		t.Error("no time sorts after the first microsecond of all")
	}
}
