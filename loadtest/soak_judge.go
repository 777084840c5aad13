package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// booked is one line of a payer's own book.
type booked struct {
	Message   string `json:"message"`
	Encounter string `json:"encounter"`
	Reference string `json:"reference"`
	Net       int    `json:"net"`
}

// readBook reads a payer's book as it is exported: JSON lines.
func readBook(text []byte) ([]booked, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var lines []booked
	for {
		var line booked
		err := decoder.Decode(&line)
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading a payer's book: %w", err)
		}
		lines = append(lines, line)
	}
}

// second is what a key and its settlement say when they are asked once more
// at the end.
type second struct {
	repeat said // the same key again
	read   said // the settlement, read
}

// evidence is everything a soak is judged by. Nothing in it comes from inside
// a gateway.
type evidence struct {
	stories []*story
	seconds map[string]second   // by key, of final ones
	books   map[string][]booked // by payer
	town    *town
	limits  *limits
}

// verdict is what came of a soak. Every count but the first and the last has
// to be zero.
type verdict struct {
	acknowledged, lost, paidTwice, overCap, stuck, attention int
	limited                                                  int // benefits a cap cut: what makes overCap tell something
	problems                                                 []string
}

// String is the closing line.
func (v *verdict) String() string {
	return fmt.Sprintf("acknowledged %d, lost %d, paid twice %d, over cap %d, stuck %d, attention %d",
		v.acknowledged, v.lost, v.paidTwice, v.overCap, v.stuck, v.attention)
}

// sound reports whether the soak has proved what it is for.
func (v *verdict) sound() bool {
	return v.acknowledged > 0 && v.lost == 0 && v.paidTwice == 0 && v.overCap == 0 && v.stuck == 0 && len(v.problems) == 0
}

// found counts a breach and says which it is.
func (v *verdict) found(count *int, kind, says string, args ...any) {
	*count++
	v.problems = append(v.problems, kind+": "+fmt.Sprintf(says, args...))
}

// judge weighs the evidence.
func judge(e *evidence) *verdict {
	v := &verdict{}
	stays := map[string]*stay{}
	for _, s := range e.stories {
		v.weigh(e, s)
		if stays[s.Discharge] == nil {
			stays[s.Discharge] = &stay{encounter: s.Encounter, person: e.town.byID[s.Person], reversed: map[string]bool{}}
		}
		stays[s.Discharge].tell(s)
	}
	books := newShelf(e.books)
	accounts := map[account]*drawn{}
	for _, id := range sorted(stays) {
		v.weighStay(id, stays[id], books)
		v.draw(e.limits, accounts, stays[id])
	}
	v.weighStrangers(stays, books)
	for at, d := range accounts {
		if d.limit != nil && d.paid > *d.limit {
			v.found(&v.overCap, "over cap", "%s in %s drew %s of %s, limit %s", at.person, at.year, d.paid, at.bucket, *d.limit)
		}
	}
	slices.Sort(v.problems)
	return v
}

// weigh looks at one key: whether its answer stands, and stays what it was.
func (v *verdict) weigh(e *evidence, s *story) {
	last, how := s.last()
	switch how {
	case standingOpen:
		v.found(&v.stuck, "stuck", "key %s of discharge %s has no final answer", s.Key, s.Discharge)
	case standingWrong:
		v.found(&v.stuck, "wrong answer", "key %s of discharge %s: %s %s", s.Key, s.Discharge, last.Status, last.Reason)
	case standingPeople:
		v.attention++
	}
	at := slices.IndexFunc(s.Said, func(one said) bool { return one.standing() == standingFinal })
	if at < 0 {
		return
	}
	first := s.Said[at]
	if first.acknowledged() {
		v.acknowledged++
	}
	again, asked := e.seconds[s.Key]
	later := slices.Clone(s.Said[at+1:])
	if asked {
		later = append(later, again.repeat)
	}
	for i := range later {
		if !same(&first, &later[i]) {
			v.found(&v.lost, "lost", "key %s (settlement %s) was answered %s and then %s %s %s",
				s.Key, first.ID, first.State, later[i].Status, later[i].State, later[i].Reason)
			return
		}
	}
	switch {
	case !asked || again.repeat.Status == statusNone:
		v.found(&v.lost, "lost", "key %s (settlement %s) got no answer when it was asked again", s.Key, first.ID)
	case again.read.Status != "" && !shows(&first, &again.read):
		v.found(&v.lost, "lost", "settlement %s was answered %s under key %s and reads %s %s",
			first.ID, first.State, s.Key, again.read.Status, again.read.State)
	}
}

// same reports whether a later answer does not contradict a final one: it is
// the same bytes over the same transport, the same message over the other, or
// no answer at all.
func same(first, later *said) bool {
	if later.standing() == standingOpen {
		return later.Status != codes.OK.String() // "in progress" is an answer, and another
	}
	if later.Transport == first.Transport {
		return later.standing() == standingFinal && bytes.Equal(first.Raw, later.Raw)
	}
	return equal(first, later, false)
}

// shows reports whether reading a settlement shows what was answered last. Only
// the mark that an earlier settlement was reversed may have come since.
func shows(answered, read *said) bool { return equal(answered, read, true) }

// equal compares two answers as messages. With review, b may have the mark of a
// later review that a has not.
func equal(a, b *said, review bool) bool {
	left, err := a.settlement()
	if err != nil {
		return false
	}
	right, err := b.settlement()
	if err != nil || b.Status != codes.OK.String() {
		return false
	}
	if review && right.GetReview() {
		left = proto.Clone(left).(*onestopv1.Settlement)
		left.Review = proto.Bool(true)
	}
	return proto.Equal(left, right)
}

// sorted are the keys of a map in order.
func sorted[V any](of map[string]V) []string {
	keys := make([]string, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
