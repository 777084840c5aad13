package main

import (
	"fmt"

	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// quoteCommand looks at what quotes hold, and gives it back.
func quoteCommand() *cobra.Command {
	quotes := &cobra.Command{
		Use: "quote", Short: "List the quotes that hold now, and release one",
		Long: `Speaks gRPC to a running gateway. A quote that holds keeps room of a person's
annual caps free for its discharge until it expires, is released or is settled.`,
	}
	callerFlags(quotes)
	quotes.AddCommand(quoteList(), quoteRelease())
	return quotes
}

func quoteList() *cobra.Command {
	in := &onestopv1.ListQuotesRequest{PageSize: 200}
	command := &cobra.Command{Use: "list", Short: "List who holds what, for whom and until when", Args: unread(cobra.NoArgs)}
	command.Flags().StringVar(&in.PersonId, "person", "", "only those for a person: the register's pseudonym")
	command.Flags().StringVar(&in.FacilityId, "facility", "", "only those of a hospital")
	command.RunE = calling(func(c *caller) error {
		rows := c.columns()
		fmt.Fprintln(rows, "UNTIL\tFACILITY\tDISCHARGE\tPERSON\tYEAR\tPROMISED\tQUOTE")
		for {
			page, err := ask(c, onestopv1.NewSettlementServiceClient(c.conn).ListQuotes, in)
			if err != nil {
				return err
			}
			for _, q := range page.GetQuotes() {
				fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", moment(q.GetHeld().GetHoldUntilTime()), q.GetFacilityId(),
					q.GetHeld().GetDischargeId(), q.GetPersonId(), q.GetYear(), q.GetPromised(), q.GetHeld().GetId())
			}
			if in.PageToken = page.GetNextPageToken(); in.GetPageToken() == "" {
				return rows.Flush()
			}
		}
	})
	return command
}

func quoteRelease() *cobra.Command {
	return &cobra.Command{
		Use: "release QUOTE", Short: "Give back what a quote holds before it expires", Args: unread(cobra.ExactArgs(1)),
		RunE: calling(func(c *caller) error {
			found, err := ask(c, onestopv1.NewSettlementServiceClient(c.conn).ReleaseQuote, &onestopv1.ReleaseQuoteRequest{Id: c.args[0]})
			if err == nil {
				fmt.Fprintln(c.out, c.args[0], shortName(found.GetHeld().GetState().String(), "QUOTE_STATE_"))
			}
			return err
		}),
	}
}
