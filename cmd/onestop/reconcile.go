package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	"github.com/onestop-gateway/onestop/adapters/spill"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// reconcileCommand compares lists of payers and agencies with a store.
func reconcileCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "reconcile",
		Short: "Compare what a payer or an agency lists with what the store holds",
		Long: `A running gateway compares, over gRPC, and keeps what it found, until two people
have put it right. run --dry-run and export read the store itself as it stands
at one moment, beside a running gateway, and change nothing in it. A period is
of the payer's days, in China.`,
	}
	callerFlags(command)
	command.AddCommand(reconcileRun(), reconcileList(), reconcileShow(), reconcileDifferences(), reconcileFix(), reconcileVoid(), reconcileExport())
	return command
}

// reconcileScope is what the flags of a subcommand ask for.
type reconcileScope struct {
	share, payer, facility, from, to string
}

func (s *reconcileScope) flags(command *cobra.Command) {
	settingFlags(command.Flags())
	command.Flags().StringVar(&s.payer, "payer", "", "the payer's code; needed for the insurance share")
	command.Flags().StringVar(&s.facility, "facility", "", "one facility only")
	command.Flags().StringVar(&s.from, "from", "", "first day, as 2026-07-01")
	command.Flags().StringVar(&s.to, "to", "", "last day (default: the first)")
}

// read makes a scope of the flags.
func (s *reconcileScope) read() (reconcile.Scope, error) {
	scope := reconcile.Scope{Share: reconcile.Share(s.share), Payer: settlement.PayerCode(s.payer), Facility: settlement.FacilityID(s.facility)}
	var err error
	if scope.Period.From, err = settlement.ParseDate(s.from); err != nil {
		return scope, exitError{exitUnread, fmt.Errorf("--from: %w", err)}
	}
	scope.Period.To = scope.Period.From
	if s.to != "" {
		if scope.Period.To, err = settlement.ParseDate(s.to); err != nil {
			return scope, exitError{exitUnread, fmt.Errorf("--to: %w", err)}
		}
	}
	return scope, nil
}

// books opens the store that the flags of command name.
func (s *reconcileScope) books(command *cobra.Command) (archive, error) {
	c, err := loadConfig(command.Flags(), os.LookupEnv)
	if err != nil {
		return nil, exitError{exitUnread, err}
	}
	opened, err := c.openArchive(command.Context())
	if err != nil {
		return nil, exitError{exitUnread, err}
	}
	return opened, nil
}

func reconcileRun() *cobra.Command {
	var asked reconcileScope
	var form string
	var details, objects, dry bool
	var kept keptRun
	command := &cobra.Command{
		Use:   "run [FILE]",
		Short: "Compare a list with the store: totals first, details where totals differ",
		Args:  unread(cobra.MaximumNArgs(1)),
		Long: `Sends FILE to a running gateway, which compares it and keeps what differs; the
same file again is answered with the run there is, unless it is forced. With
--live the payer itself is asked. With --dry-run the command reads the store
itself, and nothing is kept.

Prints the totals of both sides by facility, insurance and kind of clearing,
and, where any differ, a line for each booking that the two sides do not agree
on: its class, encounter, suspected cause with its evidence, proposed fix, and
the fields that differ. Bad rows of the list are printed and skipped. Ends with
0 if nothing differs and no row is bad, 1 if not, 2 if the list or the store
cannot be read.

Forms: 3202-upload is the platform's table 200 (all bookings), 3202-result its
table 201 (what it found to differ, so what it leaves out proves nothing); both
are tab-separated UTF-8, plain or in a zip. csv and xlsx have a heading of the
platform's names, mdtrt_id and fund_pay_sumamt or maf_pay at least. Only what a
list states is compared. The assistance share (--share assistance) compares
maf_pay, which the platform's detail lists do not have.

Memory is bounded whatever the size of the list and the store: what does not
fit is sorted in temporary files (TMPDIR). Lists are limited to 2 GiB unpacked
and to 200 times their packed size.`,
	}
	asked.flags(command)
	command.Flags().StringVar(&asked.share, "share", string(reconcile.InsuranceShare), "whose part of the bills: insurance or assistance")
	command.Flags().StringVar(&form, "form", string(statement.Upload), "3202-upload, 3202-result, csv or xlsx")
	command.Flags().BoolVar(&details, "details", false, "compare every booking though all totals agree")
	command.Flags().BoolVar(&dry, "dry-run", false, "compare here and keep nothing")
	command.Flags().BoolVar(&objects, "json", false, "with --dry-run, print one JSON object a line")
	kept.flags(command)
	command.RunE = func(command *cobra.Command, args []string) error {
		if (len(args) == 0) != kept.live || kept.live && dry || objects && !dry {
			return exitError{exitUnread, errors.New("name FILE, or --live alone; --json goes with --dry-run")}
		}
		if !dry {
			kept.fill(&asked, details)
			return kept.run(command, args, statement.Form(form))
		}
		scope, err := asked.read()
		if err != nil {
			return err
		}
		file, list, err := openList(args[0], statement.Form(form))
		if err != nil {
			return exitError{exitUnread, err}
		}
		books, err := asked.books(command)
		if err != nil {
			return errors.Join(err, list.Close(), file.Close())
		}
		run := &reconciliation.Run{Scope: scope, Books: books, List: list, Details: details}
		err = reconciled(command, run, objects)
		return errors.Join(err, books.Shut(), list.Close(), file.Close())
	}
	return command
}

