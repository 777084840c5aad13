package storetest

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

var personScenarios = []scenario{
	{"found by pseudonym and by identity number", personFound},
	{"keeps every field", personFields},
	{"not found before it is put", personNotFound},
	{"replaced as a whole", personReplaced},
	{"refused with another's identity number", personTaken},
	{"frees an identity number that it gave up", personFrees},
	{"many may be without identity number", personUnnumbered},
	{"neither put nor read when given up", personGivenUp},
}

func person(id, certificate string) settlement.Person {
	return settlement.Person{
		Beneficiary: settlement.Beneficiary{ID: settlement.BeneficiaryID(id), Region: "360827", Residence: settlement.Rural},
		Name:        "张测试",
		Certificate: settlement.Private(certificate),
		Scheme:      settlement.SchemeNCMS,
		Insured:     "36000000000000000000000001",
	}
}

// Invented numbers with a valid check digit.
const (
	oneCertificate   = "360827194910010018"
	otherCertificate = "360827194910010026"
)

func (o Opened) finds(t *testing.T, id settlement.BeneficiaryID, certificate settlement.Private, want settlement.Person) {
	t.Helper()
	found, err := o.Registry.Person(t.Context(), id)
	same(t, "error", err, nil)
	same(t, "by pseudonym", found, want)
	found, err = o.Registry.PersonByCertificate(t.Context(), certificate)
	same(t, "error", err, nil)
	same(t, "by identity number", found, want)
}

func personFound(t *testing.T, o Opened) {
	one, other := person("p-1", oneCertificate), person("p-2", otherCertificate)
	o.puts(t, one)
	o.puts(t, other)
	o.finds(t, "p-1", oneCertificate, one)
	o.finds(t, "p-2", otherCertificate, other)
}

func personFields(t *testing.T, o Opened) {
	p := person("p-1", oneCertificate)
	p.Entitlements = fullRecord("1").Beneficiary.Entitlements
	o.puts(t, p)
	o.finds(t, p.ID, p.Certificate, p)
}

func personNotFound(t *testing.T, o Opened) {
	o.puts(t, person("p-1", oneCertificate))
	_, err := o.Registry.Person(t.Context(), "p-2")
	refused(t, "by pseudonym", err, settlement.KindNotFound)
	_, err = o.Registry.PersonByCertificate(t.Context(), otherCertificate)
	refused(t, "by identity number", err, settlement.KindNotFound)
}

func personReplaced(t *testing.T, o Opened) {
	p := person("p-1", oneCertificate)
	p.Entitlements = fullRecord("1").Beneficiary.Entitlements
	o.puts(t, p)
	p = person("p-1", oneCertificate)
	p.Name, p.Scheme, p.Residence, p.Insured = "李测试", settlement.SchemeNone, settlement.Urban, ""
	o.puts(t, p)
	o.finds(t, p.ID, p.Certificate, p)
}

func personTaken(t *testing.T, o Opened) {
	one, other := person("p-1", oneCertificate), person("p-2", otherCertificate)
	o.puts(t, one)
	o.puts(t, other)
	refused(t, "a taken certificate", o.put(t.Context(), person("p-3", oneCertificate)), settlement.KindExists)
	_, err := o.Registry.Person(t.Context(), "p-3")
	refused(t, "reading who was refused", err, settlement.KindNotFound)
	refused(t, "a taken certificate", o.put(t.Context(), person("p-2", oneCertificate)), settlement.KindExists)
	o.finds(t, "p-1", oneCertificate, one)
	o.finds(t, "p-2", otherCertificate, other)
}

func personFrees(t *testing.T, o Opened) {
	o.puts(t, person("p-1", oneCertificate))
	one, other := person("p-1", otherCertificate), person("p-2", oneCertificate)
	o.puts(t, one)
	o.puts(t, other)
	o.finds(t, "p-1", otherCertificate, one)
	o.finds(t, "p-2", oneCertificate, other)
}

func personUnnumbered(t *testing.T, o Opened) {
	o.puts(t, person("p-1", ""))
	o.puts(t, person("p-2", ""))
	_, err := o.Registry.PersonByCertificate(t.Context(), "")
	refused(t, "by no identity number", err, settlement.KindNotFound)
}

func personGivenUp(t *testing.T, o Opened) {
	p := person("p-1", oneCertificate)
	refused(t, "putting", o.Register.Keep(cancelled(t), written(p, 0, 1)), settlement.KindUnavailable)
	_, err := o.Registry.Person(t.Context(), p.ID)
	refused(t, "reading", err, settlement.KindNotFound)
	o.puts(t, p)
	_, err = o.Registry.PersonByCertificate(cancelled(t), p.Certificate)
	unread(t, "a person", err)
}
