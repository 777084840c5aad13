package stay

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Statement is what a person has found out, by other means, about a
// registration that was left in doubt.
type Statement struct {
	Tenant    settlement.TenantID
	Actor     string
	Stay      ID
	Encounter settlement.EncounterID // the payer's number of the stay; "" where the payer does not know it
	Document  string                 // what proves it
}

// State takes a person's word for what became of a registration in doubt: with
// a number it is registered; without one the same request may send it again.
// Nothing moves money by it: whatever is settled by the number is the payer's
// to check. Saying the same again changes nothing. NotFound; Blocked where the
// stay is not in doubt.
func (w *Ward) State(ctx context.Context, said Statement) (Stay, error) {
	found, err := w.Find(ctx, said.Tenant, said.Stay)
	if err != nil {
		return Stay{}, err
	}
	if last := &found.events[len(found.events)-1]; last.Act == ActStated && last.Encounter == said.Encounter {
		return found, nil
	}
	if found.State != InDoubt {
		return Stay{}, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonAdmissionNotInDoubt, Field: "id", Value: string(found.State)}
	}
	return w.keep(ctx, found.events, Event{
		Stay: said.Stay, At: w.Now(), Actor: said.Actor, Act: ActStated, Encounter: said.Encounter, Words: said.Document,
	})
}
