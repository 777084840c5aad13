package main

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// approvalCommand is the bureau's desk of approvals, in a running gateway.
func approvalCommand() *cobra.Command {
	approvals := &cobra.Command{
		Use:   "approval",
		Short: "Take in approval forms, approve, refuse and revoke them",
		Long: `Speaks gRPC to a running gateway. An approval (《同步结算申请审批表》) is submitted by
one person and decided by another. One settlement can name it; it is free again
when that is undone. After a time-out send again with the same --request-id.`,
	}
	callerFlags(approvals)
	approvals.AddCommand(approvalSubmit(),
		approvalDecide("approve", "Approve what another person submitted", onestopv1.ApprovalAct_APPROVAL_ACT_APPROVED),
		approvalDecide("refuse", "Refuse what another person submitted", onestopv1.ApprovalAct_APPROVAL_ACT_REFUSED),
		approvalDecide("revoke", "Revoke an approval that is not used", onestopv1.ApprovalAct_APPROVAL_ACT_REVOKED),
		approvalShow(), approvalList())
	return approvals
}

func approvalSubmit() *cobra.Command {
	in := &onestopv1.CreateApprovalRequest{}
	var mode, class string
	command := &cobra.Command{
		Use: "submit NUMBER", Short: "Take in a form", Args: unread(cobra.ExactArgs(1)),
		Example: "  onestop approval submit 遂民审〔2026〕7号 --person b-1 --facility H36082700001 --from 2026-03-01 --to 2026-05-31 --issuer 遂川县民政局 --operator li",
	}
	flags := command.Flags()
	flags.StringVar(&in.PersonId, "person", "", "who it is for: the register's pseudonym")
	flags.StringVar(&in.FacilityId, "facility", "", "the hospital it is for")
	flags.StringVar(&in.ValidFromDate, "from", "", "first day of discharge it is good for, as 2026-03-01")
	flags.StringVar(&in.ValidToDate, "to", "", "last day of discharge it is good for")
	flags.StringVar(&in.Issuer, "issuer", "", "the office that decides")
	flags.StringVar(&mode, "mode", "", "only for this mode: outpatient, inpatient, inclined or care")
	flags.StringVar(&class, "disease-class", "", "only for this class: general, serious, special or free_treatment")
	flags.StringVar(&in.Operator, "operator", "", "who submits: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		in.Number = c.args[0]
		in.Mode = onestopv1.Mode(onestopv1.Mode_value["MODE_"+strings.ToUpper(mode)])
		in.DiseaseClass = onestopv1.DiseaseClass(onestopv1.DiseaseClass_value["DISEASE_CLASS_"+strings.ToUpper(class)])
		switch {
		case mode != "" && in.GetMode() == 0:
			return exitError{exitUnread, fmt.Errorf("--mode %q: must be outpatient, inpatient, inclined or care", mode)}
		case class != "" && in.GetDiseaseClass() == 0:
			return exitError{exitUnread, fmt.Errorf("--disease-class %q: must be general, serious, special or free_treatment", class)}
		}
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewApprovalServiceClient(c.conn).CreateApproval, in)
		if err != nil {
			return err
		}
		return c.approval(found)
	})
	return command
}

// requestFlag is the id of a request of which a repeat gets the same answer.
func requestFlag(command *cobra.Command, id *string) {
	command.Flags().StringVar(id, "request-id", "", "of this request; after a time-out send again with the same one (default: a new one, which is printed)")
}

// requestID makes an id where none is given, and prints it.
func requestID(command *cobra.Command, id *string) {
	if *id == "" {
		*id = uuid.NewString()
		fmt.Fprintln(command.ErrOrStderr(), "request id", *id)
	}
}

func approvalDecide(verb, short string, act onestopv1.ApprovalAct) *cobra.Command {
	in := &onestopv1.DecideApprovalRequest{Act: act}
	command := &cobra.Command{Use: verb + " NUMBER", Short: short, Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&in.Cause, "cause", "", "why; needed to refuse and to revoke")
	command.Flags().StringVar(&in.Operator, "operator", "", "who decides: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		in.Id = c.args[0]
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewApprovalServiceClient(c.conn).DecideApproval, in)
		if err != nil {
			return err
		}
		return c.approval(found)
	})
	return command
}

func approvalShow() *cobra.Command {
	return &cobra.Command{
		Use: "show NUMBER", Short: "Show an approval with its history", Args: unread(cobra.ExactArgs(1)),
		RunE: calling(func(c *caller) error {
			found, err := ask(c, onestopv1.NewApprovalServiceClient(c.conn).GetApproval, &onestopv1.GetApprovalRequest{Id: c.args[0]})
			if err != nil {
				return err
			}
			return c.approval(found)
		}),
	}
}

func approvalList() *cobra.Command {
	in := &onestopv1.ListApprovalsRequest{PageSize: 200}
	command := &cobra.Command{Use: "list", Short: "List approvals by number", Args: unread(cobra.NoArgs)}
	command.Flags().StringVar(&in.PersonId, "person", "", "only a person's: the register's pseudonym")
	command.Flags().StringVar(&in.FacilityId, "facility", "", "only those for a hospital")
	command.RunE = calling(func(c *caller) error {
		rows := c.columns()
		fmt.Fprintln(rows, "STATUS\tPERSON\tFACILITY\tFROM\tTO\tSETTLEMENT\tNUMBER")
		for {
			page, err := ask(c, onestopv1.NewApprovalServiceClient(c.conn).ListApprovals, in)
			if err != nil {
				return err
			}
			for _, a := range page.GetApprovals() {
				fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", statusOf(a), a.GetPersonId(), a.GetFacilityId(),
					a.GetValidFromDate(), a.GetValidToDate(), orDash(a.GetSettlementId()), a.GetNumber())
			}
			if in.PageToken = page.GetNextPageToken(); in.GetPageToken() == "" {
				return rows.Flush()
			}
		}
	})
	return command
}

func statusOf(a *onestopv1.Approval) string {
	return shortName(a.GetStatus().String(), "APPROVAL_STATUS_")
}

// approval writes one approval and what happened to it.
func (p printer) approval(a *onestopv1.Approval) error {
	fmt.Fprintf(p.out, "%s\n%s, for %s at %s, discharged %s to %s, by %s\n", a.GetNumber(), statusOf(a), a.GetPersonId(), a.GetFacilityId(),
		a.GetValidFromDate(), a.GetValidToDate(), a.GetIssuer())
	if a.GetMode() != onestopv1.Mode_MODE_UNSPECIFIED {
		fmt.Fprintln(p.out, "only", shortName(a.GetMode().String(), "MODE_"))
	}
	if a.GetDiseaseClass() != onestopv1.DiseaseClass_DISEASE_CLASS_UNSPECIFIED {
		fmt.Fprintln(p.out, "only", shortName(a.GetDiseaseClass().String(), "DISEASE_CLASS_"), "illness")
	}
	if a.GetSettlementId() != "" {
		fmt.Fprintln(p.out, "used by settlement", a.GetSettlementId())
	}
	rows := p.columns()
	for _, e := range a.GetEvents() {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\n", moment(e.GetTime()), shortName(e.GetAct().String(), "APPROVAL_ACT_"), e.GetOperator(), orDash(e.GetCause()))
	}
	return rows.Flush()
}
