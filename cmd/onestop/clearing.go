package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/api/httpbody"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// clearingCommand is what payers and funds owe facilities, in a running gateway.
func clearingCommand() *cobra.Command {
	clearings := &cobra.Command{
		Use:   "clearing",
		Short: "Open a period, freeze what is owed, agree to it, export it, confirm payments (清算)",
		Long: `Speaks gRPC to a running gateway. A period is frozen when it is over: what comes
later is the next one's. Who froze or proposed it does not approve it. Nothing
of it is ever changed; before it is approved it can be voided. After a time-out
send again with the same --request-id.`,
	}
	callerFlags(clearings)
	clearings.AddCommand(clearingOpen(),
		clearingAdvance("freeze", "Fix what is in the period and what it comes to", onestopv1.ClearingAct_CLEARING_ACT_FROZEN),
		clearingAdvance("propose", "Propose what is frozen", onestopv1.ClearingAct_CLEARING_ACT_PROPOSED),
		clearingAdvance("approve", "Approve what another person froze and proposed", onestopv1.ClearingAct_CLEARING_ACT_APPROVED),
		clearingAdvance("decline", "Give back what was proposed", onestopv1.ClearingAct_CLEARING_ACT_DECLINED),
		clearingAdvance("void", "Void what is not approved", onestopv1.ClearingAct_CLEARING_ACT_VOIDED),
		clearingExport(), clearingPay(), clearingShow(), clearingList())
	return clearings
}

// clearingNumber reads NUMBER.
func clearingNumber(text string) (int32, error) {
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, exitError{exitUnread, fmt.Errorf("clearing %q: must be a number as 7", text)}
	}
	return int32(number), nil
}

func clearingOpen() *cobra.Command {
	in := &onestopv1.CreateClearingRequest{}
	command := &cobra.Command{
		Use: "open FROM TO", Short: "Open the next period, both days in it", Args: unread(cobra.ExactArgs(2)),
		Example: "  onestop clearing open 2026-05-01 2026-05-31 --operator li",
	}
	command.Flags().StringVar(&in.Operator, "operator", "", "who opens: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) error {
		in.FromDate, in.ToDate = c.args[0], c.args[1]
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewClearingServiceClient(c.conn).CreateClearing, in)
		if err != nil {
			return err
		}
		return c.clearing(found)
	})
	return command
}

func clearingAdvance(verb, short string, act onestopv1.ClearingAct) *cobra.Command {
	in := &onestopv1.AdvanceClearingRequest{Act: act}
	command := &cobra.Command{Use: verb + " NUMBER", Short: short, Args: unread(cobra.ExactArgs(1))}
	switch act {
	case onestopv1.ClearingAct_CLEARING_ACT_APPROVED:
		command.Flags().StringVar(&in.Etag, "etag", "", "of the clearing as you read it")
	case onestopv1.ClearingAct_CLEARING_ACT_DECLINED, onestopv1.ClearingAct_CLEARING_ACT_VOIDED:
		command.Flags().StringVar(&in.Cause, "cause", "", "why")
	}
	command.Flags().StringVar(&in.Operator, "operator", "", "who does it: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) (err error) {
		if in.Number, err = clearingNumber(c.args[0]); err != nil {
			return err
		}
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewClearingServiceClient(c.conn).AdvanceClearing, in)
		if err != nil {
			return err
		}
		return c.clearing(found)
	})
	return command
}

func clearingExport() *cobra.Command {
	in := &onestopv1.ExportClearingRequest{}
	var format, out string
	command := &cobra.Command{Use: "export NUMBER", Short: "Write an approved clearing as a file", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&format, "format", "csv", "csv, xlsx or pdf")
	command.Flags().StringVar(&out, "out", "", "file to write, which must not exist (default: standard output)")
	command.Flags().StringVar(&in.Operator, "operator", "", "who takes it: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) (err error) {
		if in.Number, err = clearingNumber(c.args[0]); err != nil {
			return err
		}
		form, known := onestopv1.ClearingFormat_value["CLEARING_FORMAT_"+strings.ToUpper(format)]
		if !known || form == 0 {
			return exitError{exitUnread, fmt.Errorf("--format %q: must be csv, xlsx or pdf", format)}
		}
		in.Format = onestopv1.ClearingFormat(form)
		requestID(command, &in.RequestId)
		file, err := ask[onestopv1.ExportClearingRequest, httpbody.HttpBody](c, onestopv1.NewClearingServiceClient(c.conn).ExportClearing, in)
		if err != nil {
			return err
		}
		return c.deliver(out, file.GetData())
	})
	return command
}

