package stay

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Summary is a stay without its rows and without what was sent and heard: what
// a list shows, and what whoever asks payers again has to know. It is kept
// beside the events, so that a list reads none of them.
type Summary struct {
	Event     // the first, without its body
	Events    int
	State     State
	Encounter settlement.EncounterID
	Words     string
	Taken     settlement.DischargeID // it is settled by; "": none so far
	Charged   settlement.Money       // what the rows come to that the payer has taken
	Sent      int                    // rows
	NotTaken  int                    // of them
	Missing   string                 // the first row that the payer has not taken; "": none
	// Outstanding: the payer owes an answer, about the registration or a row.
	Outstanding bool
	Unanswered  int   // rows for which it owes one, and which the gateway sends again
	Handed      int   // rows for which it owes one, and which people must end
	Proposed    bool  // one person proposed something, and another has not decided on it
	Asked       Tries // of the registration
	Uploaded    Tries // of rows
}

// Tries are how often something was sent since the payer last answered for it,
// and when the last time.
type Tries struct {
	At    time.Time
	Times int
}

func (t *Tries) add(at time.Time) { t.At, t.Times = at, t.Times+1 }

// sum says in the summary what the rows come to.
func (s *Stay) sum() {
	for i := range s.Charges {
		c := &s.Charges[i]
		s.Sent++
		switch {
		case c.owed() && c.Handed:
			s.Handed++
		case c.owed():
			s.Unanswered++
		}
		if c.counted() {
			s.Charged += c.Total
		}
		if !c.missing() {
			continue
		}
		s.NotTaken++
		if s.Missing == "" {
			s.Missing = c.ID
		}
	}
	s.Outstanding = s.State == Sending || s.State == InDoubt || s.Unanswered+s.Handed > 0
	s.Proposed = s.Proposal.open()
}

// ForPeople reports whether people are to end a row, or to decide on what one of
// them proposed.
func (s *Summary) ForPeople() bool { return s.Handed > 0 || s.Proposed }

// Listed is a stay as a store lists it.
type Listed struct {
	Summary
	// Kept is how many events there are. Where that is not Events, a gateway that
	// keeps no summaries wrote the others: then only the stay's id is told.
	Kept int
}
