// Package correction is what two people agree on before it holds: a change of a
// person that is dated back or touches what was settled, a large posting to a
// fund, and a file of persons that corrects what is known. One person proposes
// it, another who read what it would do approves it, and declined ones are kept.
//
// It is pure, as package settlement is. Package assent takes the steps.
package correction

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// ID names a proposal: chance, so that it tells nothing.
type ID string

// Act is what happened to a proposal.
type Act string

// The acts. Codes are stored: append, never rename.
const (
	Proposed Act = "proposed"
	Approved Act = "approved"
	Declined Act = "declined"
)

// Expired is how a proposal stands that nobody decided on in time. It is no act:
// nothing is written when a time is over.
const Expired Act = "expired"

// Event is one line of a proposal's history.
type Event struct {
	Line   int // from 1
	Act    Act
	By     string // who; a staff id
	At     time.Time
	Cause  string // why; proposing and declining need one
	Became string // Approved: the number of the person's row, or the posting's id
}

// Proposal is what is put forward and what happened to it, oldest first.
type Proposal struct {
	ID      ID
	Region  settlement.RegionID // whose bureau it concerns; "": every region's
	Matter  Matter
	History []Event
	// Until is the last moment at which it may be approved, and Lapsed that it is
	// over; zero where proposals do not expire. A store keeps neither.
	Until  time.Time
	Lapsed bool
}

// Aged is the proposal as it stands at now, where it is good for life from the
// moment it was made; 0: for ever.
func (p Proposal) Aged(life time.Duration, now time.Time) Proposal {
	if life > 0 && p.last().Act == Proposed {
		p.Until = p.last().At.Add(life)
		p.Lapsed = now.After(p.Until)
	}
	return p
}

// Matter is what would become so: just one of a person's change, a posting and
// a file.
type Matter struct {
	Person  settlement.BeneficiaryID
	Change  registry.Change // of Person; its number and time are given with approval
	Posting *fund.Posting
	File    string // digest of a file of persons
	Held    int    // rows of the file that wait
}

// Effect is what a change of a person would do as things are now.
type Effect struct {
	Region  settlement.RegionID       // where the person lives now
	Rows    int                       // of the person's history, which the change would follow
	Touched []settlement.SettlementID // settled on other ground: they would be flagged
}

// Key is the scope of idempotency.
type Key struct {
	Tenant  settlement.TenantID
	Request settlement.RequestID
}

// Mark names one line of one history.
type Mark struct {
	ID   ID
	Line int
}

// Note is one line as a store appends it, with the matter where it is the
// first. What an approval makes effective is written in the same transaction.
type Note struct {
	Key    Key
	ID     ID
	Region settlement.RegionID
	Matter *Matter // with the first line, and only there
	Event  Event
}

// last is the newest line of the history.
func (p *Proposal) last() Event {
	if len(p.History) == 0 {
		return Event{}
	}
	return p.History[len(p.History)-1]
}

// Status is how a proposal stands: what happened to it last, or that its time is
// over.
func (p *Proposal) Status() Act {
	if p.Lapsed {
		return Expired
	}
	return p.last().Act
}

// Open reports whether a proposal waits for a second person.
func (p *Proposal) Open() bool { return p.Status() == Proposed }

// causeMax bounds a cause, in bytes.
const causeMax = 800

// follows says which act may come after which; "" is before the first.
var follows = map[Act][]Act{
	"":       {Proposed},
	Proposed: {Approved, Declined},
}

// CheckNext refuses an event that may not follow. Invalid: nobody is named, or
// a cause is missing or too long. Blocked: CORRECTION_DECIDED where there is
// nothing to decide any more, PROPOSAL_EXPIRED where its time to be approved is
// over, SAME_PERSON where who approves is who proposed. Who proposed may withdraw
// by declining, and whoever declines what has expired says why.
func (p *Proposal) CheckNext(next Event) error {
	if next.By == "" {
		return wrong("operator")
	}
	if next.Act != Approved && next.Cause == "" || len(next.Cause) > causeMax {
		return wrong("cause")
	}
	if !slices.Contains(follows[p.last().Act], next.Act) {
		return blocked(settlement.ReasonCorrectionDecided, "id", string(p.last().Act))
	}
	if next.Act == Approved && p.Lapsed {
		return blocked(settlement.ReasonProposalExpired, "id", p.Until.UTC().Format(time.RFC3339))
	}
	if next.Act == Approved && next.By == p.History[0].By {
		return blocked(settlement.ReasonSamePerson, "operator", "")
	}
	return nil
}

// Etag stands for a proposal as it was read, with what it would do. Of a file it
// stands for what is in it and for the document its rows are taken by, which the
// proposal's cause names.
func (p *Proposal) Etag(effect *Effect) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%d", p.ID, len(p.History))
	if p.Matter.File != "" {
		fmt.Fprintf(sum, "\x00%s\x00%q", p.Matter.File, p.Document())
	}
	if effect != nil {
		fmt.Fprintf(sum, "\x00%d", effect.Rows)
		for _, id := range effect.Touched {
			fmt.Fprintf(sum, "\x00%s", id)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// Document is the approval document by which a proposed file's rows are taken.
func (p *Proposal) Document() string {
	if len(p.History) == 0 {
		return ""
	}
	return p.History[0].Cause
}

// Needed is the answer to a change that one person alone may not make. Whoever
// asked proposes it, and another approves.
func Needed(field string) error {
	return blocked(settlement.ReasonSecondPerson, field, "")
}

func wrong(field string) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field}
}

func blocked(reason settlement.Reason, field, value string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: field, Value: value}
}
