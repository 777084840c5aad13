package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/api/httpbody"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// fundCommand is the bureau's books of assistance funds, in a running gateway.
func fundCommand() *cobra.Command {
	funds := &cobra.Command{
		Use:   "fund",
		Short: "Post budgets and enrolment subsidies, see how funds stand",
		Long: `Speaks gRPC to a running gateway. A fund is urban or rural, of one region and
year. It warns when it runs out; it never refuses a settlement.`,
	}
	callerFlags(funds)
	funds.AddCommand(fundPost(), fundPostings(), fundShow())
	return funds
}

// fundKey reads REGION FUND YEAR.
func fundKey(args []string) (region string, fund onestopv1.Fund, year int32, err error) {
	value, known := onestopv1.Fund_value["FUND_"+strings.ToUpper(args[1])]
	if !known || value == 0 {
		return "", 0, 0, exitError{exitUnread, fmt.Errorf("fund %q: must be urban or rural", args[1])}
	}
	year, err = yearOf(args[2])
	return args[0], onestopv1.Fund(value), year, err
}

func yearOf(text string) (int32, error) {
	year, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, exitError{exitUnread, fmt.Errorf("year %q: must be a number as 2026", text)}
	}
	return int32(year), nil
}

func fundPost() *cobra.Command {
	in := &onestopv1.CreateFundPostingRequest{}
	var level string
	command := &cobra.Command{
		Use: "post REGION FUND YEAR", Short: "Post money raised (--level) or enrolment subsidies (--persons)", Args: unread(cobra.ExactArgs(3)),
		Example: "  onestop fund post 360827 rural 2026 --level county --amount 9500000.00 --document 县财社〔2026〕3号 --day 2026-01-15 --operator li",
	}
	flags := command.Flags()
	flags.StringVar(&level, "level", "", "who gives the money: central, province, city, county, township or charity")
	flags.Int32Var(&in.Persons, "persons", 0, "how many persons' enrolment is subsidised")
	flags.StringVar(&in.Amount, "amount", "", "yuan, as 9500000.00; negative takes back what an earlier posting said")
	flags.StringVar(&in.Document, "document", "", "the official document that says so")
	flags.StringVar(&in.Day, "day", "", "the day it takes effect, as 2026-01-15")
	flags.StringVar(&in.Operator, "operator", "", "who posts: a staff id")
	flags.StringVar(&in.ProposeBecause, "because", "", "propose it for a second person to approve, and why")
	requestFlag(command, &in.RequestId)
	command.RunE = calling(func(c *caller) (err error) {
		if in.RegionId, in.Fund, in.Year, err = fundKey(c.args); err != nil {
			return err
		}
		in.Kind = onestopv1.FundPostingKind_FUND_POSTING_KIND_ENROLMENT
		if level != "" {
			value, known := onestopv1.FundLevel_value["FUND_LEVEL_"+strings.ToUpper(level)]
			if !known || value == 0 {
				return exitError{exitUnread, fmt.Errorf("--level %q: must be central, province, city, county, township or charity", level)}
			}
			in.Kind, in.Level = onestopv1.FundPostingKind_FUND_POSTING_KIND_BUDGET, onestopv1.FundLevel(value)
		}
		requestID(command, &in.RequestId)
		posting, err := ask(c, onestopv1.NewFundServiceClient(c.conn).CreateFundPosting, in)
		if err != nil {
			return err
		}
		if id := posting.GetCorrectionId(); id != "" {
			return c.shownCorrection(id)
		}
		return c.postings([]*onestopv1.FundPosting{posting})
	})
	return command
}

func fundPostings() *cobra.Command {
	return &cobra.Command{
		Use: "postings REGION FUND YEAR", Short: "List all postings of a fund", Args: unread(cobra.ExactArgs(3)),
		RunE: calling(func(c *caller) error {
			region, fund, year, err := fundKey(c.args)
			if err != nil {
				return err
			}
			in := &onestopv1.ListFundPostingsRequest{RegionId: region, Fund: fund, Year: year}
			found, err := ask(c, onestopv1.NewFundServiceClient(c.conn).ListFundPostings, in)
			if err != nil {
				return err
			}
			return c.postings(found.GetPostings())
		}),
	}
}

