package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/heads"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// auditCommand reads the audit trail and proves that it is whole.
func auditCommand() *cobra.Command {
	audit := &cobra.Command{Use: "audit", Short: "Prove that the audit trail is whole, and read it"}
	audit.AddCommand(auditVerifyCommand(), auditListCommand(), auditExportCommand(), auditKeyCommand())
	return audit
}

// auditKeyCommand makes the key that signs heads.
func auditKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "key FILE",
		Short: "Make an ed25519 key that signs heads: FILE, and FILE.pub for auditors",
		Args:  unread(cobra.ExactArgs(1)),
		RunE: func(command *cobra.Command, args []string) error {
			made, err := heads.NewKey(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(command.OutOrStdout(), "%s\n%s signs; give %s.pub to the auditors\n", made.KeyID(), args[0], args[0])
			return nil
		},
	}
}

// auditVerifyCommand walks the chain.
func auditVerifyCommand() *cobra.Command {
	var folders, publics []string
	command := &cobra.Command{
		Use:   "verify",
		Short: "Walk the audit chain and the heads that were signed outside the database",
		Long: `Recomputes every block of the audit chain from the rows it seals, and compares
it with the signed heads in --heads, which were written outside the database:
whoever edits, deletes, inserts or reorders rows, or cuts off the newest, is
found. Each breach is one line, with the block and the turn of the row. Then
every settlement's own trail is walked, which finds what was done to rows that
no block seals yet. The last line says how far all is proven.

Take heads and public keys from where the database's administrators cannot
write. It may run beside a gateway.

Ends with 0 if all is as it was, 1 if not, 2 if something cannot be read.`,
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			c, err := loadConfig(command.Flags(), os.LookupEnv)
			if err != nil {
				return exitError{exitUnread, err}
			}
			v, torn, err := c.auditVerifier(folders, publics)
			if err != nil {
				return exitError{exitUnread, err}
			}
			archive, err := c.openArchive(command.Context())
			if err != nil {
				return exitError{exitUnread, err}
			}
			v.Archive = archive.Chain()
			return errors.Join(auditVerify(command, v, archive, torn), archive.Shut())
		},
	}
	settingFlags(command.Flags())
	command.Flags().StringArrayVar(&folders, "heads", nil, "folder of signed heads; may be given several times; none: those of the configuration")
	command.Flags().StringArrayVar(&publics, "public", nil, "public key that signed heads; may be given several times; none: that of the configuration")
	return command
}

// auditVerifier has the heads and keys that are named, or those configured.
func (c *config) auditVerifier(folders, publics []string) (v *chain.Verifier, torn int, err error) {
	v = &chain.Verifier{Hashes: knownHashes}
	if len(folders) == 0 {
		folders = c.Audit.Heads
	}
	if len(publics) == 0 && c.Audit.Key != "" {
		publics = []string{c.Audit.Key + ".pub"}
	}
	for _, file := range publics {
		key, err := heads.LoadPublic(file)
		if err != nil {
			return nil, 0, err
		}
		v.Keys = append(v.Keys, key)
	}
	v.Heads, torn, err = heads.Read(folders...)
	return v, torn, err
}

// auditVerify walks the chain and every settlement's trail, and says what was
// found and how far it is proven.
func auditVerify(command *cobra.Command, v *chain.Verifier, archive lifecycle.Archive, torn int) error {
	ctx, out := command.Context(), bufio.NewWriter(command.OutOrStdout())
	v.Report = func(b chain.Breach) { fmt.Fprintln(out, b) }
	proof, err := v.Verify(ctx)
	if err != nil {
		return exitError{exitUnread, errors.Join(err, out.Flush())}
	}
	trails := 0
	_, err = lifecycle.VerifyTrails(ctx, archive, func(f lifecycle.Finding) {
		trails++
		fmt.Fprintln(out, f)
	})
	if err != nil {
		return exitError{exitUnread, errors.Join(err, out.Flush())}
	}
	tell(out, &proof, torn)
	if err := out.Flush(); err != nil {
		return err
	}
	if proof.Breaches+trails > 0 {
		return exitError{code: exitFailed}
	}
	return nil
}

