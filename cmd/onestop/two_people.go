package main

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// twoPeopleConfig is which changes one person proposes and another approves.
// What is left out is demanded where callers are known (identity), and only
// there: elsewhere nobody can tell two people apart.
type twoPeopleConfig struct {
	// Corrections: changes of persons that are dated back or touch what was
	// settled, and files of persons that hold such.
	Corrections *bool `yaml:"corrections"`
	// PostingFrom: fund postings of this amount or more, as "100000.00"; none:
	// none. "0.01" is every one, and what is demanded where it is left out.
	PostingFrom string `yaml:"posting_from"`
	// ExpireAfter is how long what one person proposed may be approved: changes
	// of persons, postings, files, and what is to put a difference right.
	ExpireAfter time.Duration `yaml:"expire_after"`
}

// expireAfter is how long a proposal waits where nothing is said: a week.
const expireAfter = 7 * 24 * time.Hour

// noPostings says that one person may post whatever amount.
const noPostings = "none"

func (t *twoPeopleConfig) check() error {
	if t.ExpireAfter <= 0 {
		return fmt.Errorf("two_people.expire_after: %s; must be longer than 0", t.ExpireAfter)
	}
	if t.PostingFrom == "" || t.PostingFrom == noPostings {
		return nil
	}
	amount, err := settlement.ParseMoney(t.PostingFrom)
	if err != nil || amount <= 0 {
		return fmt.Errorf("two_people.posting_from: %q is neither an amount as 100000.00 nor %s", t.PostingFrom, noPostings)
	}
	return nil
}

// callersKnown reports whether callers show who they are.
func (c *config) callersKnown() bool { return c.Identity != identityConfig{} }

// corrections reports whether two people correct what is known of a person.
func (c *config) corrections() bool {
	if c.TwoPeople.Corrections != nil {
		return *c.TwoPeople.Corrections
	}
	return c.callersKnown()
}

// postingFrom is from which amount on two people post to a fund; 0: none.
func (c *config) postingFrom() settlement.Money {
	switch {
	case c.TwoPeople.PostingFrom == noPostings, c.TwoPeople.PostingFrom == "" && !c.callersKnown():
		return 0
	case c.TwoPeople.PostingFrom == "":
		return 1
	}
	amount, _ := settlement.ParseMoney(c.TwoPeople.PostingFrom) // which check has read
	return amount
}

// newAssent is where a second person agrees.
func (t *twoPeopleConfig) newAssent(store assent.Store, persons *eligibility.Register, books *treasury.Treasury) *assent.Office {
	return assent.New(assent.Config{
		Store: store, Register: persons, Books: books, Now: time.Now, Life: t.ExpireAfter,
		NewID: func() correction.ID { return correction.ID(uuid.NewString()) },
	})
}
