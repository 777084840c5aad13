package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// policyPublishing are the commands by which two people put a policy in force,
// in a running gateway.
func policyPublishing() []*cobra.Command {
	commands := []*cobra.Command{policyPropose(), policyApprove(), policyDecline(), policyShow(), policyList(), policyInForce()}
	for _, command := range commands {
		callerFlags(command)
	}
	return commands
}

func policyPropose() *cobra.Command {
	in := &onestopv1.ProposePolicyRequest{}
	var cases string
	command := &cobra.Command{
		Use: "propose FILE", Short: "Propose a policy file with its worked cases, for another person to approve", Args: unread(cobra.ExactArgs(1)),
		Long: `Speaks gRPC to a running gateway whose policies come from the store. The file's
worked cases are run, and what it would change is printed: versions, rules in
words, and settlements of days that are past. Another person reads that (show)
and approves it. After a time-out send again with the same --request-id.`,
		Example: "  onestop policy propose suichuan.yaml --policy suichuan_style --cases cases.yaml --cause 遂民发〔2026〕3号 --operator li",
	}
	flags := command.Flags()
	flags.StringVar(&in.PolicyId, "policy", "", "the policy: the id the file has")
	flags.StringVar(&cases, "cases", "", "file of worked cases under it; each version that is added needs one")
	flags.StringVar(&in.Cause, "cause", "", "why, as the document that asks for it")
	flags.StringVar(&in.Operator, "operator", "", "who proposes: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) (err error) {
		if in.PolicyText, err = os.ReadFile(c.args[0]); err != nil {
			return exitError{exitUnread, err}
		}
		if in.CasesText, err = os.ReadFile(cases); err != nil {
			return exitError{exitUnread, fmt.Errorf("--cases: %w", err)}
		}
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewPolicyServiceClient(c.conn).ProposePolicy, in)
		if err != nil {
			return err
		}
		return c.publication(found)
	})
	return command
}

func policyApprove() *cobra.Command {
	in := &onestopv1.ApprovePolicyRequest{}
	command := &cobra.Command{Use: "approve ID", Short: "Approve what another person proposed, as show printed it", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&in.Etag, "etag", "", "of the publication as it was read")
	command.Flags().StringVar(&in.Cause, "cause", "", "a remark")
	command.Flags().StringVar(&in.Operator, "operator", "", "who approves: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		in.Id = c.args[0]
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewPolicyServiceClient(c.conn).ApprovePolicy, in)
		if err != nil {
			return err
		}
		return c.publication(found)
	})
	return command
}

func policyDecline() *cobra.Command {
	in := &onestopv1.DeclinePolicyRequest{}
	command := &cobra.Command{Use: "decline ID", Short: "Decline what is proposed, or withdraw it", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&in.Cause, "cause", "", "why")
	command.Flags().StringVar(&in.Operator, "operator", "", "who declines: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		in.Id = c.args[0]
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewPolicyServiceClient(c.conn).DeclinePolicy, in)
		if err != nil {
			return err
		}
		return c.publication(found)
	})
	return command
}

func policyShow() *cobra.Command {
	var file bool
	command := &cobra.Command{Use: "show ID", Short: "Show a publication, its history and what it would change", Args: unread(cobra.ExactArgs(1))}
	command.Flags().BoolVar(&file, "file", false, "print the policy file instead, byte for byte")
	command.RunE = calling(func(c *caller) error {
		found, err := ask(c, onestopv1.NewPolicyServiceClient(c.conn).GetPolicyPublication, &onestopv1.GetPolicyPublicationRequest{Id: c.args[0]})
		if err != nil {
			return err
		}
		if file {
			_, err = c.out.Write(found.GetPolicyText())
			return err
		}
		return c.publication(found)
	})
	return command
}

