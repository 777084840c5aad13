package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/ncms"
	"github.com/onestop-gateway/onestop/adapters/payer/nhsa"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// payerConfig is one insurer's connection. Fields are those of the adapter;
// what is not claimed is not assumed, and a key of another protocol refuses.
type payerConfig struct {
	Code     string `yaml:"code"`
	Protocol string `yaml:"protocol"` // nhsa, ncms or ncms-pipe
	// Kind is basic (or empty) or critical_illness: the insurer that is asked
	// after the scheme itself and told what the scheme pays.
	Kind               string        `yaml:"kind"`
	URL                string        `yaml:"url"`
	AccessID           string        `yaml:"access_id"`
	TokenFile          string        `yaml:"token_file"` // the secret, in a file only its owner reads
	CallTimeout        time.Duration `yaml:"call_timeout"`
	QuietPeriod        time.Duration `yaml:"quiet_period"`
	ReversibleFor      time.Duration `yaml:"reversible_for"`
	InquireByEncounter bool          `yaml:"inquire_by_encounter"`
	ReversalConfirms   bool          `yaml:"reversal_confirms"`
	// The marks are codes in the payer's refusals that prove something.
	NotFoundMarks        []string `yaml:"not_found_marks"`
	AlreadyReversedMarks []string `yaml:"already_reversed_marks"`
	Connections          int      `yaml:"connections"`
	// AtOnce bounds the new settlements that wait for this payer, so that a slow
	// one cannot hold the whole gateway; none: half of limits.in_flight, and no
	// more than Connections: who waits for one until its time is up was never
	// sent, and would be held against the payer.
	AtOnce int `yaml:"at_once"`

	// Of nhsa only.
	Layout          string            `yaml:"layout"` // A or B
	Operator        operatorConfig    `yaml:"operator"`
	Receiver        string            `yaml:"receiver"`
	Schemes         map[string]string `yaml:"schemes"` // our scheme → the payer's code
	CertificateType string            `yaml:"certificate_type"`
	PersonalAccount bool              `yaml:"personal_account"`
	// SettlementOffice is named when accounts are compared (setl_optins); none:
	// the division of the facility.
	SettlementOffice string `yaml:"settlement_office"`
	// Signing has messages signed and encrypted as the payer's province asks;
	// none: they go in plain.
	Signing *signingConfig `yaml:"signing"`

	// Of ncms and ncms-pipe only.
	Settles      []string      `yaml:"settles"` // our schemes
	RefusedMarks []string      `yaml:"refused_marks"`
	TicketMarks  []string      `yaml:"ticket_marks"` // ncms
	TicketLife   time.Duration `yaml:"ticket_life"`  // ncms
	RedeemType   string        `yaml:"redeem_type"`  // ncms
	Target       string        `yaml:"target"`       // ncms-pipe
	// Admissions: the payer wants stays registered and their charges uploaded by
	// the gateway (S04, S10); ncms and kind basic. RegistrationRepeats: it gives
	// one inpatient number one number however often it is registered. A row in
	// doubt that it refuses ChargeRefusals times alike is people's.
	Admissions          bool `yaml:"admissions"`
	RegistrationRepeats bool `yaml:"registration_repeats"`
	ChargeRefusals      int  `yaml:"charge_refusals"`
}

type operatorConfig struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	Type string `yaml:"type"`
}

// insures reports whether the payer is an insurer of critical illness that
// stands behind the scheme.
func (p *payerConfig) insures() bool { return p.Kind == string(ncms.CriticalIllness) }

// connect makes the adapter of the payer's protocol.
func (p *payerConfig) connect() (lifecycle.Payer, error) {
	if err := p.foreign(); err != nil {
		return nil, err
	}
	if p.AtOnce < 0 {
		return nil, fmt.Errorf("at_once: must not be less than 0")
	}
	secret, err := readSecret(p.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("token_file: %w", err)
	}
	if p.Protocol == "nhsa" {
		return p.national(secret)
	}
	return p.rural(secret)
}

