package eligibility

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Recorded is the answer to a request that changed the register: the rows it
// became, what was known of the person right then, and the settlements it
// touched, which are flagged for review.
type Recorded struct {
	Changes  []registry.Change
	State    registry.State
	Touched  []settlement.SettlementID
	Replayed bool
}

// Enrolment asks to register a person. A draft without an id gets one.
type Enrolment struct {
	Key      Key
	By       string
	Document string
	Draft    registry.Draft
}

// Enrol registers a person with their categories, once for each request key.
// Invalid: a field is wrong. Exists: the id, or the identity number
// ("id_number"), is registered. KeyReused: the key was used for another
// content; Field names what differs.
func (r *Register) Enrol(ctx context.Context, ask Enrolment) (Recorded, error) {
	build := func(history []registry.Change, stamp registry.Stamp) ([]registry.Change, error) {
		if len(history) > 0 {
			return nil, &settlement.Error{Kind: settlement.KindExists, Reason: settlement.ReasonPersonExists, Field: "id", Object: string(ask.Draft.ID)}
		}
		return registry.Amend(nil, &ask.Draft, stamp), nil
	}
	given := ask.Draft.ID != ""
	if !given {
		ask.Draft.ID = r.NewID()
	}
	w := writing{key: ask.Key, id: ask.Draft.ID, given: given, stamp: registry.Stamp{By: ask.By, Document: ask.Document}, build: build}
	return r.write(ctx, &w)
}

// Notice asks to record one change of a person, whose Number and Recorded are
// not the caller's to say.
type Notice struct {
	Key    Key
	Person settlement.BeneficiaryID
	Change registry.Change
}

// Record appends a change, once for each request key. Kinds as registry.Check
// gives them, KeyReused as in Enrol, Exists ("id_number") for a corrected
// identity number that is another person's; Blocked with SECOND_PERSON_NEEDED
// for what is to be proposed: a change that is dated back, or that settlements
// stand on.
func (r *Register) Record(ctx context.Context, ask Notice) (Recorded, error) {
	w := single(ask.Person, ask.Change)
	w.key, w.may = ask.Key, r.alone
	return r.write(ctx, w)
}

// single is the writing of one change of a person who is named.
func single(id settlement.BeneficiaryID, change registry.Change) *writing {
	build := func(history []registry.Change, stamp registry.Stamp) ([]registry.Change, error) {
		change.Number, change.Recorded = len(history)+1, stamp.At
		return []registry.Change{change}, nil
	}
	return &writing{id: id, given: true, stamp: registry.Stamp{By: change.By}, build: build}
}

// writing is one request on its way into the store.
type writing struct {
	key   Key
	id    settlement.BeneficiaryID
	given bool // the caller named the id
	stamp registry.Stamp
	build func(history []registry.Change, stamp registry.Stamp) ([]registry.Change, error)
	// decision is written with the change that it becomes, and so is approval.
	decision *registry.Decision
	approval *correction.Note
	// may agrees to what the request would do, where it is not nil.
	may func(*foreseen) error
}

// foreseen is what a request would do to a history.
type foreseen struct {
	history, whole []registry.Change // before and after
	today          settlement.Date
	touched        []settlement.SettlementID
}

// changes are the rows that are added.
func (f *foreseen) changes() []registry.Change { return f.whole[len(f.history):] }

// write answers from what is kept, else tries until nobody was in between.
func (r *Register) write(ctx context.Context, w *writing) (Recorded, error) {
	return settlement.Once(
		func() (Recorded, error) { return r.replay(ctx, w) },
		func() (Recorded, error) { return r.attempt(ctx, w) },
		func(err error) bool {
			return settlement.Raced(err) && (settlement.KindOf(err) == settlement.KindConflict || fieldOf(err) == requestField)
		},
	)
}

// requestField is what the store calls the request key.
const requestField = "request_id"

// foresee checks a request against the history as it is.
func (r *Register) foresee(ctx context.Context, w *writing) (*foreseen, error) {
	history, err := r.history(ctx, w.id)
	if err != nil {
		return nil, err
	}
	stamp := w.stamp
	stamp.At = after(history, r.now())
	stamp.Today = settlement.DayOf(stamp.At)
	changes, err := w.build(history, stamp)
	if err != nil {
		return nil, err
	}
	whole := history[:len(history):len(history)]
	for _, change := range changes {
		if err := registry.Check(whole, change, stamp.Today); err != nil {
			return nil, about(w.id, err)
		}
		whole = append(whole, change)
	}
	touched, err := r.touched(ctx, w.id, history, whole)
	return &foreseen{history: history, whole: whole, today: stamp.Today, touched: touched}, err
}

// attempt checks a request against the history as it is and writes it.
func (r *Register) attempt(ctx context.Context, w *writing) (Recorded, error) {
	f, err := r.foresee(ctx, w)
	if err != nil {
		return Recorded{}, err
	}
	if w.may != nil {
		if err := w.may(f); err != nil {
			return Recorded{}, about(w.id, err)
		}
	}
	batch := Batch{
		Writes:   []Write{{Person: registry.Project(w.id, f.whole), Seen: len(f.history), Changes: f.changes()}},
		Decision: w.decision, Approval: w.approval, Flagged: f.touched,
	}
	if w.key.Request != "" {
		batch.Record = &Record{Key: w.key, Person: w.id, First: len(f.history) + 1, Last: len(f.whole), Touched: f.touched}
	}
	if err := r.Store.Keep(ctx, batch); err != nil {
		return Recorded{}, about(w.id, err)
	}
	return answer(w.id, f.whole, f.changes(), f.touched), nil
}

// answer is what rows that were just recorded say, then and for ever.
func answer(id settlement.BeneficiaryID, history, changes []registry.Change, touched []settlement.SettlementID) Recorded {
	last := changes[len(changes)-1]
	state, _ := registry.At(id, history, last.Recorded, max(settlement.DayOf(last.Recorded), last.Effective))
	return Recorded{Changes: changes, State: state, Touched: touched}
}

// touched are the settlements that would have stood on other ground.
func (r *Register) touched(ctx context.Context, id settlement.BeneficiaryID, before, after []registry.Change) ([]settlement.SettlementID, error) {
	if len(before) == 0 {
		return nil, nil
	}
	from := settlement.Date(0)
	for _, change := range after[len(before):] {
		first := change.Effective
		if change.Corrects > 0 && change.Corrects <= len(before) {
			first = min(first, before[change.Corrects-1].Effective)
		}
		if from == 0 || first < from {
			from = first
		}
	}
	settled, err := r.Store.Settled(ctx, id, from)
	if err != nil {
		return nil, err
	}
	var touched []settlement.SettlementID
	for i := range settled {
		if stay := settled[i].Claim.Stay(); registry.Touches(before, after, stay) {
			touched = append(touched, settled[i].ID)
		}
	}
	return touched, nil
}

// about names the person in an error that names nobody.
func about(id settlement.BeneficiaryID, err error) error {
	e, ok := err.(*settlement.Error)
	if !ok || e.Object != "" {
		return err
	}
	named := *e
	named.Object = string(id)
	return &named
}

func fieldOf(err error) string {
	if e, ok := err.(*settlement.Error); ok {
		return e.Field
	}
	return ""
}
