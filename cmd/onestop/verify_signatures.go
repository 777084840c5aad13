package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/signature"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// signatureCheck verifies the signatures of stored answers again: the proof
// that a payer said what the store says it did.
type signatureCheck struct {
	envelopes map[settlement.PayerCode]*signature.Envelope
	since     time.Time // answers from before it are not looked at

	good, wrong, before int
}

// verifySignatures walks the archive, some settlements at a time, and says what
// it found.
func verifySignatures(command *cobra.Command, c *config, archive lifecycle.Archive, since time.Time) error {
	envelopes, err := c.envelopes()
	if err != nil {
		return exitError{exitUnread, err}
	}
	out := bufio.NewWriter(command.OutOrStdout())
	check := &signatureCheck{envelopes: envelopes, since: since}
	err = eachDossier(command.Context(), archive, func(d *lifecycle.Dossier) {
		check.dossier(d, func(line string) { fmt.Fprintln(out, line) })
	})
	if err != nil {
		return exitError{exitUnread, errors.Join(err, out.Flush())}
	}
	fmt.Fprintf(out, "%d signed answers of payers verified, %d wrong, %d from before signing\n", check.good, check.wrong, check.before)
	if err := out.Flush(); err != nil {
		return err
	}
	if check.wrong > 0 {
		return exitError{code: exitFailed}
	}
	return nil
}

// dossierPiece is how many settlements are held in memory at once.
const dossierPiece = 500

// eachDossier gives every settlement of the archive.
func eachDossier(ctx context.Context, archive lifecycle.Archive, give func(*lifecycle.Dossier)) error {
	for place := (lifecycle.Place{}); ; {
		piece, err := archive.Dossiers(ctx, place, dossierPiece)
		if err != nil {
			return err
		}
		for i := range piece {
			give(&piece[i])
		}
		if len(piece) < dossierPiece {
			return nil
		}
		place = piece[len(piece)-1].Place()
	}
}

// dossier checks the answers that were taken for something. One that was in
// doubt proved nothing then and need not now; one without a body never came.
func (c *signatureCheck) dossier(d *lifecycle.Dossier, tell func(line string)) {
	for _, attempt := range d.Attempts {
		if attempt.Phase != lifecycle.PhaseResult || len(attempt.Body) == 0 || attempt.Result == settlement.ResultInDoubt || attempt.Result == settlement.ResultUnsent {
			continue
		}
		if attempt.Leg < 0 || attempt.Leg >= len(d.Settlement.Legs) {
			continue // a call before there were legs: it moved nothing
		}
		payer := d.Settlement.Legs[attempt.Leg].Payer
		envelope, signs := c.envelopes[payer]
		switch {
		case !signs:
		case attempt.At.Before(c.since):
			c.before++
		default:
			if err := envelope.Verify(attempt.Body); err != nil {
				c.wrong++
				tell(fmt.Sprintf("signature %s: %s of %s, message %s: %v", d.Settlement.ID, attempt.Operation, payer, attempt.Message, err))
				continue
			}
			c.good++
		}
	}
}
