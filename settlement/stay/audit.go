package stay

import (
	"context"
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Breach is a settlement and its stay that do not belong together.
type Breach struct {
	Settlement settlement.SettlementID
	Says       string
}

// String is the breach on one line.
func (b Breach) String() string { return "I17 " + string(b.Settlement) + ": " + b.Says }

// Archive is what the auditor reads: settlements, and the stays of the same
// moment.
type Archive interface {
	lifecycle.Archive

	// StayEvents is Store's.
	StayEvents(ctx context.Context, id ID) ([]Event, error)
}

// Audit is the archive to be walked once: whatever settlement is read
// from it is tied to the stay that it names, and breaches are told. I17: the stay
// is there, of the same hospital, person, insurance and day; it was taken up by
// this discharge, and is bound to it as long as the settlement stands; and it was
// once registered by the number that was settled by and charged in full with what
// the bill comes to. One stay is read at a time.
func Audit(archive Archive, report func(Breach)) lifecycle.Archive {
	return audit{archive, report}
}

type audit struct {
	Archive
	report func(Breach)
}

// Dossiers implements lifecycle.Archive.
func (a audit) Dossiers(ctx context.Context, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	found, err := a.Archive.Dossiers(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	for i := range found {
		s := &found[i].Settlement
		if s.Admission == "" {
			continue
		}
		events, err := a.StayEvents(ctx, s.Admission)
		if err != nil && settlement.KindOf(err) != settlement.KindNotFound {
			return nil, err
		}
		if says := unlike(s, events); says != "" {
			a.report(Breach{s.ID, fmt.Sprintf("its stay %s %s", s.Admission, says)})
		}
	}
	return found, nil
}

// unlike says how a settlement differs from what is kept of its stay, "" where
// it does not.
func unlike(s *settlement.Settlement, events []Event) string {
	for i := range events {
		if events[i].No != i+1 {
			return fmt.Sprintf("has no event %d", i+1)
		}
	}
	if len(events) == 0 {
		return "is not there"
	}
	found := Fold(events)
	form := &found.Form
	day := form.Details.Admission
	undone := s.State == settlement.StateAborted || s.State == settlement.StateReversed || s.Decision == settlement.Abort
	switch {
	case found.Tenant != s.Tenant || form.Facility != s.Facility:
		return fmt.Sprintf("is of hospital %s", form.Facility)
	case form.Person != s.Beneficiary.ID:
		return fmt.Sprintf("is of person %s", form.Person)
	case form.Scheme != s.Coverage.Scheme:
		return fmt.Sprintf("is insured with %s", form.Scheme)
	case day != 0 && day != s.Claim.Admission:
		return fmt.Sprintf("began on %s", day)
	case !took(events, s.Discharge):
		return fmt.Sprintf("was never taken up by discharge %s", s.Discharge)
	case !undone && found.Taken != s.Discharge:
		return fmt.Sprintf("is bound to discharge %q", found.Taken)
	case form.Payer != "" && !ready(s, events):
		return fmt.Sprintf("was never registered as %s and charged with %s", s.Encounter, s.Claim.Bill.Submitted)
	}
	return ""
}

// took reports whether a stay was ever taken up by a discharge.
func took(events []Event, discharge settlement.DischargeID) bool {
	for i := range events {
		if events[i].Act == ActTaken && events[i].Discharge == discharge {
			return true
		}
	}
	return false
}

// ready reports whether the stay was at any time as its settlement had to find
// it: what is uploaded later is not the settlement's.
func ready(s *settlement.Settlement, events []Event) bool {
	for n := range events {
		was := Fold(events[:n+1])
		if was.State == Registered && was.Encounter == s.Encounter && was.Form.Insured == s.Insured && was.Missing == "" && was.Charged == s.Claim.Bill.Submitted {
			return true
		}
	}
	return false
}
