package eligibility

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Row is one person of a file that is imported.
type Row struct {
	Line  int
	Draft registry.Draft
}

// Reject is a row that was not taken, and why. It names no person.
type Reject struct {
	Line  int
	Field string
	Says  string
}

// Load is a batch of rows and the progress at which the file stands once they
// are in, counted by the caller as far as the rows that could not be read.
type Load struct {
	Rows     []Row
	By       string
	Document string // of periods that name none
	Reached  Progress
	// Approved: a second person agreed to the corrections of the file.
	Approved bool
}

// Judge finds out what the rows of a load would change, without writing it.
// What it gives is for Commit.
func (r *Register) Judge(ctx context.Context, load Load) (*Judged, error) {
	j := &Judged{progress: load.Reached, alone: r.TwoPeople && !load.Approved}
	ids := make([]settlement.BeneficiaryID, len(load.Rows))
	numbers := make([]settlement.Private, len(load.Rows))
	for i := range load.Rows {
		ids[i], numbers[i] = load.Rows[i].Draft.ID, load.Rows[i].Draft.Facts.Certificate
	}
	var err error
	if j.histories, err = r.Store.Histories(ctx, ids); err != nil {
		return nil, err
	}
	if j.holders, err = r.Store.Holders(ctx, numbers); err != nil {
		return nil, err
	}
	j.seen = make(map[settlement.BeneficiaryID]int, len(ids))
	for id, history := range j.histories {
		j.seen[id] = len(history)
	}
	now := r.now()
	for i := range load.Rows {
		stamp := registry.Stamp{By: load.By, Document: load.Document, At: now}
		if err := j.take(ctx, r, &load.Rows[i], stamp); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// Judged is a load that was judged.
type Judged struct {
	Rejects []Reject
	Held    int // of these, the rows that only wait for a second person

	alone     bool // nobody else agreed
	progress  Progress
	histories map[settlement.BeneficiaryID][]registry.Change // with the load's own changes
	seen      map[settlement.BeneficiaryID]int               // length of what the store has
	holders   map[settlement.Private]settlement.BeneficiaryID
	changed   []settlement.BeneficiaryID // in order, each once
}

// take judges one row behind those before it. A row that corrects what was known
// before the load waits for a second person; who is new in it corrects nothing.
func (j *Judged) take(ctx context.Context, r *Register, row *Row, stamp registry.Stamp) error {
	id, number := row.Draft.ID, row.Draft.Facts.Certificate
	if holder, held := j.holders[number]; held && holder != id {
		j.reject(row.Line, "id_number", "is registered for person "+string(holder))
		return nil
	}
	history := j.histories[id]
	stamp.At = after(history, stamp.At)
	stamp.Today = settlement.DayOf(stamp.At)
	whole := history[:len(history):len(history)]
	changes := registry.Amend(history, &row.Draft, stamp)
	for _, change := range changes {
		if err := registry.Check(whole, change, stamp.Today); err != nil {
			j.reject(row.Line, fieldOf(err), string(settlement.ReasonOf(err)))
			return nil
		}
		whole = append(whole, change)
	}
	if held, err := j.held(ctx, r, id, whole, stamp.Today); err != nil || held {
		if held {
			j.Held++
			j.reject(row.Line, "", string(settlement.ReasonSecondPerson))
		}
		return err
	}
	switch {
	case len(changes) == 0:
		j.progress.Unchanged++
		return nil
	case len(history) == 0:
		j.progress.Added++
	default:
		j.progress.Changed++
	}
	j.histories[id], j.holders[number] = whole, id
	if len(history) == j.seen[id] {
		j.changed = append(j.changed, id)
	}
	return nil
}

// held reports whether a row that leads to whole waits for a second person.
func (j *Judged) held(ctx context.Context, r *Register, id settlement.BeneficiaryID, whole []registry.Change, today settlement.Date) (bool, error) {
	before := j.histories[id]
	if !j.alone || j.seen[id] == 0 || len(whole) == len(before) {
		return false, nil
	}
	touched, err := r.touched(ctx, id, before, whole)
	f := foreseen{history: before, whole: whole, today: today, touched: touched}
	return err == nil && f.corrects(), err
}

func (j *Judged) reject(line int, field, says string) {
	j.progress.Rejected++
	j.Rejects = append(j.Rejects, Reject{line, field, says})
}

// Commit writes what Judge found in one transaction, with the progress, whose
// file of rejects has the length given. What touches settlements flags them as
// a single change does. Conflict: somebody else changed one of the persons
// meanwhile; judge again.
func (r *Register) Commit(ctx context.Context, j *Judged, rejects int64) (Progress, error) {
	j.progress.Bytes = rejects
	batch := Batch{Imported: &j.progress}
	for _, id := range j.changed {
		whole, seen := j.histories[id], j.seen[id]
		batch.Writes = append(batch.Writes, Write{Person: registry.Project(id, whole), Seen: seen, Changes: whole[seen:]})
		touched, err := r.touched(ctx, id, whole[:seen], whole)
		if err != nil {
			return Progress{}, err
		}
		batch.Flagged = append(batch.Flagged, touched...)
	}
	return j.progress, r.Store.Keep(ctx, batch)
}
