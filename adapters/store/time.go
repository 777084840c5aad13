package store

import "time"

// Precision is what a store keeps of a time: what is finer is cut off. A
// caller that compares what it wrote with what it reads cuts its clock to it.
const Precision = time.Microsecond

// Micros is a time as stores keep it: microseconds since 1970 in UTC. No time
// at all sorts before every other.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time is the time kept as micros, in UTC; it is the zero time for what
// Micros makes of the zero time.
func Time(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
