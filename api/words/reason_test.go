package words

import (
	"slices"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// Every reason of the domain and of the transport has an entry, and there is
// no entry for a reason nobody gives.
func TestEveryReasonHasAnEntry(t *testing.T) {
	given := make(map[settlement.Reason]bool)
	for name, text := range declared(t, "reason.go", "Reason") {
		reason := settlement.Reason(text)
		given[reason] = true
		if _, found := reasons[reason]; !found {
			t.Errorf("%s (%s) has no entry: what is the case, and what to do?", name, reason)
		}
	}
	for _, reason := range TransportReasons {
		given[reason] = true
		if _, found := reasons[reason]; !found {
			t.Errorf("%s has no entry", reason)
		}
	}
	for reason := range reasons {
		if !given[reason] {
			t.Errorf("%s is given by nobody", reason)
		}
	}
	parts := len(resultReasons) + len(claimReasons) + len(formReasons) + len(lifecycleReasons) + len(approvalReasons) + len(admissionReasons) + len(policyReasons) + len(correctionReasons) + len(clearingReasons) + len(registryReasons) + len(identityReasons) + len(reconciliationReasons) + len(transportReasons)
	if parts != len(reasons) {
		t.Error("a reason stands in two parts of the catalogue")
	}
}

// An entry says what is the case in whole sentences, in both languages, and
// what to do unless nobody can do anything.
func TestEntriesSayWhatToDo(t *testing.T) {
	parties := []Party{Nobody, Cashier, Facility, Bureau, Payer, Operator}
	for _, entry := range Catalogue() {
		if wrong := sentence(entry.What); wrong != "" {
			t.Errorf("%s: %s: %v", entry.Reason, wrong, entry.What)
		}
		if wrong := sentence(entry.Next); wrong != "" && !(entry.Next.Empty() && entry.Fixes == Nobody) {
			t.Errorf("%s: %s: %v", entry.Reason, wrong, entry.Next)
		}
		if !slices.Contains(parties, entry.Fixes) || !slices.Contains([]Moved{MovedNo, MovedYes, MovedMaybe}, entry.Moved) {
			t.Errorf("%s: fixed by %q, money moved %q", entry.Reason, entry.Fixes, entry.Moved)
		}
		if strings.HasPrefix(entry.Next.En, again.En) && !entry.RetrySafe {
			t.Errorf("%s: says to send again what is not safe to send again", entry.Reason)
		}
		if entry.Next == byHand && entry.Moved != MovedMaybe {
			t.Errorf("%s: forbids settling by hand although no money is in doubt", entry.Reason)
		}
	}
}

func TestCatalogueIsSorted(t *testing.T) {
	all := Catalogue()
	if !slices.IsSortedFunc(all, func(a, b Listed) int { return strings.Compare(string(a.Reason), string(b.Reason)) }) || len(all) != len(reasons) {
		t.Errorf("%d of %d, or out of order", len(all), len(reasons))
	}
}

func TestUnknownReasonReadsAsInternal(t *testing.T) {
	if Reason("SOMETHING_NEW") != Reason(settlement.ReasonInternal) {
		t.Error("an unknown reason must not read as another")
	}
}
