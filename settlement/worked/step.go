package worked

import (
	"github.com/onestop-gateway/onestop/settlement"
)

// step is one settlement or reversal of a case.
type step struct {
	label    string // how differences name it: the sid, or its number
	reverse  bool
	sid      string
	claim    settlement.Claim
	coverage settlement.Coverage
	fault    error // what is wrong with the input's form; the answer is then this error
	expect   []expected
	place    *settlement.Place
}

// decodeStep reads a step of either kind. What may stand in it depends on the
// operation, so without one nothing else is judged.
func decodeStep(p *settlement.Place) step {
	s := step{place: p}
	op := settlement.Word(p.Need("op"), "settle", "reverse")
	if sid := p.Get("sid"); !sid.Null() {
		s.sid = sid.Text()
	}
	switch op {
	case "settle":
		s.readSettlement(p)
	case "reverse":
		p.Map("op", "sid", "expect")
		p.Need("sid")
		s.reverse = true
		s.expect = decodeExpected(p.Need("expect"), reversalFields)
	}
	return s
}

// readSettlement reads a settlement. Words outside the vocabulary make the
// case unreadable; figures in the wrong form are the product's to refuse and so
// become the step's fault.
func (s *step) readSettlement(p *settlement.Place) {
	p.Map("op", "sid", "mode", "admission", "discharge", "bill", "payers", "provider", "disease_class", "disease",
		"choice", "continued", "filed", "newborn", "approval", "expect")
	in := input{amounts: make([]text, 0, 12)}
	s.claim.Mode = settlement.Word(p.Need("mode"), settlement.Outpatient, settlement.Inpatient, settlement.Inclined, settlement.Care)
	s.claim.DiseaseClass = orWord(p.Get("disease_class"), settlement.General, settlement.Serious, settlement.Special, settlement.FreeTreatment)
	if disease := p.Get("disease"); !disease.Null() {
		s.claim.Disease = disease.Text()
	}
	in.dates = [2]text{{p.Need("admission"), "admission"}, {p.Need("discharge"), "discharge"}}
	s.readLocal(p)
	s.claim.Treatment = decodeTreatment(p.Get("provider"))
	in.bill(p.Need("bill"))
	in.payers(p.Need("payers"), &s.coverage)
	s.fault = in.parse(s)
	s.expect = decodeExpected(p.Need("expect"), settlementFields)
}

// readLocal reads what only some regions ask of a claim.
func (s *step) readLocal(p *settlement.Place) {
	if choice := p.Get("choice"); choice != nil {
		s.claim.Choice = settlement.CategoryID(choice.Text())
	}
	if continued := p.Get("continued"); continued != nil {
		s.claim.Continued = continued.Bool()
	}
	if approval := p.Get("approval"); approval != nil {
		s.claim.Approval = settlement.ApprovalNumber(approval.Text())
	}
	s.claim.Filed = p.Get("filed").Date()
	if newborn := p.Get("newborn"); newborn != nil && newborn.Map("born", "registered") {
		s.claim.Born, s.claim.Registered = newborn.Need("born").Date(), newborn.Need("registered").Date()
	}
}

// orWord reads a word that has a default, the first.
func orWord[T ~string](p *settlement.Place, words ...T) T {
	if p == nil {
		return words[0]
	}
	return settlement.Word(p, words...)
}

// decodeTreatment reads where care was given. What is left out is the usual
// case: a designated facility of the person's own area, no emergency.
func decodeTreatment(p *settlement.Place) settlement.Treatment {
	t := settlement.Treatment{Designated: true, InArea: true, Referral: settlement.ReferralNone}
	if p == nil || !p.Map("designated", "emergency", "in_area", "referral", "level") {
		return t
	}
	for _, flag := range []struct {
		key string
		set *bool
	}{{"designated", &t.Designated}, {"emergency", &t.Emergency}, {"in_area", &t.InArea}} {
		if at := p.Get(flag.key); at != nil {
			*flag.set = at.Bool()
		}
	}
	t.Level = p.Get("level").Text()
	t.Referral = orWord(p.Get("referral"), settlement.ReferralNone, settlement.ReferralApproved)
	return t
}
