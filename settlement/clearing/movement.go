package clearing

import (
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Movement is what one write booked for one settlement: its entries when it
// was committed, those of an adjustment, or the counters of all when it was
// reversed. It is in one clearing, whole.
type Movement struct {
	Settlement settlement.SettlementID
	Revision   int64 // of the settlement, by the write
	Facility   settlement.FacilityID
	Discharged settlement.Date
	Booked     time.Time
	Entries    []settlement.Entry
}

// Account names what a position adds up: an account of the ledger, or one of
// the two below.
type Account string

// The accounts that stand for many of the ledger's. A clearing names no person.
const (
	Patients Account = "patients" // what persons paid at the window
	Bills    Account = "bills"    // what the payee is to have in all
)

// Bearer is who owes: a payer, a fund of a region and year, the critical
// illness insurance of a region, or another source; as the ledger's accounts
// begin, such as "payer/nhsa-360827" and "fund/rural/360827/2012".
type Bearer string

// bearerParts is how many parts of an account name the bearer; what follows
// them divides what one bearer owes: a benefit, or the level of government that
// gives.
var bearerParts = map[string]int{"payer": 2, "critical_illness": 2, "source": 2, "fund": 4}

// Bearer is who owes what stands in the account: "" for Patients and Bills and
// for what adjustments stand against, which nobody pays by a clearing.
func (a Account) Bearer() Bearer {
	kind, _, _ := strings.Cut(string(a), "/")
	end, parts := 0, bearerParts[kind]
	if parts == 0 {
		return ""
	}
	for ; parts > 0 && end < len(a); parts-- {
		next := strings.IndexByte(string(a[end+1:]), '/')
		if next < 0 {
			return Bearer(a)
		}
		end += 1 + next
	}
	return Bearer(a[:end])
}

// FundsOf are the beginnings of the bearers that are a region's funds, of any
// year.
func FundsOf(region settlement.RegionID) (bearers []string) {
	for _, fund := range []settlement.Fund{settlement.UrbanFund, settlement.RuralFund} {
		bearers = append(bearers, "fund/"+string(fund)+"/"+string(region)+"/")
	}
	return bearers
}

// Kind is what the bearer is: "payer", "fund", "critical_illness" or "source".
func (b Bearer) Kind() string {
	kind, _, _ := strings.Cut(string(b), "/")
	return kind
}

const (
	personPrefix   = "person/"
	facilityPrefix = "facility/"
)

// payee is who is to be paid for a movement: its facility, or "" where a grant
// goes to the person and no facility is credited.
func (m *Movement) payee() settlement.FacilityID {
	grant := false
	for i := range m.Entries {
		account := m.Entries[i].Account
		if strings.HasPrefix(account, facilityPrefix) {
			return m.Facility
		}
		grant = grant || strings.HasPrefix(account, personPrefix) || strings.HasPrefix(account, settlement.AdjustmentOfGrant)
	}
	if grant {
		return ""
	}
	return m.Facility
}

// Adjusts reports whether only adjustments are booked in the account: below a
// bearer's, as part of what it owes, or against that, which nobody pays.
func (a Account) Adjusts() bool {
	return a.against() || a.Bearer() != "" && strings.HasSuffix(string(a), settlement.AdjustmentBelow)
}

func (a Account) against() bool { return strings.HasPrefix(string(a), settlement.AdjustmentAgainst) }

// accountOf is the account of a clearing in which an entry is added up, and
// whether the payee's side of the ledger is turned round there: what it is
// credited is what it is to have.
func accountOf(account string, direct bool) (of Account, turned bool) {
	switch {
	case strings.HasPrefix(account, facilityPrefix):
		return Bills, true
	case strings.HasPrefix(account, personPrefix):
		if direct {
			return Bills, true
		}
		return Patients, false
	}
	return Account(account), false
}
