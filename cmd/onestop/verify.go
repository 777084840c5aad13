package main

import (
	"bufio"
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
from its policy version and stored inputs, and prints a line for each breach.
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
	findings := 0
	out := bufio.NewWriter(command.OutOrStdout())
	report := func(f lifecycle.Finding) {
		findings++
		fmt.Fprintln(out, f)
	}
	progress := newProgress(command.ErrOrStderr(), "verify")
	seen, err := lifecycle.Verify(command.Context(), archive, auditor, report, progress.reach)
	progress.clear()
	clearings := 0
	if err == nil {
		clearings, err = clearinghouse.Audit(command.Context(), archive, func(f clearinghouse.Finding) {
			findings++
			fmt.Fprintln(out, f)
		})
	}
	if err != nil {
		return exitError{exitUnread, errors.Join(err, out.Flush())}
	}
	fmt.Fprintf(out, "%d settlements, %d findings", seen, findings)
	if clearings > 0 {
		fmt.Fprintf(out, ", %d clearings", clearings)
	}
	if older := auditor.Older(); older > 0 {
		fmt.Fprintf(out, ", %d with an audit trail from before it was sealed", older)
	}
	fmt.Fprintln(out)
	if err := out.Flush(); err != nil {
		return err
	}
	if findings > 0 {
		return exitError{code: exitFailed}
	}
	return nil
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
