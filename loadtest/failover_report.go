package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// span is the time of one strike, or of the peace before it.
type span struct{ from, to time.Time }

// silences says how long nothing was acknowledged in each span, and what the
// clients heard instead, and gives the longest silence of a strike.
func silences(notes io.Writer, stories []*story, spans []span) time.Duration {
	acks, heard := acknowledgements(stories)
	var longest time.Duration
	for i, s := range spans {
		began, silent := silence(acks, s)
		if i == 0 {
			fmt.Fprintf(notes, "peace: %d acknowledged in all, silent for %.1f s at most before the first strike\n", len(acks), silent.Seconds())
			continue
		}
		longest = max(longest, silent)
		fmt.Fprintf(notes, "strike %d at %s: silent for %.1f s from %+.1f s on, %d s below a tenth of the pace\n",
			i, s.from.UTC().Format(time.TimeOnly), silent.Seconds(), began.Sub(s.from).Seconds(), starved(acks, s, spans[0]))
	}
	for _, answer := range sorted(heard) {
		fmt.Fprintf(notes, "heard %s: %d\n", answer, heard[answer])
	}
	return longest
}

// acknowledgements are the times at which keys were first acknowledged, in
// order, and how often each answer that is not final was heard.
func acknowledgements(stories []*story) ([]time.Time, map[string]int) {
	var acks []time.Time
	heard := map[string]int{}
	for _, s := range stories {
		first := slices.IndexFunc(s.Said, func(one said) bool { return one.acknowledged() })
		if first >= 0 {
			acks = append(acks, s.Said[first].At)
		}
		for _, one := range s.Said {
			if one.standing() != standingFinal {
				heard[strings.TrimSpace(one.Status+" "+one.Reason+" "+one.State)]++
			}
		}
	}
	slices.SortFunc(acks, time.Time.Compare)
	return acks, heard
}

// silence is the longest time between two neighbouring acknowledgements that
// reaches into a span.
func silence(acks []time.Time, within span) (began time.Time, longest time.Duration) {
	for i := 1; i < len(acks); i++ {
		reaches := acks[i].After(within.from) && acks[i-1].Before(within.to)
		if gap := acks[i].Sub(acks[i-1]); reaches && gap > longest {
			began, longest = acks[i-1], gap
		}
	}
	return began, longest
}

// starved counts the seconds of a span in which less was acknowledged than a
// tenth of what was in peace. A silence may be broken by answers that were
// durable before it, which are no sign that the cluster takes writes again.
func starved(acks []time.Time, within, peace span) (seconds int) {
	count := func(from, to time.Time) (n int) {
		for _, at := range acks {
			if !at.Before(from) && at.Before(to) {
				n++
			}
		}
		return n
	}
	before, length := count(peace.from, peace.to), peace.to.Sub(peace.from)
	for at := within.from; !at.Add(time.Second).After(within.to); at = at.Add(time.Second) {
		if time.Duration(10*count(at, at.Add(time.Second)))*length < time.Duration(before)*time.Second {
			seconds++
		}
	}
	return seconds
}
