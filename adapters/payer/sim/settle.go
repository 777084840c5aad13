package sim

import (
	"cmp"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// settle books a settlement; a trial keeps nothing.
func (s *Simulator) settle(q question, trial bool, fault Fault) answer {
	e, refused := s.propose(q, fault)
	if refused != nil {
		return *refused
	}
	if !trial {
		e = s.keep(e, fault)
	}
	return answer{content: settled, records: []record{{entry: spoilt(e, fault)}}}
}

// keep books a settlement. A message that is here already is booked again,
// unless it is to be recognised.
func (s *Simulator) keep(e entry, fault Fault) entry {
	earlier := s.book.byMessage[e.Message]
	recognised := fault == Duplicate || s.stage.current().Deduplicate
	if len(earlier) > 0 && recognised {
		return earlier[0].entry
	}
	e = s.book.add(e)
	if fault == Duplicate { // the second copy of the same message
		return s.keep(e, fault)
	}
	return e
}

// propose is the settlement of a request as it would be booked, or the payer's
// reason not to.
func (s *Simulator) propose(q question, fault Fault) (entry, *answer) {
	input := q.Input.Data
	no := func(words string) (entry, *answer) {
		refused := refusal(words)
		return entry{}, &refused
	}
	person, terms, known := s.stage.insured(input.Person)
	bill, stated, sound := input.bill()
	paid, unpaid := settlement.ParseMoney(cmp.Or(input.Paid.String(), "0"))
	switch {
	case !known:
		return entry{}, &noSuchPerson
	case person.Stopped || person.Scheme != input.Scheme:
		return no("[P405] 该险种未参保或已停保")
	case input.Encounter == "" || input.VoucherType == "":
		return no("[P406] 就诊ID和就诊凭证类型不能为空")
	case !sound || unpaid != nil:
		return no("[P407] 费用金额不正确")
	}
	if fault == Assists {
		terms = assisting(terms)
	}
	e := entry{
		Message: q.Message, Person: input.Person, Encounter: input.Encounter, Facility: q.Facility, Scheme: input.Scheme, At: q.Time,
		Amounts: terms.split(altered(bill, fault), paid, stated, input.UseAccount == "1"),
	}
	if day, _, timed := strings.Cut(e.At, " "); timed && fault == AtNight {
		e.At = day + " 23:55:00"
	}
	if fault == OtherParts && !stated {
		e.Amounts = terms.split(altered(e.Amounts.bill(), fault), paid, true, input.UseAccount == "1")
	}
	return e, nil
}

// altered is the bill as a payer with other figures sees it.
func altered(bill settlement.Bill, fault Fault) settlement.Bill {
	switch fault {
	case OtherTotal:
		bill.Submitted += 100_00
		bill.SelfFunded += 100_00
	case OtherParts:
		moved := min(1_00, bill.Eligible)
		bill.Eligible -= moved
		bill.SelfFunded += moved
	}
	return bill
}

func (a amounts) bill() settlement.Bill {
	return settlement.Bill{
		Submitted: a.Total, SelfFunded: a.SelfFunded, OverLimit: a.OverLimit, FirstSelfPay: a.FirstSelfPay, Eligible: a.Eligible,
	}
}

// assisting are terms under which the payer assists too: a tenth, unless the
// person's own say otherwise.
func assisting(terms benefits) benefits {
	if terms.Assistance.Zero() {
		terms.Assistance = tenth
	}
	return terms
}

var tenth = mustRatio("0.1")

func mustRatio(text string) settlement.Ratio {
	ratio, err := settlement.ParseRatio(text)
	if err != nil {
		panic(err)
	}
	return ratio
}