// tell says how far a chain is proven.
func tell(out io.Writer, p *chain.Proof, torn int) {
	fmt.Fprintf(out, "%d rows in %d blocks, up to turn %d", p.Rows, p.Blocks, p.Until)
	if p.Earlier > 0 {
		fmt.Fprintf(out, ", %d of them from before the chain", p.Earlier)
	}
	fmt.Fprintf(out, "; %d not in a block yet; %d breaches\n", p.Behind, p.Breaches)
	if torn > 0 {
		fmt.Fprintf(out, "%d lines of the files of heads are no heads: cut short by a crash, or damaged\n", torn)
	}
	if p.Signed.Height < 0 {
		fmt.Fprintln(out, "no signed head fits: whoever can write to the database could have made all of it anew")
		return
	}
	fmt.Fprintf(out, "proven by %d heads, the last signed at %s by %s up to turn %d; %d rows since then are sealed without a signature\n",
		p.Heads, p.Signed.At.Format(time.RFC3339), p.Signed.Key, p.Signed.Until, p.Unsigned)
}

// auditListFlags select lines for people and programs.
type auditSelection struct {
	after, until int64
	limit        int
}

func auditListCommand() *cobra.Command {
	var s auditSelection
	command := &cobra.Command{
		Use:   "list",
		Short: "List the audit trail, oldest first, without personal data",
		Args:  unread(cobra.NoArgs),
		RunE: auditReading(&s, func(out io.Writer, l *auditLine) error {
			_, err := fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Turn, l.At, cmp.Or(l.Actor, "-"), l.Table, cmp.Or(l.Action, "-"), cmp.Or(l.Reason, "-"), cmp.Or(l.Object, "-"))
			return err
		}),
	}
	s.flags(command, 100)
	return command
}

func auditExportCommand() *cobra.Command {
	var s auditSelection
	command := &cobra.Command{
		Use:   "export",
		Short: "Write the audit trail as JSON, one object a line, without personal data",
		Args:  unread(cobra.NoArgs),
		RunE:  auditReading(&s, func(out io.Writer, l *auditLine) error { return l.writeJSON(out) }),
	}
	s.flags(command, 0)
	return command
}

func (s *auditSelection) flags(command *cobra.Command, limit int) {
	settingFlags(command.Flags())
	command.Flags().Int64Var(&s.after, "after", 0, "only rows whose turn is above this")
	command.Flags().Int64Var(&s.until, "until", 1<<62-1, "only rows up to this turn")
	command.Flags().IntVar(&s.limit, "limit", limit, "at most so many rows; 0: all")
}

// auditReading gives the selected lines one after the other.
func auditReading(s *auditSelection, each func(io.Writer, *auditLine) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, _ []string) error {
		c, err := loadConfig(command.Flags(), os.LookupEnv)
		if err != nil {
			return exitError{exitUnread, err}
		}
		archive, err := c.openArchive(command.Context())
		if err != nil {
			return exitError{exitUnread, err}
		}
		out := bufio.NewWriter(command.OutOrStdout())
		err = s.read(command.Context(), archive.Chain(), func(r *chain.Row) error {
			line := newAuditLine(r)
			return each(out, &line)
		})
		return errors.Join(err, out.Flush(), archive.Shut())
	}
}

// rowsAtOnce bounds the rows held in memory.
const rowsAtOnce = 1000

func (s *auditSelection) read(ctx context.Context, archive chain.Archive, each func(*chain.Row) error) error {
	given := 0
	for after := s.after; after < s.until; {
		rows, upTo, err := archive.Rows(ctx, after, s.until, rowsAtOnce)
		if err != nil {
			return exitError{exitUnread, err}
		}
		for i := range rows {
			if s.limit > 0 && given == s.limit {
				return nil
			}
			given++
			if err := each(&rows[i]); err != nil {
				return err
			}
		}
		after = upTo
	}
	return nil
}
