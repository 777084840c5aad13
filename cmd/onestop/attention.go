package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// attentionCommand is the queue of what only people can carry on, in a running
// gateway.
func attentionCommand() *cobra.Command {
	queue := &cobra.Command{
		Use:   "attention",
		Short: "List, show and resolve, by two people, what the gateway cannot prove",
		Long: `Speaks gRPC to a running gateway. A settlement waits here when a payer could
not be proved to hold it or not to; its discharge stays closed meanwhile. One
person finds out from the payer and proposes what to do, another checks that
and approves. Nothing here settles what was decided against.

Ends with 0 if done, 1 if the gateway refused or did not answer, 2 if what was
given cannot be understood.`,
	}
	callerFlags(queue)
	queue.AddCommand(attentionList(), attentionShow(), attentionPropose(), attentionApprove(), attentionDecline())
	return queue
}

func attentionList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List what waits for people, newest first", Args: unread(cobra.NoArgs),
		RunE: asking(func(a *attention) error {
			in := &onestopv1.ListAttentionRequest{PageSize: 200}
			table := a.queue()
			for {
				page, err := ask(a.caller, a.client.ListAttention, in)
				if err != nil {
					return err
				}
				for _, waits := range page.GetAttention() {
					table.add(waits)
				}
				if in.PageToken = page.GetNextPageToken(); in.PageToken == "" {
					return table.close()
				}
			}
		}),
	}
}

func attentionShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show one settlement, what can be done, and every call made for it", Args: unread(cobra.ExactArgs(1)),
		RunE: asking(func(a *attention) error {
			return a.show(ask(a.caller, a.client.GetAttention, &onestopv1.GetAttentionRequest{Id: a.id}))
		}),
	}
}

func attentionPropose() *cobra.Command {
	in := &onestopv1.ProposeResolutionRequest{}
	var resolution string
	command := &cobra.Command{
		Use: "propose ID", Short: "Propose what to do; another person has to approve it", Args: unread(cobra.ExactArgs(1)),
	}
	flags := command.Flags()
	flags.StringVar(&in.Operator, "operator", "", "who proposes: a staff id")
	flags.StringVar(&resolution, "resolution", "", strings.Join(resolutionNames(), ", "))
	leg := flags.Int32("leg", 0, "number of the leg the payer undid; for reversed_offline only")
	flags.StringVar(&in.Document, "document", "", "what proves it, such as the number of the payer's letter; no personal data")
	command.RunE = asking(func(a *attention) error {
		value, known := onestopv1.Resolution_value[resolutionPrefix+strings.ToUpper(resolution)]
		if !known || value == 0 {
			return exitError{exitUnread, fmt.Errorf("--resolution %q: must be one of %s", resolution, strings.Join(resolutionNames(), ", "))}
		}
		in.Id, in.Resolution = a.id, onestopv1.Resolution(value)
		if flags.Changed("leg") {
			in.Leg = leg
		}
		return a.show(ask(a.caller, a.client.ProposeResolution, in))
	})
	return command
}

func attentionApprove() *cobra.Command {
	in := &onestopv1.ApproveResolutionRequest{}
	command := &cobra.Command{
		Use: "approve ID", Short: "Carry out what another person proposed", Args: unread(cobra.ExactArgs(1)),
		RunE: asking(func(a *attention) error {
			in.Id = a.id
			return a.show(ask(a.caller, a.client.ApproveResolution, in))
		}),
	}
	command.Flags().StringVar(&in.Operator, "operator", "", "who approves: a staff id, another than proposed")
	command.Flags().StringVar(&in.Etag, "etag", "", "the etag that show gave, so that what is approved is what was read")
	return command
}

func attentionDecline() *cobra.Command {
	in := &onestopv1.DeclineResolutionRequest{}
	command := &cobra.Command{
		Use: "decline ID", Short: "Turn a proposal down, or take one's own back", Args: unread(cobra.ExactArgs(1)),
		RunE: asking(func(a *attention) error {
			in.Id = a.id
			return a.show(ask(a.caller, a.client.DeclineResolution, in))
		}),
	}
	command.Flags().StringVar(&in.Operator, "operator", "", "who declines: a staff id")
	return command
}

// resolutionPrefix begins the contract's names of resolutions, which the
// command line leaves out.
const resolutionPrefix = "RESOLUTION_"

// resolutionNames are the resolutions as the command line writes them.
func resolutionNames() (names []string) {
	for value, name := range onestopv1.Resolution_name {
		if value != 0 {
			names = append(names, shortName(name, resolutionPrefix))
		}
	}
	slices.Sort(names)
	return names
}

// attention is one command on the queue being carried out.
type attention struct {
	*caller
	client onestopv1.AttentionServiceClient
	id     string
}

// asking gives a command on the queue its connection to the gateway.
func asking(do func(*attention) error) func(*cobra.Command, []string) error {
	return calling(func(c *caller) error {
		a := &attention{caller: c, client: onestopv1.NewAttentionServiceClient(c.conn)}
		if len(c.args) > 0 {
			a.id = c.args[0]
		}
		return do(a)
	})
}
