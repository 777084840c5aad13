package lifecycle

import (
	"math/bits"
	"time"
)

// The buckets of a spread: eight to each doubling of a microsecond, so that a
// quantile is at most an eighth above the truth, up to about two minutes.
const (
	spreadBits    = 3
	spreadPerTwo  = 1 << spreadBits
	spreadTwos    = 24
	spreadBuckets = spreadPerTwo * (spreadTwos + 1)
)

// spread counts durations by size.
type spread struct {
	counts [spreadBuckets]uint32
	n      int
	max    time.Duration
}

// add counts one duration.
func (s *spread) add(took time.Duration) {
	s.counts[bucketOf(took)]++
	s.n++
	s.max = max(s.max, took)
}

// merge counts what another spread counted.
func (s *spread) merge(other *spread) {
	if other.n == 0 {
		return
	}
	for i, n := range other.counts {
		s.counts[i] += n
	}
	s.n += other.n
	s.max = max(s.max, other.max)
}

// bucketOf is where a duration is counted: below 16 µs each microsecond has its
// own bucket, then the three bits behind the leading one choose.
func bucketOf(took time.Duration) int {
	micros := uint64(max(took, 0) / time.Microsecond)
	if micros < spreadPerTwo {
		return int(micros)
	}
	twos := bits.Len64(micros) - 1 - spreadBits
	return min(twos*spreadPerTwo+int(micros>>twos), spreadBuckets-1)
}

// upper is the largest duration of a bucket.
func upper(bucket int) time.Duration {
	if bucket < 2*spreadPerTwo {
		return time.Duration(bucket+1) * time.Microsecond
	}
	twos := bucket/spreadPerTwo - 1
	return time.Duration(uint64(bucket%spreadPerTwo+spreadPerTwo+1)<<twos) * time.Microsecond
}

// Quantiles are how durations are spread; all zero where there were none.
type Quantiles struct {
	Count              int
	P50, P95, P99, Max time.Duration
}

func (s *spread) quantiles() Quantiles {
	return Quantiles{Count: s.n, P50: s.quantile(50), P95: s.quantile(95), P99: s.quantile(99), Max: s.max}
}

// quantile is a duration that percent of those counted do not exceed.
func (s *spread) quantile(percent int) time.Duration {
	rank, seen := (s.n*percent+99)/100, 0
	for bucket, n := range s.counts {
		seen += int(n)
		if seen >= rank && n > 0 {
			return min(upper(bucket), s.max)
		}
	}
	return s.max
}
