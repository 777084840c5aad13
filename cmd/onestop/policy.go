package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/settlement"
)

// policyCommand is the policy officer's bench: it checks policies and runs
// worked cases through the engine that settles real bills.
func policyCommand() *cobra.Command {
	policy := &cobra.Command{
		Use:   "policy",
		Short: "Check policies, run worked cases, and publish by two people",
	}
	policy.AddCommand(policyTestCommand(), policyValidateCommand())
	policy.AddCommand(policyPublishing()...)
	return policy
}

func policyTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test FILE...",
		Short: "Run the worked cases of each file through the engine",
		Long: `Runs every case of each file, under the file's own policies, and prints a
line for each difference:

  <case> <step>.<field>: expected X, computed Y

then "N passed, M failed" over all files. Exits 0 if none failed, 1 if any
did, 2 if a file cannot be read or one of its policies does not validate.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return testPolicies(cmd.OutOrStdout(), cmd.ErrOrStderr(), files)
		},
	}
}

// testPolicies runs each file in turn. A file that cannot be read does not
// keep the others from being run.
func testPolicies(stdout, stderr io.Writer, files []string) error {
	var total tally
	ran := false
	for _, file := range files {
		counted, err := testFile(file, stdout, newProgress(stderr, file))
		total.add(counted)
		ran = ran || counted.passed+counted.failed > 0
		if err != nil {
			total.unread = true
			complain(stderr, file, err)
		}
	}
	if ran || !total.unread {
		fmt.Fprintf(stdout, "%d passed, %d failed\n", total.passed, total.failed)
	}
	switch {
	case total.unread:
		return exitError{code: exitUnread}
	case total.failed > 0:
		return exitError{code: exitFailed}
	}
	return nil
}

// tally counts cases.
type tally struct {
	passed, failed int
	unread         bool // something could not be understood
}

func (t *tally) add(other tally) {
	t.passed += other.passed
	t.failed += other.failed
	t.unread = t.unread || other.unread
}

// count adds the case whose differences are given.
func (t *tally) count(differences []string) {
	if len(differences) == 0 {
		t.passed++
	} else {
		t.failed++
	}
}

func policyValidateCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check policies without running any case",
		Long: `Checks the policies of each file, which holds either one policy (id, title,
versions) or worked cases with theirs (policies, cases), and prints a line for
each version with its dates. Exits 2 if a file cannot be read or a policy does
not validate, and says all that is wrong. What is valid and most likely not
meant is warned about; with --config so is a level of facilities that none of
the facilities configured there has.`,
		Args: cobra.MinimumNArgs(1),
	}
	file := command.Flags().String("config", "", "configuration of a gateway, for the levels of its facilities")
	command.RunE = func(cmd *cobra.Command, files []string) error {
		c, err := readConfig(*file)
		if err != nil {
			return exitError{exitUnread, err}
		}
		return validatePolicies(cmd.OutOrStdout(), cmd.ErrOrStderr(), files, c.levels())
	}
	return command
}

func validatePolicies(stdout, stderr io.Writer, files, levels []string) error {
	unread := false
	for _, file := range files {
		policies, err := readPolicies(file)
		if err != nil {
			complain(stderr, file, err)
			unread = true
			continue
		}
		for _, policy := range policies {
			for i := range policy.Versions {
				fmt.Fprintln(stdout, versionLine(&policy.Versions[i]))
			}
			for _, doubt := range policy.Doubts(levels) {
				fmt.Fprintf(stderr, "%s: warning: %s\n", file, doubt)
			}
		}
	}
	if unread {
		return exitError{code: exitUnread}
	}
	return nil
}

// versionLine is a version with the days it is in force.
func versionLine(v *settlement.Version) string {
	if v.Effective.To == 0 {
		return fmt.Sprintf("%s from %s", v.ID, v.Effective.From)
	}
	return fmt.Sprintf("%s from %s to %s", v.ID, v.Effective.From, v.Effective.To)
}