func policyList() *cobra.Command {
	in := &onestopv1.ListPolicyPublicationsRequest{PageSize: 200}
	command := &cobra.Command{Use: "list", Short: "List publications", Args: unread(cobra.NoArgs)}
	command.Flags().StringVar(&in.PolicyId, "policy", "", "only those of a policy")
	command.RunE = calling(func(c *caller) error {
		rows := c.columns()
		fmt.Fprintln(rows, "ID\tPOLICY\tSTATUS\tEDITION\tSINCE\tBY\tDIGEST")
		for {
			page, err := ask(c, onestopv1.NewPolicyServiceClient(c.conn).ListPolicyPublications, in)
			if err != nil {
				return err
			}
			for _, p := range page.GetPublications() {
				last := p.GetEvents()[len(p.GetEvents())-1]
				fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\t%.12s\n", p.GetId(), p.GetPolicyId(), policyStatus(p), editionOf(p.GetEdition()),
					moment(last.GetTime()), last.GetOperator(), p.GetDigest())
			}
			if in.PageToken = page.GetNextPageToken(); in.GetPageToken() == "" {
				return rows.Flush()
			}
		}
	})
	return command
}

func policyInForce() *cobra.Command {
	in := &onestopv1.GetPolicyInForceRequest{}
	command := &cobra.Command{Use: "in-force POLICY", Short: "Say which version of a policy rules a day", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&in.Day, "day", "", "of discharge, as 2026-03-01; today where left out")
	command.RunE = calling(func(c *caller) error {
		in.PolicyId = c.args[0]
		found, err := ask(c, onestopv1.NewPolicyServiceClient(c.conn).GetPolicyInForce, in)
		if err != nil {
			return err
		}
		from := "the configuration's file"
		if found.GetEdition() > 0 {
			from = fmt.Sprintf("edition %d, publication %s", found.GetEdition(), found.GetPublicationId())
		}
		_, err = fmt.Fprintf(c.out, "%s (%s): %s on %s, from %s to %s\n", found.GetPolicyId(), from,
			orDash(found.GetVersion()), found.GetDay(), orDash(found.GetEffectiveFromDate()), orDash(found.GetEffectiveToDate()))
		return err
	})
	return command
}

func policyStatus(p *onestopv1.PolicyPublication) string {
	return shortName(p.GetStatus().String(), "POLICY_ACT_")
}

func editionOf(number int32) string {
	if number == 0 {
		return "-"
	}
	return fmt.Sprint(number)
}

// publication writes one publication, what it would change and what happened to
// it.
func (p printer) publication(in *onestopv1.PolicyPublication) error {
	fmt.Fprintf(p.out, "%s\n%s of policy %s", in.GetId(), policyStatus(in), in.GetPolicyId())
	if in.GetEdition() > 0 {
		fmt.Fprintf(p.out, ", edition %d", in.GetEdition())
	}
	fmt.Fprintf(p.out, "\nsha256 %s\n", in.GetDigest())
	if in.GetReason() != "" {
		fmt.Fprintf(p.out, "cannot be approved now: %s %s\n", in.GetReason(), in.GetMessage().GetZh())
	}
	if effect := in.GetEffect(); effect != nil {
		fmt.Fprintf(p.out, "%d worked cases pass\n", in.GetCasesPassed())
		p.effect(effect)
		fmt.Fprintln(p.out, "etag", in.GetEtag())
	}
	rows := p.columns()
	for _, e := range in.GetEvents() {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\n", moment(e.GetTime()), shortName(e.GetAct().String(), "POLICY_ACT_"), e.GetOperator(), orDash(e.GetCause()))
	}
	return rows.Flush()
}

// effect writes what would change, a line for each rule in both languages.
func (p printer) effect(in *onestopv1.PolicyEffect) {
	for _, v := range in.GetVersions() {
		fmt.Fprintf(p.out, "%s %s, from %s to %s", shortName(v.GetTurn().String(), "VERSION_TURN_"), v.GetVersion(),
			orDash(v.GetEffectiveFromDate()), orDash(v.GetEffectiveToDate()))
		if v.GetAgainst() != "" {
			fmt.Fprintf(p.out, ", against %s", v.GetAgainst())
		}
		fmt.Fprintln(p.out)
		for _, rule := range v.GetRules() {
			fmt.Fprintf(p.out, "  %s\n  %s\n", rule.GetMessage().GetZh(), rule.GetMessage().GetEn())
		}
	}
	if in.GetSinceDate() == "" {
		fmt.Fprintln(p.out, "no day that is past is touched")
		return
	}
	more := ""
	if in.GetSettlementsMore() {
		more = " or more"
	}
	fmt.Fprintf(p.out, "dated back to %s: %d%s settlements were settled by another version and keep it %s\n",
		in.GetSinceDate(), in.GetSettlementsTouched(), more, strings.Join(in.GetSettlementIds(), " "))
}