func clearingPay() *cobra.Command {
	in := &onestopv1.ConfirmPaymentRequest{}
	command := &cobra.Command{
		Use: "pay NUMBER", Short: "Confirm one payment of one statement", Args: unread(cobra.ExactArgs(1)),
		Example: "  onestop clearing pay 7 --facility H36082700001 --bearer fund/rural/360827/2026 --amount 120000.00 --reference 2026060500017 --day 2026-06-05 --operator li",
	}
	flags := command.Flags()
	flags.StringVar(&in.FacilityId, "facility", "", "who was paid (default: the persons who were given grants)")
	flags.StringVar(&in.Bearer, "bearer", "", "who paid, as the statement says")
	flags.StringVar(&in.Amount, "amount", "", "yuan, as the bank says; negative where the facility gave money back")
	flags.StringVar(&in.Reference, "reference", "", "the bank's reference")
	flags.StringVar(&in.Day, "day", "", "the day it moved, as 2026-06-05")
	flags.StringVar(&in.Operator, "operator", "", "who confirms: a staff id")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) (err error) {
		if in.Number, err = clearingNumber(c.args[0]); err != nil {
			return err
		}
		requestID(command, &in.RequestId)
		found, err := ask(c, onestopv1.NewClearingServiceClient(c.conn).ConfirmPayment, in)
		if err != nil {
			return err
		}
		return c.clearing(found)
	})
	return command
}

func clearingShow() *cobra.Command {
	in := &onestopv1.GetClearingRequest{}
	command := &cobra.Command{Use: "show NUMBER", Short: "Show a clearing with its statements and history", Args: unread(cobra.ExactArgs(1))}
	command.Flags().StringVar(&in.FacilityId, "facility", "", "only what a facility is to be paid")
	command.RunE = calling(func(c *caller) (err error) {
		if in.Number, err = clearingNumber(c.args[0]); err != nil {
			return err
		}
		found, err := ask(c, onestopv1.NewClearingServiceClient(c.conn).GetClearing, in)
		if err != nil {
			return err
		}
		return c.clearing(found)
	})
	return command
}

func clearingList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List clearings, the newest first", Args: unread(cobra.NoArgs),
		RunE: calling(func(c *caller) error {
			in := &onestopv1.ListClearingsRequest{PageSize: 200}
			rows := c.columns()
			fmt.Fprintln(rows, "NUMBER\tSTATUS\tFROM\tTO\tEXPECTED ON")
			for {
				page, err := ask(c, onestopv1.NewClearingServiceClient(c.conn).ListClearings, in)
				if err != nil {
					return err
				}
				for _, one := range page.GetClearings() {
					fmt.Fprintf(rows, "%d\t%s\t%s\t%s\t%s\n", one.GetNumber(), clearingStatus(one.GetStatus()), one.GetFromDate(), one.GetToDate(), one.GetPayOn())
				}
				if in.PageToken = page.GetNextPageToken(); in.GetPageToken() == "" {
					return rows.Flush()
				}
			}
		}),
	}
}

func clearingStatus(act onestopv1.ClearingAct) string {
	return shortName(act.String(), "CLEARING_ACT_")
}

// clearing writes one clearing: what it comes to, who owes what, what happened.
func (p printer) clearing(c *onestopv1.Clearing) error {
	fmt.Fprintf(p.out, "%d, %s to %s, %s, expected to be paid on %s\n", c.GetNumber(), c.GetFromDate(), c.GetToDate(), clearingStatus(c.GetStatus()), c.GetPayOn())
	if t := c.GetTotals(); t != nil {
		fmt.Fprintf(p.out, "owed %s (%s), paid %s; bills %s, patients %s, adjusted %s; %d settlements, %d reversals\netag %s\n", t.GetBorne(),
			t.GetBorneCapitals(), t.GetPaid(), t.GetBills(), t.GetPatients(), t.GetAdjusted(), t.GetSettlements(), t.GetReversals(), c.GetEtag())
	}
	rows := p.columns()
	for _, s := range c.GetStatements() {
		adjusted := ""
		if s.GetAdjusted() != "0.00" {
			adjusted = "of it adjusted " + s.GetAdjusted()
		}
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s left\t%s\n", orDash(s.GetFacilityId()), s.GetBearer(), s.GetDue(),
			shortName(s.GetStanding().String(), "PAYMENT_STANDING_"), s.GetOutstanding(), adjusted)
	}
	for _, e := range c.GetEvents() {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\n", moment(e.GetTime()), clearingStatus(e.GetAct()), e.GetOperator(), orDash(e.GetCause()))
	}
	return rows.Flush()
}
