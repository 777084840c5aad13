package clearing

import (
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Number names a clearing. They count from 1.
type Number int64

// Act is what happened to a clearing.
type Act string

// The acts. Codes are stored: append, never rename.
const (
	Opened   Act = "opened"
	Cut      Act = "cut"      // what is in it is fixed, and being added up
	Frozen   Act = "frozen"   // and the positions are kept
	Proposed Act = "proposed" // by its maker
	Declined Act = "declined"
	Approved Act = "approved" // by another person
	Exported Act = "exported"
	Paid     Act = "paid"   // one payment of one statement was confirmed
	Voided   Act = "voided" // what was in it is the next one's
)

// Payment is the confirmation that money moved, as the bank tells it.
type Payment struct {
	Facility  settlement.FacilityID
	Bearer    Bearer
	Amount    settlement.Money // below zero where the payee gave money back
	Reference string           // of the bank
	Day       settlement.Date
}

// Event is one line of a clearing's history.
type Event struct {
	Line    int // from 1
	Act     Act
	By      string
	At      time.Time
	Cause   string   // why; exported: in which form
	Digest  string   // frozen: of the positions
	Payment *Payment // paid
}

// Clearing is one period with its history, oldest first.
type Clearing struct {
	Number  Number
	Period  settlement.Period // days on which was booked what it is about
	PayOn   settlement.Date   // by which it is expected to be paid
	History []Event
}

// Act is the last thing that happened.
func (c *Clearing) Act() Act {
	if len(c.History) == 0 {
		return ""
	}
	return c.History[len(c.History)-1].Act
}

// Until is when the period is over, and the first moment that is not in it.
func (c *Clearing) Until() time.Time { return c.Period.To.Next().Midnight() }

// Frozen is the line that froze the clearing, or nil.
func (c *Clearing) Frozen() *Event {
	i := slices.IndexFunc(c.History, func(e Event) bool { return e.Act == Frozen })
	if i < 0 {
		return nil
	}
	return &c.History[i]
}

// Etag names what a person sees who approves: another line, or another
// position, has another one. "" before it is frozen.
func (c *Clearing) Etag() string {
	frozen := c.Frozen()
	if frozen == nil {
		return ""
	}
	return fmt.Sprintf("%d-%d-%.16s", c.Number, len(c.History), frozen.Digest)
}

// daysMax is the longest period: a year and a day.
const daysMax = 366

// Check refuses a period that cannot be cleared. Invalid, naming the field.
func (c *Clearing) Check() error {
	switch {
	case c.Period.From == 0 || c.Period.To < c.Period.From:
		return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonDateOrder, Field: "to_date", Value: c.Period.To.String()}
	case c.Period.To >= c.Period.From.Plus(daysMax):
		return wrong("to_date", fmt.Sprintf("more than %d days", daysMax))
	}
	return nil
}

// follows says which acts may come after which; "" is before the first.
var follows = map[Act][]Act{
	"":       {Opened},
	Opened:   {Cut, Voided},
	Cut:      {Frozen},
	Frozen:   {Proposed, Voided},
	Proposed: {Approved, Declined, Voided},
	Declined: {Proposed, Voided},
	Approved: {Exported},
	Exported: {Exported, Paid},
	Paid:     {Paid, Exported},
}

// Texts are bounded, in bytes.
const (
	causeMax     = 800
	referenceMax = 100
)

// CheckNext refuses an event that may not follow. Invalid: a text or a payment
// is missing or wrong. Blocked: CLEARING_STATUS where the act cannot follow,
// SAME_PERSON where who approves froze or proposed it, PAYMENT_EXISTS where the
// bank's reference is kept for that statement already.
func (c *Clearing) CheckNext(next *Event) error {
	needs := next.Act == Voided || next.Act == Declined
	switch {
	case next.By == "":
		return wrong("operator", "")
	case needs && next.Cause == "" || len(next.Cause) > causeMax:
		return wrong("cause", "")
	case !slices.Contains(follows[c.Act()], next.Act):
		return Blocked(settlement.ReasonClearingStatus, "number", string(c.Act()))
	case next.Act == Approved && c.made(next.By):
		return Blocked(settlement.ReasonSamePerson, "operator", "")
	case next.Act == Paid:
		return c.checkPayment(next.Payment)
	}
	return nil
}

// made reports whether a person froze or proposed the clearing.
func (c *Clearing) made(by string) bool {
	return slices.ContainsFunc(c.History, func(e Event) bool {
		return e.By == by && (e.Act == Cut || e.Act == Frozen || e.Act == Proposed)
	})
}

func (c *Clearing) checkPayment(p *Payment) error {
	switch {
	case p == nil || p.Bearer == "":
		return wrong("bearer", "")
	case p.Amount == 0:
		return wrong("amount", p.Amount.String())
	case p.Reference == "" || len(p.Reference) > referenceMax:
		return wrong("reference", "")
	case p.Day <= c.Period.To:
		return wrong("day", p.Day.String())
	}
	for _, kept := range paymentsOf(c.History, p.Facility, p.Bearer) {
		if kept.Reference == p.Reference {
			return Blocked(settlement.ReasonPaymentExists, "reference", "")
		}
	}
	return nil
}

func wrong(field, value string) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field, Value: value}
}

// Blocked is a refusal of what the clearing's status does not allow.
func Blocked(reason settlement.Reason, field, value string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: field, Value: value}
}
