package stay

import (
	"context"
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
)

// ChargeAsk asks to upload rows of a stay.
type ChargeAsk struct {
	Tenant settlement.TenantID
	Actor  string
	Stay   ID
	Rows   []Row
}

// Charge uploads rows of a registered stay. A row is known by its id: one that
// the payer has taken, or that two people ended, is not sent again, and one that
// is in doubt is, since the payer does not store it twice. KeyReused: an id stands for another row.
// Blocked: the stay is not registered. Invalid: a row the payer cannot take.
// Refused: the payer's words. Unavailable: it is not known what came of the
// rows; ask again with the same ids.
func (w *Ward) Charge(ctx context.Context, ask ChargeAsk) (Stay, error) {
	for range racesMost {
		found, err := w.Find(ctx, ask.Tenant, ask.Stay)
		if err != nil {
			return Stay{}, err
		}
		if found.State != Registered {
			return Stay{}, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonAdmissionUnregistered, Field: "id", Value: string(found.State)}
		}
		fresh, err := found.fresh(ask.Rows)
		if err != nil || len(fresh) == 0 {
			return found, err
		}
		found, err = w.upload(ctx, &found, fresh, ask.Actor)
		if settlement.KindOf(err) != settlement.KindInFlight {
			return found, err
		}
	}
	return Stay{}, &settlement.Error{Kind: settlement.KindInFlight, Reason: settlement.ReasonRequestInFlight}
}

// fresh are the rows for which a settlement waits.
func (s *Stay) fresh(rows []Row) ([]Row, error) {
	known := make(map[string]*Charge, len(s.Charges))
	for i := range s.Charges {
		known[s.Charges[i].ID] = &s.Charges[i]
	}
	var fresh []Row
	asked := map[string]bool{} // in this request, in which a row may stand twice
	more := len(known)
	for i, row := range rows {
		before := known[row.ID]
		switch {
		case before == nil:
			more++
		case before.Row != row && (!before.missing() || !before.Known): // one that was not taken may be mended
			return nil, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: fmt.Sprintf("rows[%d].row_id", i), Value: row.ID}
		case !before.missing() || asked[row.ID]:
			continue
		}
		fresh = append(fresh, row)
		known[row.ID], asked[row.ID] = &Charge{Row: row}, true
	}
	if more > RowsStayMost {
		return nil, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "rows"}
	}
	return fresh, nil
}

// upload keeps that rows are sent, sends them and keeps what came of them.
func (w *Ward) upload(ctx context.Context, found *Stay, rows []Row, actor string) (Stay, error) {
	payer := w.Payers[found.Form.Payer]
	if payer == nil {
		return Stay{}, blocked(settlement.ReasonNoPayer, "id")
	}
	body, err := payer.PrepareCharges(found.Encounter, rows)
	if err != nil {
		return Stay{}, err
	}
	leave, err := w.enter(found.Form.Payer, true)
	if err != nil {
		return Stay{}, err
	}
	defer leave()
	id := found.Event.Stay
	sent := Event{Stay: id, At: w.Now(), Actor: actor, Act: ActCharge, Rows: rows, Body: settlement.Private(body)}
	if _, err := w.keep(ctx, found.events, sent); err != nil {
		return Stay{}, err
	}
	ctx = context.WithoutCancel(ctx)
	answer := payer.SendCharges(ctx, found.Encounter, rows, body)
	w.heard(ctx, found.Form.Payer, answer)
	event := Event{
		Stay: id, At: w.Now(), Actor: actor, Act: ActCharged,
		Result: answer.Result, Lines: answer.Lines, Words: answer.Words, Body: settlement.Private(answer.Body),
	}
	if answer.Result == settlement.ResultRefused || answer.Result == settlement.ResultUnsent {
		event.Lines = none(rows, answer.Words)
	}
	done, err := w.note(ctx, event)
	switch {
	case err != nil || answer.Result == settlement.ResultApplied:
		return done, err
	case answer.Result == settlement.ResultRefused:
		return Stay{}, &settlement.Error{Kind: settlement.KindRefused, Reason: settlement.ReasonPayerRefused, Value: answer.Words}
	}
	return Stay{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable, Cause: answer.Cause}
}

// none says of each row that it was not taken.
func none(rows []Row, words string) []Line {
	lines := make([]Line, len(rows))
	for i, row := range rows {
		lines[i] = Line{Of: row.ID, Words: words}
	}
	return lines
}