// foreign refuses keys that the payer's protocol does not read: whoever wrote
// them believes in something that is not so.
func (p *payerConfig) foreign() error {
	national, ticket, pipe := p.Protocol == "nhsa", p.Protocol == string(ncms.Ticket), p.Protocol == string(ncms.Pipe)
	if !national && !ticket && !pipe {
		return fmt.Errorf("protocol: %q is not known; use nhsa, ncms or ncms-pipe", p.Protocol)
	}
	var found error
	for _, key := range []struct {
		name      string
		set, read bool
	}{
		{"layout", p.Layout != "", national},
		{"operator", p.Operator != (operatorConfig{}), national},
		{"receiver", p.Receiver != "", national},
		{"schemes", len(p.Schemes) > 0, national},
		{"certificate_type", p.CertificateType != "", national},
		{"personal_account", p.PersonalAccount, national},
		{"settlement_office", p.SettlementOffice != "", national},
		{"signing", p.Signing != nil, national},
		{"kind", p.Kind != "", ticket || pipe},
		{"settles", len(p.Settles) > 0, ticket || pipe},
		{"refused_marks", len(p.RefusedMarks) > 0, ticket || pipe},
		{"ticket_marks", len(p.TicketMarks) > 0, ticket},
		{"ticket_life", p.TicketLife != 0, ticket},
		{"redeem_type", p.RedeemType != "", ticket},
		{"target", p.Target != "", pipe},
		{"admissions", p.Admissions, ticket},
		{"registration_repeats", p.RegistrationRepeats, ticket},
		{"charge_refusals", p.ChargeRefusals != 0, ticket},
	} {
		if key.set && !key.read {
			found = errors.Join(found, fmt.Errorf("%s: not a key of protocol %s", key.name, p.Protocol))
		}
	}
	return found
}

func (p *payerConfig) national(token settlement.Private) (lifecycle.Payer, error) {
	schemes := map[settlement.Scheme]string{}
	for scheme, code := range p.Schemes {
		schemes[settlement.Scheme(scheme)] = code
	}
	config := nhsa.Config{
		Code: settlement.PayerCode(p.Code), BaseURL: p.URL, Layout: nhsa.Layout(p.Layout),
		Account:  nhsa.Account{AccessID: p.AccessID, Token: token},
		Operator: nhsa.Operator{ID: p.Operator.ID, Name: p.Operator.Name, Type: p.Operator.Type},
		Receiver: p.Receiver, Version: "V1.0", Schemes: schemes, CertificateType: p.CertificateType,
		PersonalAccount: p.PersonalAccount, Office: p.SettlementOffice, CallTimeout: p.CallTimeout, QuietPeriod: p.QuietPeriod, ReversibleFor: p.ReversibleFor,
		InquireByEncounter: p.InquireByEncounter, ReversalConfirms: p.ReversalConfirms,
		NotFoundMarks: p.NotFoundMarks, AlreadyReversedMarks: p.AlreadyReversedMarks, Connections: p.Connections,
	}
	if p.Signing != nil {
		envelope, err := p.Signing.envelope()
		if err != nil {
			return nil, fmt.Errorf("signing: %w", err)
		}
		config.Signing = envelope
	}
	return nhsa.New(config)
}

func (p *payerConfig) rural(password settlement.Private) (lifecycle.Payer, error) {
	schemes := make([]settlement.Scheme, len(p.Settles))
	for i, scheme := range p.Settles {
		schemes[i] = settlement.Scheme(scheme)
	}
	return ncms.New(ncms.Config{
		Code: settlement.PayerCode(p.Code), URL: p.URL, Shape: ncms.Shape(p.Protocol), Kind: ncms.Kind(p.Kind),
		User: p.AccessID, Password: password, Target: p.Target, RedeemType: p.RedeemType, Schemes: schemes, TicketLife: p.TicketLife,
		CallTimeout: p.CallTimeout, QuietPeriod: p.QuietPeriod, ReversibleFor: p.ReversibleFor,
		InquireByEncounter: p.InquireByEncounter, ReversalConfirms: p.ReversalConfirms,
		RefusedMarks: p.RefusedMarks, NotFoundMarks: p.NotFoundMarks, AlreadyReversedMarks: p.AlreadyReversedMarks,
		TicketMarks: p.TicketMarks, Connections: p.Connections, Admissions: p.Admissions, RegistrationRepeats: p.RegistrationRepeats,
		ChargeRefusals: p.ChargeRefusals,
	})
}
