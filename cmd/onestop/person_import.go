package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

const (
	importBatch   = 2000 // rows that share a commit
	rejectsListed = 20   // the file of rejects has all of them
	importTries   = 5    // of a batch that raced with somebody else
)

// personImportCommand puts files of persons into the register.
func personImportCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "import FILE...",
		Short: "Add persons with their category periods, or bring what is known of them up to date",
		Long: `Reads persons from CSV, XLSX, YAML or JSON files. A row that cannot be taken is
listed with line, field and reason, and written to FILE.rejects.csv as it stood,
for its owner only; the other rows go in. What a row says already is left alone,
what it adds or changes becomes a change in the person's history; nothing is
taken away.

An import that was interrupted goes on where it stood when it is started again
with the same file: how far it came is written with the rows. Identity numbers
are never printed. Settlements that stand on other ground after a change dated
back are flagged for review and listed; person imported lists them again.

Where two people correct what is known (two_people.corrections), rows that only
register somebody, or add something from today on, go in; those that correct
wait: the file is proposed, by its digest, for another person to approve
(correction show, approve), and imported once more then.`,
		Args: cobra.MinimumNArgs(1),
	}
	by := operatorFlag(command)
	paper := command.Flags().String("document", "", "approval document of periods that name none (default: the import of the file)")
	command.RunE = func(command *cobra.Command, files []string) error {
		for _, file := range files { // before a store is made
			if err := checkPersons(file); err != nil {
				return exitError{exitUnread, fmt.Errorf("%s: %w", file, err)}
			}
		}
		return withPeople(command, func(ctx context.Context, register *eligibility.Register, office *assent.Office) error {
			rejected := 0
			for _, file := range files {
				im := importing{register: register, office: office, by: string(*by), document: *paper, out: command.OutOrStdout(), err: command.ErrOrStderr()}
				reached, err := im.run(ctx, file)
				if err != nil {
					return exitError{exitUnread, fmt.Errorf("%s: %w", file, err)}
				}
				rejected += reached.Rejected
			}
			if rejected > 0 {
				return exitError{exitFailed, fmt.Errorf("%d rows were not taken", rejected)}
			}
			return nil
		})
	}
	return command
}

// importing is the import of one file.
type importing struct {
	register *eligibility.Register
	office   *assent.Office
	approved bool // a second person agreed to what the file corrects, with the document
	before   int  // proposals of the file there are already
	by       string
	document string
	out, err io.Writer

	rejects *rejects
	listed  int
	reached eligibility.Progress
}

// run reads the whole file in batches, behind what is in already.
func (im *importing) run(ctx context.Context, file string) (eligibility.Progress, error) {
	digest, err := digestOf(file)
	if err != nil {
		return eligibility.Progress{}, err
	}
	if im.document == "" {
		im.document = "import " + digest[:16]
	}
	waiting, err := im.agreed(ctx, digest)
	if err != nil {
		return eligibility.Progress{}, err
	}
	progress := digest
	if im.approved { // a course of its own over the same rows
		progress = "approved " + digest
	}
	im.reached, _, err = im.register.Store.Imported(ctx, progress)
	if err != nil {
		return im.reached, err
	}
	im.reached.File = progress
	if before := im.reached.Rows; before > 0 {
		fmt.Fprintf(im.out, "%s: going on behind row %d, which is in already\n", file, before)
	}
	im.rejects = openRejects(file+".rejects.csv", im.reached.Bytes)
	err = im.batches(ctx, file, im.take)
	err = errors.Join(err, im.rejects.shut())
	if err == nil {
		r := im.reached
		fmt.Fprintf(im.out, "%s: %d rows: %d added, %d changed, %d unchanged, %d rejected\n", file, r.Rows, r.Added, r.Changed, r.Unchanged, r.Rejected)
		err = printTouched(ctx, im.out, im.register, file, rejectsListed)
	}
	if err == nil && im.reached.Rejected > 0 {
		fmt.Fprintf(im.out, "%s has what was rejected\n", im.rejects.path)
	}
	if err == nil && im.reached.Rejected > 0 && im.register.TwoPeople && !im.approved {
		err = im.propose(ctx, file, digest, waiting)
	}
	return im.reached, err
}

// batches hands the entries of a file to take, a batch at a time.
func (im *importing) batches(ctx context.Context, file string, take func(context.Context, []entry) error) error {
	source, err := openPersons(file)
	if err != nil {
		return err
	}
	im.rejects.heading = source.heading
	shown := newProgress(im.err, "persons")
	defer shown.clear()
	row, batch := 0, make([]entry, 0, importBatch)
	for e, err := range source.entries {
		if err != nil {
			return err
		}
		row++
		if row <= im.reached.Rows {
			continue
		}
		batch = append(batch, e)
		if len(batch) == importBatch {
			if err := take(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
			shown.reach(im.reached.Rows)
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return take(ctx, batch)
}

// take writes one batch; what it rejects is in the file of rejects before the
// batch is in the store, and is cut off again if that never comes.
func (im *importing) take(ctx context.Context, batch []entry) error {
	load := eligibility.Load{By: im.by, Document: im.document, Reached: im.reached, Approved: im.approved}
	load.Reached.Rows += len(batch)
	var unread []eligibility.Reject
	cells := make(map[int][]string, len(batch))
	for _, e := range batch {
		cells[e.line] = e.cells
		if e.err != nil {
			load.Reached.Rejected++
			unread = append(unread, refusalOf(e))
			continue
		}
		load.Rows = append(load.Rows, eligibility.Row{Line: e.line, Draft: e.draft})
	}
	for try := 1; ; try++ {
		judged, err := im.register.Judge(ctx, load)
		if err != nil {
			return err
		}
		all := append(slices.Clone(unread), judged.Rejects...)
		slices.SortFunc(all, func(a, b eligibility.Reject) int { return a.Line - b.Line })
		length, err := im.rejects.write(all, cells, im.reached.Bytes)
		if err != nil {
			return err
		}
		reached, err := im.register.Commit(ctx, judged, length)
		if err == nil {
			im.reached = reached
			im.list(all)
			return nil
		}
		kind := settlement.KindOf(err)
		if kind != settlement.KindConflict && kind != settlement.KindExists || try == importTries {
			return err
		}
	}
}

// list prints what was rejected, up to a limit.
func (im *importing) list(all []eligibility.Reject) {
	for _, r := range all {
		im.listed++
		if im.listed <= rejectsListed {
			fmt.Fprintf(im.err, "line %d: %s: %s\n", r.Line, r.Field, r.Says)
		}
		if im.listed == rejectsListed+1 {
			fmt.Fprintln(im.err, "…")
		}
	}
}

// refusalOf says why an entry could not be read; of several problems the
// fields and reasons stand side by side.
func refusalOf(e entry) eligibility.Reject {
	reject := eligibility.Reject{Line: e.line}
	var problems settlement.Problems
	if !errors.As(e.err, &problems) {
		reject.Says = e.err.Error()
		return reject
	}
	for i, p := range problems {
		if i > 0 {
			reject.Field += "; "
			reject.Says += "; "
		}
		reject.Field += p.Path
		reject.Says += p.Says
	}
	return reject
}

// entry is one row or person of a file, read or not.
type entry struct {
	line  int
	draft registry.Draft
	err   error
	cells []string // of a sheet, as they stood
}

// persons is a file of persons, opened.
type persons struct {
	heading []string // of a sheet
	entries iter.Seq2[entry, error]
}
