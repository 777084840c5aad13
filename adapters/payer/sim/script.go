package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/adapters/signature/reference"
	"github.com/onestop-gateway/onestop/settlement"
)

// Fault is one way a call goes.
type Fault string

// The faults; the comment says what is in the book afterwards.
const (
	OK              Fault = "ok"               // applied
	Refuse          Fault = "refuse"           // infcode -2; nothing
	SystemError     Fault = "system_error"     // infcode -1; nothing
	HTTPError       Fault = "http_error"       // status 500; nothing
	LostBefore      Fault = "lost_before"      // connection closed, after a rule's delay; nothing
	LostAfter       Fault = "lost_after"       // applied, and the connection closed, after a rule's delay
	Slow            Fault = "slow"             // after the delay, even if nobody waits any more: applied
	Duplicate       Fault = "duplicate"        // the message arrives twice and is recognised: applied once
	Malformed       Fault = "malformed"        // half a JSON text; applied
	Reset           Fault = "reset"            // connection reset inside the body; applied
	Oversized       Fault = "oversized"        // more than 1 MiB; applied
	WrongSums       Fault = "wrong_sums"       // the answer does not add up; applied
	OtherPerson     Fault = "other_person"     // the answer names another person; applied
	OtherMessage    Fault = "other_message"    // the answer names another message; applied
	OtherTotal      Fault = "other_total"      // 100 yuan more; applied so
	OtherParts      Fault = "other_parts"      // 1 yuan moved to self-funded; applied so
	Assists         Fault = "assists"          // the payer's own assistance is in it; applied so
	NotFound        Fault = "not_found"        // reversal, inquiry: denies the settlement; nothing
	AlreadyReversed Fault = "already_reversed" // reversal: claims it is done; nothing
	AtNight         Fault = "at_night"         // booked five minutes before midnight; applied
	Idle            Fault = "idle"             // reversal: says yes; nothing
	ExpiredTicket   Fault = "expired_ticket"   // every ticket given out is void; nothing
	BadSignature    Fault = "bad_signature"    // the answer is signed by somebody else; applied
	NoSignature     Fault = "no_signature"     // the answer is not signed; applied
)

var faults = []Fault{
	OK, Refuse, SystemError, HTTPError, LostBefore, LostAfter, Slow, Duplicate, Malformed, Reset, Oversized, WrongSums,
	OtherPerson, OtherMessage, OtherTotal, OtherParts, Assists, NotFound, AlreadyReversed, AtNight, Idle,
	ExpiredTicket, BadSignature, NoSignature,
}

// Script says whom the payer insures, how it pays and how it misbehaves.
type Script struct {
	// Credentials are access ids and their tokens; empty asks for no signature.
	Credentials map[string]string `json:"credentials"`
	// Signing is how messages are signed and encrypted where the wire is NHSA:
	// a request that is not is refused. nil: they are in plain.
	Signing *reference.Party `json:"signing"`
	// People are the insured by the payer's number of them; Anyone stands for
	// everybody not listed, and without it they are unknown.
	People map[string]Person `json:"people"`
	Anyone *Person           `json:"anyone"`
	// Stays are what was charged in the stays the payer knows, where its wire
	// leaves that to an earlier upload; AnyStay stands for those not listed.
	Stays   map[string]Stay `json:"stays"`
	AnyStay *Stay           `json:"any_stay"`
	// Clearings are the kinds of clearing by encounter, which a payer knows from
	// a registration that is not played; others are 21, inpatient.
	Clearings map[string]string `json:"clearings"`
	// Items are the parts of uploaded items that are eligible, by the payer's
	// code; an item not listed is eligible wholly.
	Items map[string]string `json:"items"`
	// Rules are tried in order; the first that matches and is not used up
	// decides. Otherwise the fault is drawn by Weights, or OK without any.
	Rules   []Rule        `json:"rules"`
	Weights map[Fault]int `json:"weights"`
	// DrawsMax ends the drawing for a message after so many calls with it, so
	// that what is tried again heals; 0 is without end.
	DrawsMax    int   `json:"draws_max"`
	DelayMillis int64 `json:"delay_ms"` // of a drawn Slow
	Deduplicate bool  `json:"deduplicate"`
	AsText      bool  `json:"as_text"` // amounts, infcode and output as strings
}

// Rule scripts calls one by one. Empty fields match every call.
type Rule struct {
	Person      string `json:"person"`
	Encounter   string `json:"encounter"`
	Transaction string `json:"transaction"` // as in "2304"
	Fault       Fault  `json:"fault"`
	First       int    `json:"first"` // only the first so many matching calls; 0 is every one
	DelayMillis int64  `json:"delay_ms"`
}

// ParseScript reads a script strictly: an unknown key is an error.
func ParseScript(text []byte) (Script, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var script Script
	if err := decoder.Decode(&script); err != nil {
		return Script{}, fmt.Errorf("reading script: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Script{}, fmt.Errorf("reading script: text after its end")
	}
	return script, script.check()
}

func (s Script) check() error {
	for i, rule := range s.Rules {
		if !slices.Contains(faults, rule.Fault) || rule.First < 0 || rule.DelayMillis < 0 {
			return fmt.Errorf("script: rule %d: no such fault, or a negative number", i)
		}
	}
	for fault, weight := range s.Weights {
		if !slices.Contains(faults, fault) || weight < 0 {
			return fmt.Errorf("script: weight of %q", fault)
		}
	}
	for item, ratio := range s.Items {
		if value, err := settlement.ParseRatio(ratio); err != nil || !value.AtMostOne() {
			return fmt.Errorf("script: item %s: not a ratio up to 1", item)
		}
	}
	for number, person := range s.People {
		if _, err := person.terms(); err != nil {
			return fmt.Errorf("script: person %s: %w", number, err)
		}
	}
	if s.Anyone == nil {
		return nil
	}
	if _, err := s.Anyone.terms(); err != nil {
		return fmt.Errorf("script: anyone: %w", err)
	}
	return nil
}

// person is who has the payer's number.
func (s *Script) person(number string) (Person, bool) {
	if person, listed := s.People[number]; listed {
		return person, true
	}
	if s.Anyone == nil {
		return Person{}, false
	}
	return *s.Anyone, true
}

// anyonePrefix makes the payer's number of an unlisted person from their
// identity number.
const anyonePrefix = "9"

func (r Rule) matches(q question) bool {
	return (r.Person == "" || r.Person == q.Input.Data.Person) &&
		(r.Encounter == "" || r.Encounter == q.Input.Data.Encounter) &&
		(r.Transaction == "" || r.Transaction == q.Number)
}

func millis(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
