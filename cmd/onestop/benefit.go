package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// benefitsCommand gives admission notices and reads what was answered.
func benefitsCommand() *cobra.Command {
	benefits := &cobra.Command{
		Use:   "benefits",
		Short: "Give notice of an admission before treatment, and list what was answered",
		Long: `Speaks gRPC to a running gateway. An admission notice (提前介入) is answered with
what each category of the person covers, what is left of the annual caps and
whether an approval is needed. It is kept with who gave it and when; after a
time-out send again with the same --request-id.`,
	}
	callerFlags(benefits)
	benefits.AddCommand(benefitsCheck(), benefitsShow(), benefitsList())
	return benefits
}

func benefitsCheck() *cobra.Command {
	in := &onestopv1.CheckBenefitsRequest{Beneficiary: &onestopv1.Beneficiary{}}
	var mode, class string
	command := &cobra.Command{
		Use: "check FACILITY", Short: "Give notice of an admission", Args: unread(cobra.ExactArgs(1)),
		Example: "  onestop benefits check H36082700001 --id-number-file id.txt --admission 2026-05-02",
	}
	flags := command.Flags()
	numbers := flags.String("id-number-file", "", "file with the person's identity number alone in it: a command line can be read by others")
	flags.StringVar(&in.AdmissionDate, "admission", "", "day of admission or of the visit, as 2026-05-02")
	flags.StringVar(&mode, "mode", "inpatient", "outpatient, inpatient, inclined or care")
	flags.StringVar(&class, "disease-class", "", "general, serious, special or free_treatment")
	flags.StringVar(&in.Disease, "disease", "", "code of the main diagnosis (ICD-10), or the name of a listed disease")
	flags.StringVar(&in.ApprovalNumber, "approval", "", "the approval the bureau gave")
	flags.BoolVar(&in.Emergency, "emergency", false, "it is an emergency")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		number, err := readSecret(*numbers)
		if err != nil {
			return exitError{exitUnread, fmt.Errorf("--id-number-file: %w", err)}
		}
		in.FacilityId, in.Beneficiary.IdNumber = c.args[0], number.Reveal()
		in.Mode = onestopv1.Mode(onestopv1.Mode_value["MODE_"+strings.ToUpper(mode)])
		in.DiseaseClass = onestopv1.DiseaseClass(onestopv1.DiseaseClass_value["DISEASE_CLASS_"+strings.ToUpper(class)])
		switch {
		case in.GetMode() == 0:
			return exitError{exitUnread, fmt.Errorf("--mode %q: must be outpatient, inpatient, inclined or care", mode)}
		case class != "" && in.GetDiseaseClass() == 0:
			return exitError{exitUnread, fmt.Errorf("--disease-class %q: must be general, serious, special or free_treatment", class)}
		}
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewApprovalServiceClient(c.conn).CheckBenefits, in)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, "notice", found.GetNoticeId())
		return c.benefits(found)
	})
	return command
}

func benefitsShow() *cobra.Command {
	return &cobra.Command{
		Use: "show NOTICE", Short: "Show a notice and what was answered", Args: unread(cobra.ExactArgs(1)),
		RunE: calling(func(c *caller) error {
			n, err := ask(c, onestopv1.NewApprovalServiceClient(c.conn).GetNotice, &onestopv1.GetNoticeRequest{Id: c.args[0]})
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "notice %s\ngiven %s by %s for %s at %s, %s, admitted %s\n", n.GetId(), moment(n.GetCreateTime()), n.GetActor(),
				n.GetPersonId(), n.GetFacilityId(), shortName(n.GetMode().String(), "MODE_"), n.GetAdmissionDate())
			return c.benefits(n.GetAnswer())
		}),
	}
}

func benefitsList() *cobra.Command {
	in := &onestopv1.ListNoticesRequest{PageSize: 200}
	command := &cobra.Command{Use: "list", Short: "List notices, newest first", Args: unread(cobra.NoArgs)}
	command.Flags().StringVar(&in.PersonId, "person", "", "only those about a person: the register's pseudonym")
	command.Flags().StringVar(&in.FacilityId, "facility", "", "only those of a hospital")
	command.RunE = calling(func(c *caller) error {
		rows := c.columns()
		fmt.Fprintln(rows, "GIVEN\tBY\tPERSON\tFACILITY\tMODE\tADMITTED\tCOVERED BY\tNOTICE")
		for {
			page, err := ask(c, onestopv1.NewApprovalServiceClient(c.conn).ListNotices, in)
			if err != nil {
				return err
			}
			for _, n := range page.GetNotices() {
				fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", moment(n.GetCreateTime()), n.GetActor(), n.GetPersonId(), n.GetFacilityId(),
					shortName(n.GetMode().String(), "MODE_"), n.GetAdmissionDate(), orDash(coveredBy(n.GetAnswer())), n.GetId())
			}
			if in.PageToken = page.GetNextPageToken(); in.GetPageToken() == "" {
				return rows.Flush()
			}
		}
	})
	return command
}

// coveredBy are the categories that cover the care.
func coveredBy(answer *onestopv1.CheckBenefitsResponse) string {
	var all []string
	for _, one := range answer.GetBenefits() {
		if one.GetReason() == "" {
			all = append(all, one.GetCategory())
		}
	}
	return strings.Join(all, ",")
}

// benefits writes what a person can count on.
func (p printer) benefits(answer *onestopv1.CheckBenefitsResponse) error {
	fmt.Fprintln(p.out, "policy", answer.GetPolicyVersion())
	if answer.GetMessage() != nil {
		fmt.Fprintln(p.out, answer.GetMessage().GetEn())
	}
	for _, one := range answer.GetBenefits() {
		if one.GetReason() != "" {
			fmt.Fprintf(p.out, "%s: %s\n", one.GetCategory(), one.GetMessage().GetEn())
			continue
		}
		fmt.Fprintf(p.out, "%s, by %s\n", one.GetCategory(), one.GetSource())
		for _, term := range one.GetTerms() {
			fmt.Fprintln(p.out, " ", term.GetEn())
		}
		for _, room := range one.GetCaps() {
			fmt.Fprintf(p.out, "  cap %s: used %s, held %s, left %s\n", room.GetCap(), room.GetUsed(), room.GetHeld(), orDash(room.GetLeft()))
		}
	}
	if answer.GetApprovalReason() != "" {
		fmt.Fprintf(p.out, "%s: %s\n", answer.GetApprovalReason(), answer.GetApprovalMessage().GetEn())
	}
	return nil
}
