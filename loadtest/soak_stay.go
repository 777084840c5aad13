package main

import (
	"slices"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// stay is one discharge as its keys tell it.
type stay struct {
	encounter string
	person    *person
	settled   []said          // final answers that settled it
	reversed  map[string]bool // ids of settlements that were reversed
	uncertain bool            // a key is open, or with people
}

// tell takes a key of the stay into account.
func (s *stay) tell(of *story) {
	last, how := of.last()
	switch {
	case how == standingOpen || how == standingPeople:
		s.uncertain = true
	case how != standingFinal:
	case of.Verb == verbReverse && last.State == onestopv1.State_STATE_REVERSED.String():
		s.reversed[of.Of] = true
	case of.Verb == verbSettle && last.acknowledged():
		s.settled = append(s.settled, last)
	}
}

// standing are the settlements of the stay that were not reversed.
func (s *stay) standing() []said {
	var left []said
	for _, one := range s.settled {
		if !s.reversed[one.ID] {
			left = append(left, one)
		}
	}
	return left
}

// shelf is payers' books by payer and encounter.
type shelf map[string]map[string][]booked

// newShelf sorts the books' lines. The encounter is the one name of a stay that
// the cashier and the payer share.
func newShelf(books map[string][]booked) shelf {
	sorted := shelf{}
	for payer, lines := range books {
		sorted[payer] = map[string][]booked{}
		for _, line := range lines {
			sorted[payer][line.Encounter] = append(sorted[payer][line.Encounter], line)
		}
	}
	return sorted
}

// weighStay compares what the payers hold for a discharge with what its
// cashier was told.
func (v *verdict) weighStay(id string, s *stay, books shelf) {
	standing := s.standing()
	if len(standing) > 1 {
		v.found(&v.paidTwice, "paid twice", "discharge %s is settled %d times: %s and %s", id, len(standing), standing[0].ID, standing[1].ID)
	}
	for _, payer := range sorted(books) {
		lines, held, asked := books[payer][s.encounter], 0, slices.Contains(s.person.Payers, payer)
		for _, line := range lines {
			held += line.Net
			if line.Net < 0 || line.Net > 1 {
				v.found(&v.paidTwice, "paid twice", "payer %s holds message %s of discharge %s %d times", payer, line.Message, id, line.Net)
			}
		}
		switch {
		case held > 1:
			v.found(&v.paidTwice, "paid twice", "payer %s pays discharge %s %d times", payer, id, held)
		case !asked && len(lines) > 0:
			v.found(&v.paidTwice, "paid twice", "payer %s was asked for discharge %s, which is not its own", payer, id)
		case !asked || s.uncertain: // 0 and 1 are both possible until it is decided
		case len(standing) == 0 && held != 0:
			v.found(&v.paidTwice, "paid twice", "payer %s pays discharge %s, which is not settled", payer, id)
		case len(standing) == 1 && !names(lines, payer, &standing[0]):
			v.found(&v.paidTwice, "paid twice", "payer %s does not hold what settlement %s of discharge %s says it pays", payer, standing[0].ID, id)
		}
	}
}

// weighStrangers looks for money under encounters nobody has asked about.
func (v *verdict) weighStrangers(stays map[string]*stay, books shelf) {
	known := map[string]bool{}
	for _, s := range stays {
		known[s.encounter] = true
	}
	for _, payer := range sorted(books) {
		for _, encounter := range sorted(books[payer]) {
			if !known[encounter] {
				v.found(&v.paidTwice, "paid twice", "payer %s has encounter %s, which nobody asked about", payer, encounter)
			}
		}
	}
}

// names reports whether the one line that stands is the one that the answer
// names as the payer's share.
func names(lines []booked, payer string, answer *said) bool {
	settled, err := answer.settlement()
	if err != nil {
		return false
	}
	for _, share := range settled.GetPayerShares() {
		if share.GetPayer() != payer {
			continue
		}
		for _, line := range lines {
			if line.Net == 1 && line.Reference == share.GetReference() {
				return true
			}
		}
	}
	return false
}

// draw adds what a stay's standing settlements paid to the caps.
func (v *verdict) draw(l *limits, accounts map[account]*drawn, s *stay) {
	for _, one := range s.standing() {
		answer, err := one.settlement()
		if err == nil {
			err = l.draw(accounts, s.person, answer)
		}
		if err != nil {
			v.found(&v.overCap, "over cap", "settlement %s cannot be weighed: %v", one.ID, err)
			continue
		}
		if answer.GetAdjudication().GetCapLimited() {
			v.limited++
		}
	}
}