// openList opens a list in a file.
func openList(path string, form statement.Form) (*os.File, *statement.List, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	list, err := statement.Open(file, info.Size(), form, statement.Usual)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return file, list, nil
}

// teller prints what a run tells.
type teller interface {
	totals([]reconcile.Compared) error
	difference(*reconcile.Difference) error
	bad(*settlement.Problem) error
	result(*reconciliation.Result) error
}

// reconciled has a run done, prints what it tells, as objects or for people,
// and says by its error whether anything differs.
func reconciled(command *cobra.Command, run *reconciliation.Run, objects bool) error {
	out := bufio.NewWriter(command.OutOrStdout())
	var told teller = reconcilePrinter{out}
	if objects {
		told = reconcileObjects{json.NewEncoder(out)}
	}
	lines := spill.New("")
	progress := newProgress(command.ErrOrStderr(), "reconcile")
	run.Lines, run.Progress = lines, progress.reach
	run.Totals, run.Difference, run.Bad = told.totals, told.difference, told.bad
	result, err := run.Do(command.Context())
	progress.clear()
	if err == nil {
		err = told.result(&result)
	}
	if err = errors.Join(err, lines.Close(), out.Flush()); err != nil {
		return exitError{exitUnread, err}
	}
	if result.Bad > 0 || !result.Agree && !run.Scope.Partial || result.Tally.Differences() > 0 {
		return exitError{code: exitFailed}
	}
	return nil
}

func reconcileExport() *cobra.Command {
	asked := reconcileScope{share: string(reconcile.InsuranceShare)}
	command := &cobra.Command{
		Use:   "export FILE",
		Short: "Write what the store holds of a payer as the platform's table 200, in a zip",
		Args:  unread(cobra.ExactArgs(1)),
		Long: `Writes the list to upload with 9101 and 3202: one row a settlement, and for one
that is reversed a positive and a negative row. The file must not exist.`,
	}
	asked.flags(command)
	command.RunE = func(command *cobra.Command, args []string) error {
		scope, err := asked.read()
		if err != nil {
			return err
		}
		scope.States = reconcile.StatesFund
		if err := scope.Check(); err != nil {
			return exitError{exitUnread, err}
		}
		books, err := asked.books(command)
		if err != nil {
			return err
		}
		file, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return errors.Join(exitError{exitUnread, err}, books.Shut())
		}
		err = statement.Write(file, func(give func(reconcile.Line) error) error {
			return reconciliation.Hold(command.Context(), books, &scope, give)
		})
		return errors.Join(err, books.Shut(), file.Sync(), file.Close())
	}
	return command
}
