package stay_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// scheme is a payer that answers as it is told to, one result after another,
// and then yes.
type scheme struct {
	mu      sync.Mutex
	results []settlement.Result
	repeats bool
	words   []string // of its refusals, one after another
	never   string   // a row for the sake of which it refuses all, once asked twice
	sent    []string // what arrived
	before  func()   // runs while a call is under way
}

func (s *scheme) StayTimeout() time.Duration { return 10 * time.Second }
func (s *scheme) WantsStays() bool           { return true }
func (s *scheme) RegistrationRepeats() bool  { return s.repeats }
func (s *scheme) RefusalsMost() int          { return 5 }

func (s *scheme) PrepareRegistration(facility lifecycle.Facility, form *stay.Form) ([]byte, error) {
	if form.Insured == "" {
		return nil, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "beneficiary.insured_number"}
	}
	return []byte("register " + string(facility.ID) + " " + form.Insured.Reveal()), nil
}

func (s *scheme) PrepareCharges(encounter settlement.EncounterID, rows []stay.Row) ([]byte, error) {
	text := "charge " + string(encounter)
	for _, row := range rows {
		text += " " + row.ID
	}
	return []byte(text), nil
}

func (s *scheme) next(body []byte) settlement.Result {
	if s.before != nil {
		s.before()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, string(body))
	if len(s.results) == 0 {
		return settlement.ResultApplied
	}
	result := s.results[0]
	s.results = s.results[1:]
	return result
}

// arrived is how many calls have come in.
func (s *scheme) arrived() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

func (s *scheme) answer(body []byte) stay.Answer {
	switch result := s.next(body); result {
	case settlement.ResultApplied:
		return stay.Answer{Result: result, Body: []byte("yes")}
	case settlement.ResultRefused:
		words := "不予受理"
		if len(s.words) > 0 {
			words, s.words = s.words[0], s.words[1:]
		}
		return stay.Answer{Result: result, Words: words, Body: []byte("no")}
	default:
		return stay.Answer{Result: result, Cause: errors.New("no answer")}
	}
}

func (s *scheme) SendRegistration(_ context.Context, _ *stay.Form, body []byte) stay.Answer {
	told := s.answer(body)
	if told.Result == settlement.ResultApplied {
		told.Encounter = "I1"
	}
	return told
}

func (s *scheme) SendCharges(_ context.Context, _ settlement.EncounterID, rows []stay.Row, body []byte) stay.Answer {
	told := s.answer(body)
	if told.Result == settlement.ResultApplied && slices.ContainsFunc(rows, func(r stay.Row) bool { return r.ID == s.never }) {
		return stay.Answer{Result: settlement.ResultRefused, Words: "不予受理"}
	}
	if told.Result == settlement.ResultApplied {
		for _, row := range rows {
			line := stay.Line{Of: row.ID, Taken: row.Item != "", Eligible: row.Total}
			if !line.Taken {
				line.Eligible, line.Words = 0, "目录外"
			}
			told.Lines = append(told.Lines, line)
		}
	}
	return told
}

// gates closes when it is told to. A trial ends with the first answer.
type gates struct {
	mu      sync.Mutex
	err     error
	onTrial bool
}

func (g *gates) Enter(settlement.PayerCode) (lifecycle.Pass, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return lifecycle.Pass{OnTrial: g.onTrial, Leave: func() {}}, g.err
}

func (g *gates) Heard(_ settlement.PayerCode, result settlement.Result) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.onTrial = g.onTrial && result != settlement.ResultApplied
}
