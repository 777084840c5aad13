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

	"github.com/onestop-gateway/onestop/api"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// verifyCommand audits a store, live or at rest.
func verifyCommand() *cobra.Command {
	var books []string
	var stuckAfter time.Duration
	command := &cobra.Command{
		Use:   "verify",
		Short: "Check every settlement, entry and accumulator of a store against the invariants",
		Long: `Walks the whole store in bounded memory, recomputes every settlement from its
policy version and stored inputs, and prints a line for each breach. Ends with
0 if there is none, 1 if there are, 2 if the store cannot be read. With
--book PAYER=FILE the payer's own book (JSON lines with "message" and "net")
is compared too; its messages are held in memory. It may run beside a gateway.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			c, err := loadConfig(command.Flags(), os.LookupEnv)
			if err != nil {
				return exitError{exitUnread, err}
			}
			policies, err := loadPolicies(c.Policies)
			if err != nil {
				return exitError{exitUnread, err}
			}
			if len(policies) == 0 {
				if policies, err = builtinPolicies(); err != nil {
					return err
				}
			}
			held, err := readBooks(books)
			if err != nil {
				return exitError{exitUnread, err}
			}
			archive, err := c.openArchive(command.Context())
			if err != nil {
				return exitError{exitUnread, err}
			}
			auditor := &lifecycle.Auditor{Policies: policies, Encode: api.Encode, Now: time.Now(), StuckAfter: stuckAfter, Held: held}
			err = verify(command, archive, auditor)
			return errors.Join(err, archive.Shut())
		},
	}
	settingFlags(command.Flags())
	command.Flags().StringArrayVar(&books, "book", nil, "a payer's own book, as PAYER=FILE; may be given several times")
	command.Flags().DurationVar(&stuckAfter, "stuck-after", 25*time.Hour, "how long a settlement may be open without being people's")
	return command
}

// verify walks the archive and says what it found.
func verify(command *cobra.Command, archive lifecycle.Archive, auditor *lifecycle.Auditor) error {
	findings := 0
	out := bufio.NewWriter(command.OutOrStdout())
	report := func(f lifecycle.Finding) {
		findings++
		fmt.Fprintln(out, f)
	}
	progress := newProgress(command.ErrOrStderr(), "verify")
	seen, err := lifecycle.Verify(command.Context(), archive, auditor, report, progress.reach)
	progress.clear()
	if err != nil {
		return exitError{exitUnread, errors.Join(err, out.Flush())}
	}
	fmt.Fprintf(out, "%d settlements, %d findings\n", seen, findings)
	if err := out.Flush(); err != nil {
		return err
	}
	if findings > 0 {
		return exitError{code: exitFailed}
	}
	return nil
}

// readBooks reads payers' own books; nil where there are none.
func readBooks(books []string) (func(settlement.PayerCode, settlement.MessageID) int, error) {
	if len(books) == 0 {
		return nil, nil
	}
	type line struct {
		payer   settlement.PayerCode
		message settlement.MessageID
	}
	held := map[line]int{}
	for _, book := range books {
		payer, file, _ := strings.Cut(book, "=")
		if payer == "" || file == "" {
			return nil, fmt.Errorf("--book %q: must be PAYER=FILE", book)
		}
		err := readBook(file, func(message settlement.MessageID, net int) { held[line{settlement.PayerCode(payer), message}] += net })
		if err != nil {
			return nil, fmt.Errorf("book %s: %w", file, err)
		}
	}
	return func(payer settlement.PayerCode, message settlement.MessageID) int { return held[line{payer, message}] }, nil
}

// readBook gives every line of a payer's book.
func readBook(file string, give func(settlement.MessageID, int)) error {
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	decoder := json.NewDecoder(bufio.NewReader(from))
	for {
		var line struct {
			Message settlement.MessageID `json:"message"`
			Net     int                  `json:"net"`
		}
		switch err := decoder.Decode(&line); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case line.Message == "":
			return fmt.Errorf("a line without a message")
		}
		give(line.Message, line.Net)
	}
}
