package memory

import (
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

// TestStore holds the store of simulations to the contract of those on disk.
func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Opened {
		s := New()
		return storetest.Opened{
			Store: s, Quotes: s, Notices: s, Stays: s, Registry: s, Register: s, Journal: s, Treasury: s, Desk: s, Press: s, Council: s, Reconciliations: s, House: s,
			Doubt: func(applied bool) {
				s.Fault = func(m Moment) error {
					if m.Applied != applied {
						return nil
					}
					s.Fault = nil
					return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable}
				}
			},
		}
	})
}
