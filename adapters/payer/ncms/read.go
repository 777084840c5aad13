package ncms

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// nobody are the words for a card on which the asked-for person does not
// stand; the payer itself only sends the others.
const nobody = "参合人员中没有此身份证号"

// readPeople is the answer to an identification: of all the members a card
// stands for, the one with the identity number that was asked for.
func (p *Payer) readPeople(call lifecycle.Call, content node) lifecycle.PayerAnswer {
	people, err := p.wire.people(content)
	if err != nil {
		return inDoubt(err)
	}
	var found *person
	for i := range people {
		if !strings.EqualFold(people[i].Certificate, call.Person.Reveal()) {
			continue
		}
		if found != nil {
			return inDoubt(&breach{"people", "two members of one identity number"})
		}
		found = &people[i]
	}
	if found == nil {
		return lifecycle.PayerAnswer{Result: settlement.ResultRefused, Message: nobody}
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultApplied, Insured: p.insured(call, *found)}
}

// insured is a member in the words of the domain; one whose membership is not
// in force is SchemeNone.
func (p *Payer) insured(call lifecycle.Call, who person) lifecycle.Insured {
	found := lifecycle.Insured{Number: settlement.Private(who.Number), Name: settlement.Private(who.Name), Scheme: settlement.SchemeNone}
	if who.Stopped {
		return found
	}
	found.Scheme, found.Region = p.config.Schemes[0], settlement.RegionID(who.Area)
	for _, scheme := range p.config.Schemes {
		if scheme == call.Scheme {
			found.Scheme = scheme
		}
	}
	return found
}

// readSettlement is the answer to a settlement or a quote. It is believed if
// its sums hold and it is about the stay, the person and the message of the
// call; a settlement that was written also has a number.
func (p *Payer) readSettlement(call lifecycle.Call, content node) lifecycle.PayerAnswer {
	r, err := p.wire.record(content)
	if err == nil {
		err = r.about(call, call.Message)
	}
	if err != nil {
		return inDoubt(err)
	}
	if call.Operation == settlement.OpSettle && r.Reference == "" {
		return inDoubt(&breach{"record.reference", "missing"})
	}
	return r.applied(call, p.config.Kind)
}

// readInquiry is what became of the settlement asked for under call.Original.
// A record is ours only if it names that message.
func (p *Payer) readInquiry(call lifecycle.Call, content node) lifecycle.PayerAnswer {
	records, err := p.wire.records(content)
	if err != nil {
		return inDoubt(err)
	}
	mine, err := ours(call.Original, records)
	switch {
	case err != nil:
		return inDoubt(err)
	case mine == nil && call.Reference != "" && len(records) > 0:
		return inDoubt(&breach{"record.message", "of another message"})
	case mine == nil:
		return lifecycle.PayerAnswer{Result: settlement.ResultNotFound}
	}
	if err := mine.about(call, call.Original); err != nil {
		return inDoubt(err)
	}
	if mine.Reversed {
		return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
	}
	if mine.Reference == "" {
		return inDoubt(&breach{"record.reference", "missing"})
	}
	return mine.applied(call, p.config.Kind)
}

// ours is the one record that names message, or nil if every record names
// another. A record that names none could be ours, and two of ours would be
// money paid twice: neither is an answer.
func ours(message settlement.MessageID, records []record) (*record, error) {
	var found *record
	for i := range records {
		switch {
		case records[i].Message == "":
			return nil, &breach{"record.message", "missing"}
		case records[i].Message != string(message):
		case found != nil:
			return nil, &breach{"records", "two of one message"}
		default:
			found = &records[i]
		}
	}
	return found, nil
}

// readReversal is the answer to a reversal. One that names what it undid is
// its own proof; a silent one proves nothing unless the payer is configured as
// one whose word is proof.
func (p *Payer) readReversal(call lifecycle.Call, content node) lifecycle.PayerAnswer {
	r, err := p.wire.undone(content)
	if err != nil {
		return inDoubt(err)
	}
	if r == (record{}) {
		if p.config.ReversalConfirms {
			return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
		}
		return lifecycle.PayerAnswer{Result: settlement.ResultAccepted}
	}
	if err := r.about(call, call.Original); err != nil {
		return inDoubt(err)
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
}
