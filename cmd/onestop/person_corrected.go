package main

import (
	"context"
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
)

// fileKey is the request that proposes a file, whoever asks and however often.
func fileKey(digest string) correction.Key {
	return correction.Key{Request: settlement.RequestID("import-" + digest)}
}

// agreed looks whether a second person approved the file, and gives what was
// proposed of it, if anything was.
func (im *importing) agreed(ctx context.Context, digest string) (*correction.Proposal, error) {
	mark, err := im.office.Store.Suggested(ctx, fileKey(digest))
	if settlement.KindOf(err) == settlement.KindNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	kept, err := im.office.Store.Proposal(ctx, mark.ID)
	im.approved = kept.Status() == correction.Approved && kept.Matter.File == digest
	return &kept, err
}

// propose puts a file forward whose rows correct what is known, or says how what
// was put forward stands.
func (im *importing) propose(ctx context.Context, file, digest string, kept *correction.Proposal) error {
	if kept == nil {
		held, err := im.held(ctx, file)
		if err != nil || held == 0 {
			return err
		}
		done, err := im.office.Propose(ctx, assent.Suggestion{
			Key: fileKey(digest), By: im.by, Cause: im.document, Matter: correction.Matter{File: digest, Held: held},
		})
		if err != nil {
			return err
		}
		kept = &done.Proposal
	}
	if kept.Open() {
		fmt.Fprintf(im.out, "%s: %d rows correct what is known and wait for a second person: onestop correction show %s; once it is approved, import the file again\n",
			file, kept.Matter.Held, kept.ID)
		return nil
	}
	last := kept.History[len(kept.History)-1]
	fmt.Fprintf(im.out, "%s: what corrects in it was %s by %s: %s\n", file, last.Act, last.By, last.Cause)
	return nil
}

// held counts the rows of a file that wait for a second person as things are
// now. It writes nothing.
func (im *importing) held(ctx context.Context, file string) (held int, err error) {
	dry := importing{register: im.register, by: im.by, document: im.document, err: im.err, rejects: &rejects{}}
	err = dry.batches(ctx, file, func(ctx context.Context, batch []entry) error {
		load := eligibility.Load{By: im.by, Document: im.document}
		for _, e := range batch {
			if e.err == nil {
				load.Rows = append(load.Rows, eligibility.Row{Line: e.line, Draft: e.draft})
			}
		}
		judged, err := im.register.Judge(ctx, load)
		if err == nil {
			held += judged.Held
		}
		return err
	})
	return held, err
}
