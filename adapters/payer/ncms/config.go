package ncms

import (
	"crypto/tls"
	"net/url"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Kind is which stage of payment a payer is.
type Kind string

// The kinds of payer.
const (
	Basic           Kind = "basic"            // the scheme itself
	CriticalIllness Kind = "critical_illness" // the insurer that pays after it (大病保险)
)

// Shape is the wire a payer speaks.
type Shape string

// The shapes; the package says what each looks like.
const (
	Ticket Shape = "ncms"      // head with digest and ticket, operations Sxx
	Pipe   Shape = "ncms-pipe" // one function "pipe", national dataset codes
)

// Config is everything one payer needs. Capabilities default to the worst:
// what is not claimed is not assumed.
type Config struct {
	Code  settlement.PayerCode
	URL   string
	Shape Shape
	Kind  Kind // "" is Basic

	// User and Password are the facilities' name and secret with the payer.
	User     string
	Password settlement.Private
	Target   string // targetOrg of the pipe
	// RedeemType is the payer's code of an inpatient compensation (redeemNo).
	RedeemType string
	// Schemes are those the payer settles; at least one.
	Schemes []settlement.Scheme
	// TicketLife is how long a ticket is used; a new one is asked for after it.
	TicketLife time.Duration

	CallTimeout   time.Duration // more than 0
	QuietPeriod   time.Duration // at least CallTimeout
	ReversibleFor time.Duration // 0: no limit

	// Admissions: the payer wants stays of the gateway (S04, S10); of the
	// ticket shape and kind Basic only. RegistrationRepeats: it gives one
	// hospital's number of a stay one inpId however often it is registered.
	// ChargeRefusals: after so many refusals alike a row in doubt is people's; 0
	// for five.
	Admissions          bool
	RegistrationRepeats bool
	ChargeRefusals      int

	InquireByEncounter bool // the payer can be asked for a stay's settlements
	ReversalConfirms   bool // a yes to a reversal proves it even without content

	// The marks are codes of a no: in the ticket shape between brackets at the
	// head of its words, in the pipe its stateCode. A no without one of them
	// proves nothing, because payers say no to what they have settled, too.
	RefusedMarks         []string // nothing was written
	NotFoundMarks        []string // asked back: there is no such settlement
	AlreadyReversedMarks []string // reversal: it is undone already
	TicketMarks          []string // the ticket is not accepted; nothing was written

	// Connections is the most that are open to the payer at once, at least 1;
	// a call that gets none before its deadline is unsent.
	Connections int
	TLS         *tls.Config // nil: the system's roots, TLS 1.2 or newer
}

// check says what is wrong with c, naming the setting.
func (c Config) check() error {
	address, err := url.Parse(c.URL)
	for _, rule := range []struct {
		field string
		holds bool
	}{
		{"code", c.Code != ""},
		{"url", err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Host != "" && address.User == nil},
		{"protocol", c.Shape == Ticket || c.Shape == Pipe},
		{"kind", c.Kind == Basic || c.Kind == CriticalIllness},
		{"access_id", plain(c.User)},
		{"token_file", c.Password != ""},
		{"admissions", !c.Admissions || c.Shape == Ticket && c.Kind == Basic},
		{"registration_repeats", !c.RegistrationRepeats || c.Admissions},
		{"charge_refusals", c.ChargeRefusals >= 0 && (c.ChargeRefusals == 0 || c.Admissions)},
		{"target", c.Shape != Pipe || plain(c.Target)},
		{"redeem_type", c.Shape != Ticket || plain(c.RedeemType)},
		{"settles", len(c.Schemes) > 0},
		{"ticket_life", c.Shape != Ticket || c.TicketLife > 0},
		{"call_timeout", c.CallTimeout > 0},
		{"quiet_period", c.QuietPeriod >= c.CallTimeout},
		{"reversible_for", c.ReversibleFor >= 0},
		{"connections", c.Connections > 0},
	} {
		if !rule.holds {
			return invalid(rule.field)
		}
	}
	return nil
}

func invalid(field string) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field}
}
