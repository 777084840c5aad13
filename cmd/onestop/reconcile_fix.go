package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

func reconcileDifferences() *cobra.Command {
	in := &onestopv1.ListDifferencesRequest{PageSize: 200}
	class := ""
	command := &cobra.Command{Use: "differences ID", Short: "List what a run found to differ", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&class, "class", "", "only of one class, such as payer_only")
	command.Flags().BoolVar(&in.Open, "open", false, "only those on which the last word is not spoken")
	command.RunE = comparing(func(r *comparisons) error {
		value, known := onestopv1.DifferenceClass_value["DIFFERENCE_CLASS_"+strings.ToUpper(class)]
		if class != "" && !known {
			return exitError{exitUnread, fmt.Errorf("--class %q: no such class", class)}
		}
		in.Id, in.Class = r.id, onestopv1.DifferenceClass(value)
		for {
			page, err := ask(r.caller, r.client.ListDifferences, in)
			if err != nil {
				return err
			}
			for _, d := range page.GetDifferences() {
				r.difference(d)
			}
			if in.PageToken = page.GetNextPageToken(); in.PageToken == "" {
				return nil
			}
		}
	})
	return command
}

// reconcileFix is what two people do about one difference.
func reconcileFix() *cobra.Command {
	command := &cobra.Command{
		Use:   "fix",
		Short: "Show a difference, and put it right by two people",
		Long: `One person proposes what to do and names what speaks for it; another reads that
and approves, by the etag that show gave. requery has the payer asked again,
reverse_message has it reverse what it books and we do not, and
accept_with_document closes the difference as the document says.
post_adjustment corrects the ledger by a posting of its own, by just what the
two sides differ in, which show names: the settlement, what the patient paid and
what the year has used stay as they are, and the next clearing has the posting.
It needs --cause.`,
	}
	command.AddCommand(fixShow(), fixPropose(), fixApprove(), fixDecline())
	return command
}

// lineOf is the line that a command names.
func (r *comparisons) line() (int32, error) {
	n, err := strconv.ParseInt(r.args[1], 10, 32)
	if err != nil {
		return 0, exitError{exitUnread, fmt.Errorf("LINE %q: must be a number", r.args[1])}
	}
	return int32(n), nil
}

// fixing is a command on the difference that ID and LINE name.
func fixing(verb, short string, do func(r *comparisons, line int32) (*onestopv1.Difference, error)) *cobra.Command {
	return &cobra.Command{
		Use: verb + " ID LINE", Short: short, Args: unread(cobra.ExactArgs(2)),
		RunE: comparing(func(r *comparisons) error {
			line, err := r.line()
			if err != nil {
				return err
			}
			return r.showDifference(do(r, line))
		}),
	}
}

func fixShow() *cobra.Command {
	return fixing("show", "Show one difference with its history", func(r *comparisons, line int32) (*onestopv1.Difference, error) {
		return ask(r.caller, r.client.GetDifference, &onestopv1.GetDifferenceRequest{Id: r.id, Line: line})
	})
}

func fixPropose() *cobra.Command {
	in, fix := &onestopv1.ProposeFixRequest{}, ""
	command := fixing("propose", "Propose a fix; another person has to approve it", func(r *comparisons, line int32) (*onestopv1.Difference, error) {
		value, known := onestopv1.Fix_value["FIX_"+strings.ToUpper(fix)]
		if !known || value == 0 {
			return nil, exitError{exitUnread, fmt.Errorf("--fix %q: must be one of %s", fix, strings.Join(fixNames(), ", "))}
		}
		in.Id, in.Line, in.Fix = r.id, line, onestopv1.Fix(value)
		return ask(r.caller, r.client.ProposeFix, in)
	})
	command.Flags().StringVar(&in.Operator, "operator", "", "who proposes: a staff id")
	command.Flags().StringVar(&fix, "fix", "", strings.Join(fixNames(), ", "))
	command.Flags().StringVar(&in.Document, "document", "", "what speaks for it, such as the number of the payer's letter; no personal data")
	command.Flags().StringVar(&in.Cause, "cause", "", "why; needed with --fix post_adjustment")
	return command
}

func fixApprove() *cobra.Command {
	in := &onestopv1.ApproveFixRequest{}
	command := fixing("approve", "Carry out what another person proposed", func(r *comparisons, line int32) (*onestopv1.Difference, error) {
		in.Id, in.Line = r.id, line
		return ask(r.caller, r.client.ApproveFix, in)
	})
	command.Flags().StringVar(&in.Operator, "operator", "", "who approves: a staff id, another than proposed")
	command.Flags().StringVar(&in.Etag, "etag", "", "the etag that show gave, so that what is approved is what was read")
	return command
}

func fixDecline() *cobra.Command {
	in := &onestopv1.DeclineFixRequest{}
	command := fixing("decline", "Turn a proposal down, or take one's own back", func(r *comparisons, line int32) (*onestopv1.Difference, error) {
		in.Id, in.Line = r.id, line
		return ask(r.caller, r.client.DeclineFix, in)
	})
	command.Flags().StringVar(&in.Operator, "operator", "", "who declines: a staff id")
	return command
}

// fixNames are the fixes as the command line writes them.
func fixNames() (names []string) {
	for value, name := range onestopv1.Fix_name {
		if value != 0 {
			names = append(names, shortName(name, "FIX_"))
		}
	}
	slices.Sort(names)
	return names
}
