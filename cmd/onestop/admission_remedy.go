package main

import (
	"fmt"

	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

func admissionPropose() *cobra.Command {
	in := &onestopv1.ProposeRemedyRequest{}
	command := &cobra.Command{
		Use: "propose ID", Short: "Propose to end rows, or to release a stay from its discharge", Args: unread(cobra.ExactArgs(1)),
		Long: `Ask the payer by other means what it has of the rows. With --not-uploaded they
are sent no more and do not count; with --by-hand they are sent no more and count
as the payer's. With --release the stay is bound to no discharge any more, if
nothing is settled, being settled or held by the one it is bound to. Nothing
changes before another person approves it.`,
		Example: "  onestop admission propose 7d0c… --not-uploaded r17,r18 --document 农合办电话记录7号 --operator chen.li",
	}
	flags := command.Flags()
	none := flags.StringSlice("not-uploaded", nil, "row ids that the payer has not got")
	hand := flags.StringSlice("by-hand", nil, "row ids that the payer got by other means")
	release := flags.Bool("release", false, "release the stay from its discharge")
	flags.StringVar(&in.Document, "document", "", "what shows it")
	command.Flags().StringVar(&in.Operator, "operator", "", "who proposes: a staff id")
	command.RunE = calling(func(c *caller) error {
		given := 0
		for _, one := range []struct {
			given  bool
			remedy onestopv1.AdmissionRemedy
			rows   []string
		}{
			{len(*none) > 0, onestopv1.AdmissionRemedy_ADMISSION_REMEDY_ROWS_NOT_UPLOADED, *none},
			{len(*hand) > 0, onestopv1.AdmissionRemedy_ADMISSION_REMEDY_ROWS_UPLOADED_BY_HAND, *hand},
			{*release, onestopv1.AdmissionRemedy_ADMISSION_REMEDY_RELEASE_DISCHARGE, nil},
		} {
			if one.given {
				given++
				in.Remedy, in.RowIds = one.remedy, one.rows
			}
		}
		if given != 1 {
			return exitError{exitUnread, fmt.Errorf("one of --not-uploaded, --by-hand and --release must be given")}
		}
		in.Id = c.args[0]
		found, err := ask(c, onestopv1.NewAdmissionServiceClient(c.conn).ProposeRemedy, in)
		if err != nil {
			return err
		}
		return c.admission(found)
	})
	return command
}

func admissionApprove() *cobra.Command {
	in := &onestopv1.ApproveRemedyRequest{}
	command := &cobra.Command{
		Use: "approve ID", Short: "Do what another person proposed for a stay", Args: unread(cobra.ExactArgs(1)),
		Example: "  onestop admission show 7d0c…\n  onestop admission approve 7d0c… --etag 9 --operator wang.wu",
	}
	command.Flags().StringVar(&in.Etag, "etag", "", "as it was read with the stay")
	command.Flags().StringVar(&in.Operator, "operator", "", "who approves: a staff id, another than proposed")
	command.RunE = calling(func(c *caller) error {
		in.Id = c.args[0]
		found, err := ask(c, onestopv1.NewAdmissionServiceClient(c.conn).ApproveRemedy, in)
		if err != nil {
			return err
		}
		return c.admission(found)
	})
	return command
}

func admissionDecline() *cobra.Command {
	in := &onestopv1.DeclineRemedyRequest{}
	command := &cobra.Command{Use: "decline ID", Short: "Turn down what was proposed for a stay", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&in.Operator, "operator", "", "who declines: a staff id")
	command.RunE = calling(func(c *caller) error {
		in.Id = c.args[0]
		found, err := ask(c, onestopv1.NewAdmissionServiceClient(c.conn).DeclineRemedy, in)
		if err != nil {
			return err
		}
		return c.admission(found)
	})
	return command
}
