package main

import (
	"fmt"

	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// admissionCommand is the desk of stays before their discharge, in a running
// gateway.
func admissionCommand() *cobra.Command {
	admissions := &cobra.Command{
		Use:   "admission",
		Short: "Register stays with their payer, upload their charges, end their doubts",
		Long: `Speaks gRPC to a running gateway. A stay is registered once for each --request-id
with the payer of the person's scheme, where that payer wants it of the gateway
(新农合 S04); its charges are uploaded from a file, row by row known by their ids
(S10), so that the same file can be uploaded again whatever came of it. A
settlement names the stay by its id, as admission_id. A row that the payer
refuses each time, and a discharge that the stay was named with by mistake, are
ended by two people: one proposes, another reads and approves.`,
	}
	callerFlags(admissions)
	admissions.AddCommand(admissionRegister(), admissionCharge(), admissionState(), admissionPropose(), admissionApprove(), admissionDecline(), admissionShow(), admissionList())
	return admissions
}

func admissionRegister() *cobra.Command {
	in := &onestopv1.CreateAdmissionRequest{Beneficiary: &onestopv1.Beneficiary{}}
	command := &cobra.Command{
		Use: "register FACILITY", Short: "Register a stay", Args: unread(cobra.ExactArgs(1)),
		Example: "  onestop admission register H36082800001 --id-number-file id.txt --inpatient-number ZY0001 --admission 2026-05-02 --department 内科 --doctor 李测试 --disease J18.901",
	}
	flags := command.Flags()
	numbers := flags.String("id-number-file", "", "file with the person's identity number alone in it: a command line can be read by others")
	insured := flags.String("insured-number-file", "", "file with the payer's number of the person alone in it; left out, the register's is taken")
	flags.StringVar(&in.InpatientNumber, "inpatient-number", "", "the hospital's own number of the stay (住院号)")
	flags.StringVar(&in.AdmissionDate, "admission", "", "day of admission, as 2026-05-02")
	flags.StringVar(&in.Department, "department", "", "department")
	flags.StringVar(&in.Doctor, "doctor", "", "doctor")
	flags.StringVar(&in.Disease, "disease", "", "code of the illness")
	flags.StringVar(&in.Condition, "condition", "", "state at admission, in the payer's code")
	flags.StringVar(&in.Bed, "bed", "", "bed")
	flags.StringVar(&in.NoticeNumber, "notice", "", "number of the civil affairs notice (民政通知书号)")
	flags.BoolVar(&in.Referred, "referred", false, "the person was referred")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		number, err := readSecret(*numbers)
		if err != nil {
			return exitError{exitUnread, fmt.Errorf("--id-number-file: %w", err)}
		}
		in.FacilityId, in.Beneficiary.IdNumber = c.args[0], number.Reveal()
		if *insured != "" {
			member, err := readSecret(*insured)
			if err != nil {
				return exitError{exitUnread, fmt.Errorf("--insured-number-file: %w", err)}
			}
			in.Beneficiary.InsuredNumber = member.Reveal()
		}
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewAdmissionServiceClient(c.conn).CreateAdmission, in)
		if err != nil {
			return err
		}
		return c.admission(found)
	})
	return command
}

func admissionCharge() *cobra.Command {
	command := &cobra.Command{
		Use: "charge ID", Short: "Upload the charges of a stay from a CSV file", Args: unread(cobra.ExactArgs(1)),
		Long: `The file has a head of row_id,item_code,name,quantity,price,total and a row for
each charge. Rows go up in batches; what the payer has taken is not sent twice,
so after a failure the same file is uploaded again. Ends with 1 if the payer has
not taken every row.`,
		Example: "  onestop admission charge 7d0c… --rows charges.csv",
	}
	file := command.Flags().String("rows", "", "the CSV file")
	command.RunE = calling(func(c *caller) error {
		rows, err := readCharges(*file)
		if err != nil {
			return exitError{exitUnread, fmt.Errorf("--rows: %w", err)}
		}
		var found *onestopv1.Admission
		for start := 0; start < len(rows); start += chargeBatch {
			in := &onestopv1.ChargeAdmissionRequest{Id: c.args[0], Rows: rows[start:min(start+chargeBatch, len(rows))]}
			if found, err = ask(c, onestopv1.NewAdmissionServiceClient(c.conn).ChargeAdmission, in); err != nil {
				return err
			}
		}
		if err := c.admission(found); err != nil || found.GetRowsOutstanding() == 0 {
			return err
		}
		return exitError{code: exitFailed}
	})
	return command
}

