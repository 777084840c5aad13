package settlement

import (
	"errors"
	"testing"
)

// A request takes effect once: kept answers come first, whoever was in between
// is waited out a few times, and a refusal is the answer unless the same request
// was kept meanwhile.
func TestOnce(t *testing.T) {
	unknown, raced, exists := &Error{Kind: KindNotFound}, &Error{Kind: KindConflict}, &Error{Kind: KindExists}
	refusal, broken := &Error{Kind: KindBlocked}, errors.New("the store is gone")
	for name, c := range map[string]struct {
		replays, attempts []error // what each call comes to; the last one holds on
		want              string
		err               error
		tried             int
	}{
		"kept before":               {[]error{nil}, []error{refusal}, "kept", nil, 0},
		"the store cannot be read":  {[]error{broken}, []error{nil}, "kept", broken, 0},
		"done at once":              {[]error{unknown}, []error{nil}, "done", nil, 1},
		"somebody was in between":   {[]error{unknown}, []error{raced, exists, nil}, "done", nil, 3},
		"refused":                   {[]error{unknown}, []error{refusal}, "", refusal, 1},
		"refused, being sent twice": {[]error{unknown, nil}, []error{refusal}, "kept", nil, 1},
		"kept between two tries":    {[]error{unknown, nil}, []error{raced}, "kept", nil, 1},
		"always somebody":           {[]error{unknown}, []error{raced}, "", raced, racesMost},
		"always, then it was ours":  {[]error{unknown, unknown, unknown, unknown, unknown, nil}, []error{exists}, "kept", nil, racesMost},
	} {
		replayed, tried := 0, 0
		got, err := Once(
			func() (string, error) { replayed++; return "kept", c.replays[min(replayed, len(c.replays))-1] },
			func() (string, error) { tried++; return "done", c.attempts[min(tried, len(c.attempts))-1] },
			Raced,
		)
		if got != c.want || !errors.Is(err, c.err) || tried != c.tried {
			t.Errorf("%s: %q, %v after %d tries; want %q, %v after %d", name, got, err, tried, c.want, c.err, c.tried)
		}
	}
}