// postings writes postings in columns.
func (p printer) postings(postings []*onestopv1.FundPosting) error {
	rows := p.columns()
	fmt.Fprintln(rows, "DAY\tKIND\tLEVEL\tPERSONS\tYUAN\tBY\tDOCUMENT")
	for _, one := range postings {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", one.GetDay(), shortName(one.GetKind().String(), "FUND_POSTING_KIND_"),
			levelOf(one.GetLevel()), one.GetPersons(), one.GetAmount(), one.GetOperator(), one.GetDocument())
	}
	return rows.Flush()
}

func levelOf(level onestopv1.FundLevel) string {
	if level == onestopv1.FundLevel_FUND_LEVEL_UNSPECIFIED {
		return "-"
	}
	return shortName(level.String(), "FUND_LEVEL_")
}

func fundShow() *cobra.Command {
	return &cobra.Command{
		Use: "show REGION YEAR", Short: "Show how a region's two funds stand", Args: unread(cobra.ExactArgs(2)),
		RunE: calling(func(c *caller) error {
			year, err := yearOf(c.args[1])
			if err != nil {
				return err
			}
			in := &onestopv1.ListFundsRequest{RegionId: c.args[0], Year: year}
			found, err := ask(c, onestopv1.NewFundServiceClient(c.conn).ListFunds, in)
			if err != nil {
				return err
			}
			return c.standings(found.GetFunds())
		}),
	}
}

// standings writes how funds stand.
func (p printer) standings(funds []*onestopv1.FundStanding) error {
	rows := p.columns()
	fmt.Fprintln(rows, "FUND\tRAISED\tASSISTED\tOF IT ADJUSTED\tENROLMENT\tLEFT\tUSED %\tRUNS OUT ON")
	for _, one := range funds {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", shortName(one.GetFund().String(), "FUND_"), one.GetRaised(), one.GetAssisted(),
			one.GetAdjusted(), one.GetEnrolment(), one.GetLeft(), orDash(one.GetUtilisation()), orDash(one.GetRunsOutOn()))
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	for _, one := range funds {
		p.say("  ", one.GetMessage())
	}
	return nil
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// reportCommand writes a region's year as a file.
func reportCommand() *cobra.Command {
	var format, out string
	command := &cobra.Command{
		Use: "report year|disclosure REGION YEAR", Short: "Write a county's yearly report, or the public list with names masked", Args: unread(cobra.ExactArgs(3)),
		Long: `Speaks gRPC to a running gateway. The report counts persons assisted,
person-times and amounts by fund, category and mode, and how the funds stand;
the disclosure (张榜公示) has one line a person and category, names masked.`,
	}
	callerFlags(command)
	command.Flags().StringVar(&format, "format", "csv", "csv, xlsx or json")
	command.Flags().StringVar(&out, "out", "", "file to write, which must not exist (default: standard output)")
	command.RunE = calling(func(c *caller) error {
		text, err := c.report(format)
		if err != nil {
			return err
		}
		return c.deliver(out, text)
	})
	return command
}

// report asks for the file that the arguments and format name.
func (c *caller) report(format string) ([]byte, error) {
	year, err := yearOf(c.args[2])
	if err != nil {
		return nil, err
	}
	content, known := onestopv1.ReportContent_value["REPORT_CONTENT_"+strings.ToUpper(strings.Replace(c.args[0], "year", "report", 1))]
	if !known || content == 0 {
		return nil, exitError{exitUnread, fmt.Errorf("%q: must be year or disclosure", c.args[0])}
	}
	form, known := onestopv1.ReportFormat_value["REPORT_FORMAT_"+strings.ToUpper(format)]
	if !known || form == 0 {
		return nil, exitError{exitUnread, fmt.Errorf("--format %q: must be csv, xlsx or json", format)}
	}
	in := &onestopv1.ExportReportRequest{
		RegionId: c.args[1], Year: year, Content: onestopv1.ReportContent(content), Format: onestopv1.ReportFormat(form),
	}
	file, err := ask[onestopv1.ExportReportRequest, httpbody.HttpBody](c, onestopv1.NewFundServiceClient(c.conn).ExportReport, in)
	return file.GetData(), err
}

// deliver writes text to a new file, or to the output where none is named.
func (c *caller) deliver(name string, text []byte) error {
	if name == "" {
		_, err := c.out.Write(text)
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return exitError{exitUnread, fmt.Errorf("--out: %w", err)}
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