func admissionState() *cobra.Command {
	in := &onestopv1.StateAdmissionRequest{}
	command := &cobra.Command{
		Use: "state ID", Short: "Say what was found out about a registration in doubt", Args: unread(cobra.ExactArgs(1)),
		Long: `Ask the payer by other means whether it knows the stay. With --encounter it is
registered by that number; with --unknown it may be registered again by the same
request id.`,
		Example: "  onestop admission state 7d0c… --encounter I000000000042 --document 农合办电话记录7号 --operator chen.li",
	}
	flags := command.Flags()
	flags.StringVar(&in.EncounterId, "encounter", "", "the payer's number of the stay")
	unknown := flags.Bool("unknown", false, "the payer does not know the stay")
	flags.StringVar(&in.Document, "document", "", "what shows it")
	flags.StringVar(&in.Operator, "operator", "", "who says so: a staff id")
	command.RunE = calling(func(c *caller) error {
		if *unknown == (in.GetEncounterId() != "") {
			return exitError{exitUnread, fmt.Errorf("either --encounter or --unknown must be given")}
		}
		in.Id = c.args[0]
		found, err := ask(c, onestopv1.NewAdmissionServiceClient(c.conn).StateAdmission, in)
		if err != nil {
			return err
		}
		return c.admission(found)
	})
	return command
}

func admissionShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a stay with its charges", Args: unread(cobra.ExactArgs(1)),
		RunE: calling(func(c *caller) error {
			found, err := ask(c, onestopv1.NewAdmissionServiceClient(c.conn).GetAdmission, &onestopv1.GetAdmissionRequest{Id: c.args[0]})
			if err != nil {
				return err
			}
			return c.admission(found)
		}),
	}
}

func admissionList() *cobra.Command {
	in := &onestopv1.ListAdmissionsRequest{PageSize: 200}
	command := &cobra.Command{Use: "list", Short: "List stays, newest first", Args: unread(cobra.NoArgs)}
	command.Flags().StringVar(&in.PersonId, "person", "", "only a person's: the register's pseudonym")
	command.Flags().StringVar(&in.FacilityId, "facility", "", "only those at a hospital")
	command.Flags().BoolVar(&in.Outstanding, "outstanding", false, "only those about which a payer owes an answer")
	command.Flags().BoolVar(&in.ForPeople, "for-people", false, "only those with rows that people must end, or a proposal that waits for another person")
	command.RunE = calling(func(c *caller) error {
		rows := c.columns()
		fmt.Fprintln(rows, "ASKED\tSTATE\tPERSON\tFACILITY\tADMITTED\tNUMBER\tCHARGED\tNOT TAKEN\tADMISSION")
		for {
			page, err := ask(c, onestopv1.NewAdmissionServiceClient(c.conn).ListAdmissions, in)
			if err != nil {
				return err
			}
			for _, a := range page.GetAdmissions() {
				fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", moment(a.GetCreateTime()), admissionStateOf(a), a.GetPersonId(),
					a.GetFacilityId(), a.GetAdmissionDate(), orDash(a.GetEncounterId()), a.GetCharged(), a.GetRowsOutstanding(), a.GetId())
			}
			if in.PageToken = page.GetNextPageToken(); in.GetPageToken() == "" {
				return rows.Flush()
			}
		}
	})
	return command
}
