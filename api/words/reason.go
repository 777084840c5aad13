package words

import (
	"maps"
	"slices"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Entry is what the catalogue says about one reason.
type Entry struct {
	What  Text // what is the case, for the cashier
	Next  Text // what to do now; empty where nothing is to be done
	Fixes Party
	// RetrySafe: the same request with the same request id may be sent again
	// unchanged, and may then be answered otherwise.
	RetrySafe bool
	Moved     Moved
}

// Sentence is what is the case and what to do now.
func (e Entry) Sentence() Text { return e.What.Then(e.Next) }

// Party is who can change the answer.
type Party string

// The parties.
const (
	Nobody   Party = "nobody"   // it is a lawful result
	Cashier  Party = "cashier"  // corrects or completes what was typed
	Facility Party = "facility" // its billing system sends something wrong
	Bureau   Party = "bureau"   // civil affairs: registry and policy
	Payer    Party = "payer"    // the insurer
	Operator Party = "operator" // who runs this gateway
)

// Moved says whether money moved when the reason is given.
type Moved string

// Whether money moved.
const (
	MovedNo    Moved = "no"
	MovedYes   Moved = "yes"
	MovedMaybe Moved = "maybe" // in doubt: neither yes nor no can be promised
)

// Reason is the entry of a reason; one without an entry reads as INTERNAL.
func Reason(reason settlement.Reason) Entry {
	if entry, found := reasons[reason]; found {
		return entry
	}
	return reasons[settlement.ReasonInternal]
}

// reasons is the one catalogue, written in parts.
var reasons = gather(resultReasons, claimReasons, formReasons, lifecycleReasons, approvalReasons, admissionReasons, policyReasons, correctionReasons, clearingReasons, registryReasons, identityReasons, reconciliationReasons, transportReasons)

func gather(parts ...map[settlement.Reason]Entry) map[settlement.Reason]Entry {
	all := make(map[settlement.Reason]Entry)
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// Listed is a reason with its entry.
type Listed struct {
	Reason settlement.Reason
	Entry
}

// Catalogue is every reason there is, by code.
func Catalogue() []Listed {
	all := make([]Listed, 0, len(reasons))
	for reason, entry := range reasons {
		all = append(all, Listed{reason, entry})
	}
	slices.SortFunc(all, func(a, b Listed) int { return strings.Compare(string(a.Reason), string(b.Reason)) })
	return all
}
