package lifecycle

import "context"

// verifyPiece is how many rows are held in memory at once.
const verifyPiece = 500

// Verify walks a whole archive and gives every finding to report, in bounded
// memory: one person's one year is summed at a time, and what is compared
// across settlements is the auditor's Lines to keep. It says how many
// settlements it has seen. progress, if any, is told now and then.
func Verify(ctx context.Context, archive Archive, auditor *Auditor, report func(Finding), progress func(seen int)) (seen int, err error) {
	w := walk{archive: archive, auditor: auditor}
	place := Place{}
	for {
		piece, err := archive.Dossiers(ctx, place, verifyPiece)
		if err != nil {
			return seen, err
		}
		for i := range piece {
			if err := w.dossier(ctx, &piece[i]); err != nil {
				return seen, err
			}
		}
		seen += len(piece)
		last := len(piece) < verifyPiece
		if last {
			err = w.end(ctx)
		} else {
			place = piece[len(piece)-1].Place()
		}
		for _, finding := range auditor.Findings() {
			report(finding)
		}
		if progress != nil {
			progress(seen)
		}
		if last || err != nil {
			return seen, err
		}
	}
}

// walk merges the settlements of each person and year with the accumulator
// that is kept for them; both come in the same order.
type walk struct {
	archive Archive
	auditor *Auditor
	year    *Year
	rows    []AccumulatorRow
	after   AccumulatorKey
	over    bool
}

func (w *walk) dossier(ctx context.Context, d *Dossier) error {
	key := d.Place().AccumulatorKey
	if w.year == nil || w.year.Key != key {
		if err := w.closeYear(ctx); err != nil {
			return err
		}
		w.year = &Year{Key: key}
	}
	w.year.Add(&d.Settlement)
	return w.auditor.Dossier(d)
}

// closeYear compares the year just summed; accumulators that no settlement
// stands behind must be empty.
func (w *walk) closeYear(ctx context.Context) error {
	if w.year == nil {
		return nil
	}
	for {
		row, err := w.peek(ctx)
		if err != nil {
			return err
		}
		if row == nil || before(w.year.Key, row.Key) {
			w.auditor.Year(w.year, AccumulatorRow{})
			return nil
		}
		w.rows = w.rows[1:]
		if row.Key == w.year.Key {
			w.auditor.Year(w.year, *row)
			return nil
		}
		w.auditor.Year(&Year{Key: row.Key}, *row)
	}
}

// end compares what is left once every settlement was seen.
func (w *walk) end(ctx context.Context) error {
	if err := w.closeYear(ctx); err != nil {
		return err
	}
	for {
		row, err := w.peek(ctx)
		if err != nil {
			return err
		}
		if row == nil {
			return w.auditor.compare()
		}
		w.rows = w.rows[1:]
		w.auditor.Year(&Year{Key: row.Key}, *row)
	}
}

// peek is the next accumulator, or nil.
func (w *walk) peek(ctx context.Context) (*AccumulatorRow, error) {
	if len(w.rows) == 0 && !w.over {
		rows, err := w.archive.Accumulators(ctx, w.after, verifyPiece)
		if err != nil {
			return nil, err
		}
		w.rows, w.over = rows, len(rows) < verifyPiece
		if len(rows) > 0 {
			w.after = rows[len(rows)-1].Key
		}
	}
	if len(w.rows) == 0 {
		return nil, nil
	}
	return &w.rows[0], nil
}

func before(a, b AccumulatorKey) bool {
	return a.Beneficiary < b.Beneficiary || a.Beneficiary == b.Beneficiary && a.Year < b.Year
}

// VerifyTrails walks the audit trail of every settlement and nothing else (I13,
// I15), in bounded memory. It says how many settlements it has seen.
func VerifyTrails(ctx context.Context, archive Archive, report func(Finding)) (seen int, err error) {
	auditor := &Auditor{}
	for place := (Place{}); ; {
		piece, err := archive.Dossiers(ctx, place, verifyPiece)
		if err != nil {
			return seen, err
		}
		for i := range piece {
			auditor.trail(&piece[i])
		}
		seen += len(piece)
		for _, finding := range auditor.Findings() {
			report(finding)
		}
		if len(piece) < verifyPiece {
			return seen, nil
		}
		place = piece[len(piece)-1].Place()
	}
}
