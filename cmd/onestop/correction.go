package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// correctionCommand is what one person proposes and another approves, in a
// running gateway.
func correctionCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "correction",
		Short: "Propose corrections, read what they would do, approve or decline them as a second person",
		Long: `Speaks gRPC to a running gateway. A change of a person that is dated back or
touches what was settled, a posting to a fund (fund post --because) and a file of
persons that corrects what is known (person import) hold once another person has
approved them. What is declined is kept.`,
	}
	callerFlags(command)
	command.AddCommand(correctionPropose(), correctionApprove(), correctionDecline(), correctionShow(), correctionList())
	return command
}

func correctionPropose() *cobra.Command {
	in := &onestopv1.RecordPersonChangeRequest{}
	var action, cause string
	command := &cobra.Command{
		Use: "propose PERSON", Short: "Propose a change of a person", Args: unread(cobra.ExactArgs(1)),
		Example: "  onestop correction propose b-1 --action ended --category rural_dibao --day 2026-03-31 --cause mistake --because 核查发现 --operator li",
	}
	flags := command.Flags()
	flags.StringVar(&action, "action", "", "what happened: granted, suspended, resumed, ended, moved, scheme_changed, withdrawn …")
	flags.StringVar(&in.EffectiveDate, "day", "", "the day it takes effect; the last one of what ends")
	flags.Int32Var(&in.Corrects, "corrects", 0, "number of the row it takes the place of, or withdraws")
	flags.StringVar(&in.Category, "category", "", "the category concerned")
	flags.StringVar(&in.UntilDate, "until", "", "last day of a grant; open where left out")
	flags.StringVar(&cause, "cause", "", "why it changed: mistake, review, income_improved, death, moved …")
	flags.StringVar(&in.Document, "document", "", "approval document; a grant needs it")
	flags.StringVar(&in.ProposeBecause, "because", "", "why a second person should agree")
	flags.StringVar(&in.Operator, "operator", "", "who proposes: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		in.Id = c.args[0]
		number, known := onestopv1.PersonAction_value["PERSON_ACTION_"+strings.ToUpper(action)]
		if !known || number == 0 {
			return exitError{exitUnread, fmt.Errorf("--action %q: is none", action)}
		}
		in.Action = onestopv1.PersonAction(number)
		if number, known = onestopv1.ChangeCause_value["CHANGE_CAUSE_"+strings.ToUpper(cause)]; !known && cause != "" {
			return exitError{exitUnread, fmt.Errorf("--cause %q: is none", cause)}
		}
		in.Cause = onestopv1.ChangeCause(number)
		if in.GetProposeBecause() == "" {
			return exitError{exitUnread, fmt.Errorf("--because: say why a second person should agree")}
		}
		requestID(command, &in.RequestId)
		done, err := ask(c, onestopv1.NewEligibilityServiceClient(c.conn).RecordPersonChange, in)
		if err != nil {
			return err
		}
		return c.shownCorrection(done.GetCorrectionId())
	})
	return command
}

// shownCorrection reads a correction and writes it.
func (c *caller) shownCorrection(id string) error {
	found, err := ask(c, onestopv1.NewCorrectionServiceClient(c.conn).GetCorrection, &onestopv1.GetCorrectionRequest{Id: id})
	if err != nil {
		return err
	}
	return c.correction(found)
}

func correctionApprove() *cobra.Command {
	in := &onestopv1.ApproveCorrectionRequest{}
	command := &cobra.Command{Use: "approve ID", Short: "Approve what another person proposed, as show printed it", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&in.Etag, "etag", "", "of the correction as it was read")
	command.Flags().StringVar(&in.Cause, "cause", "", "a remark")
	command.Flags().StringVar(&in.Operator, "operator", "", "who approves: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		in.Id = c.args[0]
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewCorrectionServiceClient(c.conn).ApproveCorrection, in)
		if err != nil {
			return err
		}
		return c.correction(found)
	})
	return command
}

func correctionDecline() *cobra.Command {
	in := &onestopv1.DeclineCorrectionRequest{}
	command := &cobra.Command{Use: "decline ID", Short: "Decline what is proposed, or withdraw it", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&in.Cause, "cause", "", "why")
	command.Flags().StringVar(&in.Operator, "operator", "", "who declines: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		in.Id = c.args[0]
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewCorrectionServiceClient(c.conn).DeclineCorrection, in)
		if err != nil {
			return err
		}
		return c.correction(found)
	})
	return command
}

func correctionShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a correction, what it would do and what happened to it", Args: unread(cobra.ExactArgs(1)),
		RunE: calling(func(c *caller) error { return c.shownCorrection(c.args[0]) }),
	}
}

func correctionList() *cobra.Command {
	in := &onestopv1.ListCorrectionsRequest{PageSize: 200}
	var all bool
	command := &cobra.Command{Use: "list", Short: "List corrections that wait for a second person", Args: unread(cobra.NoArgs)}
	command.Flags().BoolVar(&all, "all", false, "those that are decided, too")
	command.RunE = calling(func(c *caller) error {
		in.Open = !all
		rows := c.columns()
		fmt.Fprintln(rows, "ID\tSTATUS\tREGION\tWHAT\tSINCE\tBY")
		for {
			page, err := ask(c, onestopv1.NewCorrectionServiceClient(c.conn).ListCorrections, in)
			if err != nil {
				return err
			}
			for _, one := range page.GetCorrections() {
				last := one.GetEvents()[len(one.GetEvents())-1]
				fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\n", one.GetId(), correctionStatus(one.GetStatus()), orDash(one.GetRegion()), matterOf(one),
					moment(last.GetTime()), last.GetOperator())
			}
			if in.PageToken = page.GetNextPageToken(); in.GetPageToken() == "" {
				return rows.Flush()
			}
		}
	})
	return command
}

func correctionStatus(act onestopv1.CorrectionAct) string {
	return shortName(act.String(), "CORRECTION_ACT_")
}

// matterOf is what a correction is about, in a few words.
func matterOf(in *onestopv1.Correction) string {
	change, posting := in.GetChange(), in.GetPosting()
	switch {
	case posting != nil:
		return fmt.Sprintf("posting of %s yuan to %s %s %d (%s)", posting.GetAmount(), posting.GetRegionId(),
			shortName(posting.GetFund().String(), "FUND_"), posting.GetYear(), posting.GetDocument())
	case change == nil:
		return fmt.Sprintf("file %.12s: %d rows", in.GetFileDigest(), in.GetHeldRows())
	}
	said := fmt.Sprintf("%s %s", in.GetPersonId(), shortName(change.GetAction().String(), "PERSON_ACTION_"))
	if change.GetCategory() != "" {
		said += " " + change.GetCategory()
	}
	said += " on " + change.GetEffectiveDate()
	if change.GetUntilDate() != "" {
		said += " until " + change.GetUntilDate()
	}
	if change.GetCorrects() != 0 {
		said += fmt.Sprintf(" in the place of row %d", change.GetCorrects())
	}
	return said
}

// correction writes one correction, what it would do and what happened to it.
func (p printer) correction(in *onestopv1.Correction) error {
	fmt.Fprintf(p.out, "%s\n%s: %s\n", in.GetId(), correctionStatus(in.GetStatus()), matterOf(in))
	if in.GetMaskedName() != "" {
		fmt.Fprintf(p.out, "records %s %s\n", in.GetMaskedName(), in.GetMaskedIdNumber())
	}
	if in.GetExpireTime() != nil {
		fmt.Fprintln(p.out, "may be approved until", moment(in.GetExpireTime()))
	}
	if in.GetReason() != "" {
		fmt.Fprintf(p.out, "cannot be approved now: %s %s\n", in.GetReason(), in.GetMessage().GetZh())
	}
	if len(in.GetSettlementIds()) > 0 {
		fmt.Fprintf(p.out, "%d settlements stood on other ground and would be flagged: %s\n", len(in.GetSettlementIds()), strings.Join(in.GetSettlementIds(), " "))
	}
	if in.GetEtag() != "" {
		fmt.Fprintln(p.out, "etag", in.GetEtag())
	}
	rows := p.columns()
	for _, e := range in.GetEvents() {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\n", moment(e.GetTime()), correctionStatus(e.GetAct()), e.GetOperator(), orDash(e.GetCause()), orDash(e.GetBecame()))
	}
	return rows.Flush()
}
