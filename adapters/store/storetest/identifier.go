package storetest

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A store that folded case, trimmed blanks or normalised letters would give
// one hospital another's settlement. These cases look alike and are not.
var identifierScenarios = []scenario{
	{"keeps look-alikes apart in every field", identifierAlike},
	{"finds nothing by a look-alike", identifierNotFound},
	{"keeps look-alike persons apart", identifierPersons},
	{"keeps the cap of look-alike persons apart", identifierCaps},
	{"takes no character as a pattern", identifierPatterns},
	{"keeps long identifiers whole", identifierLong},
	{"refuses or keeps a NUL", identifierNUL},
	{"refuses or keeps what is not text", identifierNotText},
}

// alike are pairs that some database somewhere takes for the same.
var alike = []struct{ name, one, other string }{
	{"case", "hospital", "Hospital"},
	{"case beyond ASCII", "straße", "STRASSE"},
	{"trailing blank", "clinic", "clinic "},
	{"leading blank", "ward", " ward"},
	{"full width", "A01", "Ａ０１"},
	{"composed letter", "caf\u00e9", "cafe\u0301"},
	{"accent", "resume", "résumé"},
	{"traditional", "医院", "醫院"},
	{"zero width", "county", "coun\u200bty"},
	{"leading zero", "1", "01"},
	{"beyond the basic plane", "𠀀", "𠀁"},
}

// named puts text into every identifier of a record.
func named(text string) settlement.Settlement {
	s := record("")
	s.ID, s.Tenant, s.Request = settlement.SettlementID(text), settlement.TenantID(text), settlement.RequestID(text)
	s.Facility, s.Discharge = settlement.FacilityID(text), settlement.DischargeID(text)
	s.Beneficiary.ID, s.Legs[0].Message = settlement.BeneficiaryID(text), settlement.MessageID(text)
	s.Owner, s.Fingerprint = text, text
	return s
}

func identifierAlike(t *testing.T, o Opened) {
	for _, pair := range alike {
		t.Run(pair.name, func(t *testing.T) {
			for _, text := range []string{pair.one, pair.other} {
				s := o.opens(t, named(text))
				same(t, "settlement", o.reads(t, s.ID), s)
				same(t, "request", o.asks(t, keyOf(s)).Settlement, s.ID)
				same(t, "message", o.trails(t, s.ID).Attempts[0].Message, settlement.MessageID(text))
				for _, query := range []lifecycle.Query{{Tenant: s.Tenant}, {Facility: s.Facility}, {Discharge: s.Discharge}, {Beneficiary: s.Beneficiary.ID}} {
					query.Limit = 10
					same(t, "listed", o.lists(t, query), []settlement.SettlementID{s.ID})
				}
			}
		})
	}
}

func identifierNotFound(t *testing.T, o Opened) {
	for _, pair := range alike {
		o.opens(t, named(pair.one))
		other := named(pair.other)
		_, err := o.Store.Settlement(t.Context(), other.ID)
		refused(t, "settlement by "+pair.name, err, settlement.KindNotFound)
		_, err = o.Store.Request(t.Context(), keyOf(other))
		refused(t, "request by "+pair.name, err, settlement.KindNotFound)
		same(t, "list by "+pair.name, len(o.lists(t, lifecycle.Query{Tenant: other.Tenant, Limit: 1})), 0)
	}
}

func identifierPersons(t *testing.T, o Opened) {
	for _, pair := range alike {
		one, other := person(pair.one, pair.one), person(pair.other, pair.other)
		o.puts(t, one)
		_, err := o.Registry.Person(t.Context(), other.ID)
		refused(t, "person by "+pair.name, err, settlement.KindNotFound)
		_, err = o.Registry.PersonByCertificate(t.Context(), other.Certificate)
		refused(t, "certificate by "+pair.name, err, settlement.KindNotFound)
		o.puts(t, other)
	}
}

func identifierCaps(t *testing.T, o Opened) {
	for _, pair := range alike {
		one, other := named(pair.one), named(pair.other)
		o.commits(t, one, 500)
		same(t, "used by "+pair.name, o.uses(t, other).Zero(), true)
		o.commits(t, other, 300)
		same(t, "used", o.uses(t, one).Used[total], settlement.Money(500))
	}
}

func identifierPatterns(t *testing.T, o Opened) {
	plain := o.opens(t, named("abc"))
	for _, text := range []string{"%", "_bc", "a%", "*", "a?c", "' OR '1'='1", `abc"; --`, `\`, "a\nb", "\u202eabc"} {
		s := named(text)
		same(t, "listed by pattern", len(o.lists(t, lifecycle.Query{Tenant: s.Tenant, Limit: 10})), 0)
		s = o.opens(t, s)
		same(t, "settlement", o.reads(t, s.ID), s)
		same(t, "listed", o.lists(t, lifecycle.Query{Tenant: s.Tenant, Limit: 10}), []settlement.SettlementID{s.ID})
	}
	same(t, "the plain one", o.lists(t, lifecycle.Query{Tenant: "abc", Limit: 10}), []settlement.SettlementID{plain.ID})
}

func identifierLong(t *testing.T, o Opened) {
	long := strings.Repeat("长", 300)
	first, second := o.opens(t, named(long+"a")), o.opens(t, named(long+"b"))
	same(t, "first", o.reads(t, first.ID), first)
	same(t, "second", o.reads(t, second.ID), second)
}

// keptOrRefused opens s; a store either refuses it with nothing written or
// gives it back unchanged, never something in between.
func (o Opened) keptOrRefused(t *testing.T, s settlement.Settlement) {
	t.Helper()
	err := o.Store.Open(t.Context(), opening(s))
	if err == nil {
		s.Revision = 1
		same(t, "settlement", o.reads(t, s.ID), s)
		return
	}
	refused(t, "opening", err, settlement.KindInvalid)
	same(t, "nothing kept", len(o.lists(t, lifecycle.Query{Limit: 10})), 0)
}

func identifierNUL(t *testing.T, o Opened) {
	o.keptOrRefused(t, named("abc\x00def"))
	o.keptOrRefused(t, named("abc\x00"))
}

func identifierNotText(t *testing.T, o Opened) {
	o.keptOrRefused(t, named("abc\xff"))
	o.keptOrRefused(t, named("\xed\xa0\x80"))
}
