package gazette

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// PublicationID names a publication: chance, so that it tells nothing.
type PublicationID string

// Act is what happened to a publication.
type Act string

// The acts. Codes are stored: append, never rename.
const (
	Proposed Act = "proposed"
	Approved Act = "approved"
	Declined Act = "declined"
)

// Event is one line of a publication's history.
type Event struct {
	Line    int // from 1
	Act     Act
	By      string // who; a staff id
	At      time.Time
	Cause   string // why; proposing and declining need one
	Edition int    // of the policy, from 1; 0 where Act is not Approved
}

// Publication is a policy file with its worked cases, as they were put forward,
// and what happened to them, oldest first.
type Publication struct {
	ID      PublicationID
	Policy  settlement.PolicyID
	Text    []byte // the policy file, byte for byte; nil in listings
	Cases   []byte // the worked cases; nil in listings
	Digest  string // of Text, as Digest gives it
	History []Event
}

// Digest is SHA-256 over a file, in hexadecimal.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// last is the newest line of the history.
func (p *Publication) last() Event {
	if len(p.History) == 0 {
		return Event{}
	}
	return p.History[len(p.History)-1]
}

// Status is how a publication stands: what happened to it last.
func (p *Publication) Status() Act { return p.last().Act }

// causeMax bounds a cause, in bytes.
const causeMax = 800

// follows says which act may come after which; "" is before the first.
var follows = map[Act][]Act{
	"":       {Proposed},
	Proposed: {Approved, Declined},
}

// CheckNext refuses an event that may not follow. Invalid: nobody is named, or
// a cause is missing or too long. Blocked: PUBLICATION_DECIDED where there is
// nothing to decide any more, SAME_PERSON where who approves is who proposed.
// Who proposed may withdraw by declining.
func (p *Publication) CheckNext(next Event) error {
	if next.By == "" {
		return wrong("operator", "")
	}
	if next.Act != Approved && next.Cause == "" || len(next.Cause) > causeMax {
		return wrong("cause", "")
	}
	if !slices.Contains(follows[p.last().Act], next.Act) {
		return blocked(settlement.ReasonPublicationDecided, "id", string(p.last().Act))
	}
	if next.Act == Approved && next.By == p.History[0].By {
		return blocked(settlement.ReasonSamePerson, "operator", "")
	}
	return nil
}

func wrong(field, value string) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field, Value: value}
}

func blocked(reason settlement.Reason, field, value string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: field, Value: value}
}
