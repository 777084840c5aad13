package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// personCommand keeps the register of persons.
func personCommand() *cobra.Command {
	person := &cobra.Command{Use: "person", Short: "Keep the register of persons"}
	person.AddCommand(personImportCommand(), personImportedCommand(), personExportCommand(), personTemplateCommand(), personShowCommand(), personReviewCommand())
	for _, command := range person.Commands() {
		if command.RunE != nil && command.Name() != "template" {
			settingFlags(command.Flags())
		}
	}
	return person
}

// withRegister opens the register of the configured store for what do does.
func withRegister(command *cobra.Command, do func(ctx context.Context, register *eligibility.Register) error) error {
	return withPeople(command, func(ctx context.Context, register *eligibility.Register, _ *assent.Office) error {
		return do(ctx, register)
	})
}

// withPeople is withRegister with the office where a second person agrees.
func withPeople(command *cobra.Command, do func(ctx context.Context, register *eligibility.Register, office *assent.Office) error) (err error) {
	c, err := loadConfig(command.Flags(), os.LookupEnv)
	if err != nil {
		return exitError{exitUnread, err}
	}
	standards, err := readStandards(c.Standards)
	if err != nil {
		return exitError{exitUnread, err}
	}
	store, err := c.openStore(command.Context(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.shut()) }()
	register := newRegister(store.register, standards)
	register.TwoPeople = c.corrections()
	books := treasury.New(treasury.Config{Store: store.books, TwoFrom: c.postingFrom(), Now: time.Now, NewID: newPostingID})
	return do(command.Context(), register, c.TwoPeople.newAssent(store.corrections, register, books))
}

// newRegister is the register over a store.
func newRegister(store eligibility.Store, standards map[settlement.RegionID]registry.Standard) *eligibility.Register {
	return eligibility.New(eligibility.Config{
		Store: store, Standards: standards, Now: time.Now,
		NewID: func() settlement.BeneficiaryID { return settlement.BeneficiaryID("b-" + uuid.NewString()) },
	})
}

// readStandards reads files of dibao standards; no region may be in two.
func readStandards(paths []string) (map[settlement.RegionID]registry.Standard, error) {
	files, err := policyFiles(paths)
	if err != nil {
		return nil, err
	}
	all := map[settlement.RegionID]registry.Standard{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		doc, err := document.Read(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		standards, err := registry.DecodeStandards(doc)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, standard := range standards {
			if _, twice := all[standard.Region]; twice {
				return nil, fmt.Errorf("%s: region %s stands in another file, too", file, standard.Region)
			}
			all[standard.Region] = standard
		}
	}
	return all, nil
}

// operatorFlag adds the flag that says who does it; the login name otherwise.
func operatorFlag(command *cobra.Command) *staff {
	by := new(staff)
	if login, err := user.Current(); err != nil || by.Set(strings.ToLower(login.Username)) != nil {
		*by = staffPrefix + "operator"
	}
	command.Flags().Var(by, "operator", "staff id of who does this")
	return by
}

// staff is who does something, as gateways write it: a person is one and the
// same here and there, and never a second one.
type staff string

// staffPrefix tells staff from all others who act.
const staffPrefix = "operator/"

var (
	staffForm = regexp.MustCompile(`^[0-9a-z._@-]{1,64}$`)
	errStaff  = errors.New("must be 1 to 64 small letters, digits, ., _, @ or -")
)

// Set implements pflag.Value. A staff id has one spelling, as in the contract.
func (s *staff) Set(id string) error {
	if !staffForm.MatchString(id) {
		return errStaff
	}
	*s = staff(staffPrefix + id)
	return nil
}

// String implements pflag.Value.
func (s *staff) String() string { return strings.TrimPrefix(string(*s), staffPrefix) }

// Type implements pflag.Value.
func (s *staff) Type() string { return "string" }

// putPersons puts the persons of a document into the register, all or none.
func putPersons(ctx context.Context, store eligibility.Store, text []byte) error {
	doc, err := document.Read(text)
	if err != nil {
		return err
	}
	drafts, err := registry.DecodeDrafts(doc)
	if err != nil {
		return err
	}
	register := newRegister(store, nil)
	load := eligibility.Load{By: "onestop", Document: "demonstration", Reached: eligibility.Progress{File: "demonstration", Rows: len(drafts)}}
	for i := range drafts {
		load.Rows = append(load.Rows, eligibility.Row{Line: i, Draft: drafts[i]})
	}
	judged, err := register.Judge(ctx, load)
	if err != nil {
		return err
	}
	if len(judged.Rejects) > 0 {
		return fmt.Errorf("person %d: %s", judged.Rejects[0].Line, judged.Rejects[0].Says)
	}
	_, err = register.Commit(ctx, judged, 0)
	return err
}
