package clearing

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Position is what one account comes to for one payee. An adjustment adds to
// Settled or to Reversed and is neither a settlement nor a reversal.
type Position struct {
	Facility    settlement.FacilityID // who is to be paid; "" for the persons who were given grants
	Account     Account
	Settled     settlement.Money // booked by settlements
	Reversed    settlement.Money // taken back by reversals, those of earlier periods' settlements included
	Settlements int
	Reversals   int
	Days        int64 // days of discharge since 1970, of settlements less reversals, added up
}

// Due is what is owed: below zero where more was reversed than settled.
func (p *Position) Due() settlement.Money { return p.Settled - p.Reversed }

// place is where a position stands.
type place struct {
	facility settlement.FacilityID
	account  Account
}

// Adder adds movements up. It needs memory for the positions, not for the
// movements.
type Adder struct {
	positions map[place]*Position
	movements int
}

// NewAdder makes an Adder with nothing in it.
func NewAdder() *Adder { return &Adder{positions: map[place]*Position{}} }

// Add takes a movement into account. An account that a movement names twice is
// counted as one settlement.
func (a *Adder) Add(m *Movement) {
	a.movements++
	payee := m.payee()
	day := m.Discharged.Midnight().Unix()/secondsPerDay + 1 // its midnight in China is the day before's afternoon in UTC
	for i := range m.Entries {
		entry := &m.Entries[i]
		account, turned := accountOf(entry.Account, payee == "")
		debit, credit := entry.Debit, entry.Credit
		if turned {
			debit, credit = credit, debit
		}
		at := place{payee, account}
		p := a.positions[at]
		if p == nil {
			p = &Position{Facility: payee, Account: account}
			a.positions[at] = p
		}
		p.Settled += debit
		p.Reversed += credit
		switch first := !account.Adjusts() && !named(m.Entries[:i], account, payee == ""); {
		case first && debit > 0:
			p.Settlements++
			p.Days += day
		case first && credit > 0:
			p.Reversals++
			p.Days -= day
		}
	}
}

const secondsPerDay = 86_400

// named reports whether one of the entries is added up in account.
func named(entries []settlement.Entry, account Account, direct bool) bool {
	return slices.ContainsFunc(entries, func(e settlement.Entry) bool {
		of, _ := accountOf(e.Account, direct)
		return of == account
	})
}

// Movements is how many were added.
func (a *Adder) Movements() int { return a.movements }

// Positions are what was added, in order of payee and account; accounts to
// which nothing was ever booked are left out.
func (a *Adder) Positions() []Position {
	all := make([]Position, 0, len(a.positions))
	for _, p := range a.positions {
		if p.Settled != 0 || p.Reversed != 0 {
			all = append(all, *p)
		}
	}
	slices.SortFunc(all, func(a, b Position) int {
		return cmp.Or(cmp.Compare(a.Facility, b.Facility), cmp.Compare(a.Account, b.Account))
	})
	return all
}

// Digest is the positions in one short text: two that differ anywhere have
// different ones.
func Digest(positions []Position) string {
	sum := sha256.New()
	for _, p := range positions {
		fmt.Fprintf(sum, "%q %q %d %d %d %d %d\n", p.Facility, p.Account, p.Settled, p.Reversed, p.Settlements, p.Reversals, p.Days)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
