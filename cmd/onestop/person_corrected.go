package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
)

// fileKey is the request that proposes a file, whoever asks and however often:
// one more each time that an earlier proposal has expired, or was for another
// document.
func fileKey(digest string, before int) correction.Key {
	key := "import-" + digest
	if before > 0 {
		key += "-" + strconv.Itoa(before+1)
	}
	return correction.Key{Request: settlement.RequestID(key)}
}

// agreed looks whether a second person approved the file with the document its
// rows are to be taken by, and gives the last that was proposed of both, if
// anything was.
func (im *importing) agreed(ctx context.Context, digest string) (last *correction.Proposal, err error) {
	for im.before = 0; ; im.before++ {
		mark, err := im.office.Store.Suggested(ctx, fileKey(digest, im.before))
		if settlement.KindOf(err) == settlement.KindNotFound {
			return last, nil
		}
		if err != nil {
			return nil, err
		}
		kept, err := im.office.Proposal(ctx, mark.ID)
		if err != nil {
			return nil, err
		}
		if kept.Matter.File == digest && kept.Document() == im.document {
			last, im.approved = &kept.Proposal, kept.Status() == correction.Approved
		}
	}
}

// propose puts a file forward whose rows correct what is known, or says how what
// was put forward stands. What has expired is put forward again.
func (im *importing) propose(ctx context.Context, file, digest string, kept *correction.Proposal) error {
	anew := kept == nil || kept.Status() == correction.Expired
	if anew {
		held, err := im.held(ctx, file)
		if err != nil || held == 0 {
			return err
		}
		done, err := im.office.Propose(ctx, assent.Suggestion{
			Key: fileKey(digest, im.before), By: im.by, Cause: im.document, Matter: correction.Matter{File: digest, Held: held},
		})
		if err != nil {
			return err
		}
		kept = &done.Proposal
	}
	if anew || kept.Open() {
		fmt.Fprintf(im.out, "%s: %d rows correct what is known and wait for a second person: onestop correction show %s; once it is approved, import the file again with --document %q\n",
			file, kept.Matter.Held, kept.ID, kept.Document())
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
