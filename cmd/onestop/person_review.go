package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// personReviewCommand runs quarterly reviews and decides what they propose.
func personReviewCommand() *cobra.Command {
	review := &cobra.Command{
		Use:   "review",
		Short: "Run the quarterly review of a region, and decide what it proposes",
		Long: `A review looks at everybody of a region with a category in force in a quarter and
proposes whose category is to end or who is to be watched. It changes nothing:
another person confirms or rejects each proposal, and what is confirmed becomes
a change in the person's history.`,
	}
	review.AddCommand(reviewOpenCommand(), reviewShowCommand(), reviewDecideCommand("confirm", true), reviewDecideCommand("reject", false))
	for _, command := range review.Commands() {
		settingFlags(command.Flags())
	}
	return review
}

func reviewOpenCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "open REGION QUARTER",
		Short: "Run the review of a quarter, as in: review open 360827 2026Q4",
		Args:  cobra.ExactArgs(2),
	}
	by := operatorFlag(command)
	command.RunE = func(command *cobra.Command, args []string) error {
		quarter, err := registry.ParseQuarter(args[1])
		if err != nil {
			return exitError{exitUnread, err}
		}
		return withRegister(command, func(ctx context.Context, register *eligibility.Register) error {
			reviewed, err := register.OpenReview(ctx, settlement.RegionID(args[0]), quarter, string(*by))
			if err != nil {
				return err
			}
			return printer{command.OutOrStdout()}.review(&reviewed)
		})
	}
	return command
}

func reviewShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show REVIEW",
		Short: "Show a review with its proposals and decisions, as in: review show 360827-2026Q4",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return withRegister(command, func(ctx context.Context, register *eligibility.Register) error {
				reviewed, err := register.Review(ctx, registry.ReviewID(args[0]))
				if err != nil {
					return err
				}
				return printer{command.OutOrStdout()}.review(&reviewed)
			})
		},
	}
}

// reviewDecideCommand confirms or rejects proposals.
func reviewDecideCommand(name string, confirmed bool) *cobra.Command {
	command := &cobra.Command{
		Use:   name + " REVIEW LINE...",
		Short: "As a second person, " + name + " proposals of a review",
		Args:  cobra.MinimumNArgs(2),
	}
	by := operatorFlag(command)
	command.RunE = func(command *cobra.Command, args []string) error {
		return withRegister(command, func(ctx context.Context, register *eligibility.Register) error {
			for _, text := range args[1:] {
				line, err := strconv.Atoi(text)
				if err != nil {
					return exitError{exitUnread, fmt.Errorf("line %q is not a number", text)}
				}
				done, err := register.Decide(ctx, registry.Decision{Review: registry.ReviewID(args[0]), Line: line, Confirmed: confirmed, By: string(*by)})
				if err != nil {
					return fmt.Errorf("line %d: %w", line, err)
				}
				fmt.Fprintf(command.OutOrStdout(), "line %d: %sed\n", line, name)
				for _, id := range done.Touched {
					fmt.Fprintf(command.OutOrStdout(), "line %d: settlement %s was settled on other ground and is flagged for review\n", line, id)
				}
			}
			return nil
		})
	}
	return command
}
