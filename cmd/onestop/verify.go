package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/spill"
	"github.com/onestop-gateway/onestop/api"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// verifyCommand audits a store, live or at rest.
func verifyCommand() *cobra.Command {
	var books []string
	var stuckAfter time.Duration
	var signatures bool
	var signedSince string
	command := &cobra.Command{
		Use:   "verify",
		Short: "Check every settlement, entry and accumulator of a store against the invariants",
		Long: `Walks the whole store as it stood at one moment, recomputes every settlement
from its policy version and stored inputs, and prints a line for each breach: I1
to I16 of settlements, their entries and accumulators, I17 of the stays that
they name, R1 to R5 of kept reconciliations, what people had done about differences and adjustments, C1 to
C5 of clearings. Ledger, reconciliations and clearings are tied to the fen.
Ends with 0 if there is none, 1 if there are, 2 if the store cannot be read.
With --book PAYER=FILE the payer's own book for this gateway is compared too:
JSON lines with "message", that of the settle call, and "net", how many
settlements of it stand; a book with a line for each booking has 1 for a
settlement and -1 for its reversal. Export it while nothing moves, or look
again at what was settled in between.
With --payer-signatures nothing but the signatures of stored answers is checked,
of the payers whose configuration has signing, with every key it names: keep the
public keys of before a rotation there. Answers from before --signed-since are
passed over.

Memory is bounded whatever the size of the store and of the books: what does
not fit is sorted in temporary files (TMPDIR). It may run beside a gateway; on
SQLite the write-ahead log grows meanwhile.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			c, err := loadConfig(command.Flags(), os.LookupEnv)
			if err != nil {
				return exitError{exitUnread, err}
			}
			if signatures {
				return verifySigned(command, &c, signedSince)
			}
			policies, err := c.policiesInForce(command.Context())
			if err != nil {
				return exitError{exitUnread, err}
			}
			if len(policies) == 0 {
				if policies, err = builtinPolicies(); err != nil {
					return err
				}
			}
			archive, err := c.openArchive(command.Context())
			if err != nil {
				return exitError{exitUnread, err}
			}
			lines := spill.New("")
			auditor := &lifecycle.Auditor{Policies: policies, Encode: api.Encode, Now: time.Now(), StuckAfter: stuckAfter, Lines: lines}
			err = readBooks(command, books, auditor)
			if err == nil {
				err = verify(command, archive, auditor)
			}
			return errors.Join(err, lines.Close(), archive.Shut())
		},
	}
	settingFlags(command.Flags())
	command.Flags().StringArrayVar(&books, "book", nil, "a payer's own book, as PAYER=FILE; may be given several times")
	command.Flags().DurationVar(&stuckAfter, "stuck-after", 25*time.Hour, "how long a settlement may be open without being people's")
	command.Flags().BoolVar(&signatures, "payer-signatures", false, "verify the signatures of stored answers again, and nothing else")
	command.Flags().StringVar(&signedSince, "signed-since", "", "the day from which payers sign, as in 2026-11-22; needs --payer-signatures")
	return command
}

// verifySigned is verify with --payer-signatures.
func verifySigned(command *cobra.Command, c *config, since string) error {
	var from time.Time
	if since != "" {
		day, err := time.ParseInLocation(time.DateOnly, since, settlement.China)
		if err != nil {
			return exitError{exitUnread, fmt.Errorf("--signed-since: %q is not a day", since)}
		}
		from = day
	}
	archive, err := c.openArchive(command.Context())
	if err != nil {
		return exitError{exitUnread, err}
	}
	return errors.Join(verifySignatures(command, c, archive, from), archive.Shut())
}

// verify walks the archive and says what it found.
func verify(command *cobra.Command, archive archive, auditor *lifecycle.Auditor) error {
	v := verification{out: bufio.NewWriter(command.OutOrStdout()), auditor: auditor}
	progress := newProgress(command.ErrOrStderr(), "verify")
	err := v.walk(command.Context(), archive, progress.reach)
	progress.clear()
	if err != nil {
		return exitError{exitUnread, errors.Join(err, v.out.Flush())}
	}
	if err := v.say(); err != nil {
		return err
	}
	if v.findings > 0 {
		return exitError{code: exitFailed}
	}
	return nil
}

// verification is what was seen of a store, and where it is told.
type verification struct {
	out     *bufio.Writer
	auditor *lifecycle.Auditor

	findings, settlements, clearings int
	runs, bounded                    int // of reconciliation
}

func (v *verification) found(breach fmt.Stringer) {
	v.findings++
	fmt.Fprintln(v.out, breach)
}

// walk reads every settlement once, for its own invariants and for what
// reconciliation says of it, and then the ledger for the clearings.
func (v *verification) walk(ctx context.Context, archive archive, progress func(int)) error {
	runs, err := reconciliation.NewAuditor(ctx, archive, func(b reconciliation.Breach) { v.found(b) })
	if err != nil {
		return err
	}
	v.settlements, err = lifecycle.Verify(ctx, runs.Watch(stay.Audit(archive, func(b stay.Breach) { v.found(b) })), v.auditor, func(f lifecycle.Finding) { v.found(f) }, progress)
	if err != nil {
		return err
	}
	v.runs, v.bounded = runs.End()
	v.clearings, err = clearinghouse.Audit(ctx, archive, func(f clearinghouse.Finding) { v.found(f) })
	return err
}

// say ends with one line that sums up.
func (v *verification) say() error {
	fmt.Fprintf(v.out, "%d settlements, %d findings", v.settlements, v.findings)
	for _, also := range []struct {
		count int
		what  string
	}{
		{v.clearings, "clearings"}, {v.runs, "reconciliations"}, {v.bounded, "of them while settlements moved, so that our side is only bounded"},
		{v.auditor.Older(), "with an audit trail from before it was sealed"},
	} {
		if also.count > 0 {
			fmt.Fprintf(v.out, ", %d %s", also.count, also.what)
		}
	}
	fmt.Fprintln(v.out)
	return v.out.Flush()
}

// readBooks gives payers' own books to the auditor.
func readBooks(command *cobra.Command, books []string, auditor *lifecycle.Auditor) error {
	for _, book := range books {
		payer, file, err := bookOf(book)
		if err != nil {
			return exitError{exitUnread, err}
		}
		progress := newProgress(command.ErrOrStderr(), "book of "+string(payer))
		give := auditor.Book(payer)
		err = readBook(file, func(line *bookLine) error {
			progress.advance()
			return give(line.Message, *line.Net)
		})
		progress.clear()
		if err != nil {
			return exitError{exitUnread, fmt.Errorf("book %s: %w", file, err)}
		}
	}
	return nil
}

// bookOf takes PAYER=FILE apart.
func bookOf(flag string) (payer settlement.PayerCode, file string, err error) {
	code, file, _ := strings.Cut(flag, "=")
	if code == "" || file == "" {
		return "", "", fmt.Errorf("--book %q: must be PAYER=FILE", flag)
	}
	return settlement.PayerCode(code), file, nil
}

// readBook gives every line of a payer's book, one at a time.
func readBook(file string, give func(*bookLine) error) error {
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	decoder := json.NewDecoder(bufio.NewReader(from))
	for {
		var line bookLine
		switch err := decoder.Decode(&line); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := line.check(); err != nil {
			return err
		}
		if err := give(&line); err != nil {
			return err
		}
	}
}

// bookLine is what a payer's own book says of a message. Whose it is, and of
// which encounter, only a recovery has to know.
type bookLine struct {
	Message   settlement.MessageID   `json:"message"`
	Net       *int                   `json:"net"`
	Person    string                 `json:"person"` // the payer's number
	Encounter settlement.EncounterID `json:"encounter"`
	Reference string                 `json:"reference"` // the payer's name of its own record
}

// check refuses a line that does not say how much of which message stands: one
// taken for nothing would have a recovery reverse what the payer holds.
func (l *bookLine) check() error {
	switch {
	case l.Message == "" || strings.ContainsRune(string(l.Message), 0):
		return errors.New("a line without a message")
	case l.Net == nil:
		return fmt.Errorf("message %q without net", l.Message)
	}
	return nil
}
