package stay

import (
	"slices"
	"time"
)

// Remedy is what two people may do to a stay. It is the act of proposing it.
type Remedy = Act

// The remedies.
const (
	RowsNotUploaded = ActNotUploaded // the payer has not got the rows, and is not sent them any more
	RowsByHand      = ActByHand      // the payer got the rows by other means
	Release         = ActRelease     // the stay is bound to its discharge no longer
)

// Proposal is one person's word, and what became of it.
type Proposal struct {
	Remedy   Remedy
	Rows     []string // that it ends
	Document string   // what shows it
	By       string
	At       time.Time

	Decided   Act // ActApproved or ActDeclined; "" while it waits for another person
	DecidedBy string
	decision  int // number of the event
}

func (p *Proposal) open() bool { return p != nil && p.Decided == "" }

// same reports whether a proposal says what another person's word, or a repeat of
// the same one's, says.
func (p *Proposal) same(said *Suggestion) bool {
	return p.By == said.Actor && p.Remedy == said.Remedy && p.Document == said.Document && slices.Equal(p.Rows, said.Rows)
}

// bySomebody takes what is not told between hospital and payer.
func (s *Stay) bySomebody(e *Event) {
	switch e.Act {
	case ActHanded:
		for _, line := range e.Lines {
			if at, known := s.place[line.Of]; known && s.Charges[at].owed() {
				s.Charges[at].Handed = true
			}
		}
	case ActNotUploaded, ActByHand, ActRelease:
		s.Proposal = &Proposal{Remedy: e.Act, Document: e.Words, By: e.Actor, At: e.At}
		for _, line := range e.Lines {
			s.Proposal.Rows = append(s.Proposal.Rows, line.Of)
		}
	case ActApproved, ActDeclined:
		if !s.Proposal.open() {
			return
		}
		s.Proposal.Decided, s.Proposal.DecidedBy, s.Proposal.decision = e.Act, e.Actor, e.No
		if e.Act == ActApproved {
			s.remedied(s.Proposal)
		}
	}
}

// remedied does what was approved.
func (s *Stay) remedied(p *Proposal) {
	if p.Remedy == Release {
		s.Taken = ""
	}
	for _, row := range p.Rows {
		if at, known := s.place[row]; known {
			s.Charges[at].Ended, s.Charges[at].Line.Words = p.Remedy, p.Document
		}
	}
}

// overtake drops a proposal that nobody decided on where what it is about has
// changed.
func (s *Stay) overtake(about func(*Proposal) bool) {
	if s.Proposal.open() && about(s.Proposal) {
		s.Proposal = nil
	}
}
