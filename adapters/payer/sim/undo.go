package sim

// The marks the simulated payer opens a refusal with.
const (
	MarkNotFound        = "R404"
	MarkAlreadyReversed = "R409"
)

var (
	noSuchSettlement = refusal("[" + MarkNotFound + "] 未找到原交易")
	doneAlready      = refusal("[" + MarkAlreadyReversed + "] 原交易已冲正或已撤销")
)

// takeBack undoes by the payer's reference or, where the caller never learnt
// it, by the message.
func (s *Simulator) takeBack(q question, fault Fault) answer {
	if q.Input.Data.Reference == "" {
		return s.reverse(q, fault)
	}
	return s.cancel(q, fault)
}

// cancel undoes the settlement of a reference, and names it.
func (s *Simulator) cancel(q question, fault Fault) answer {
	input := q.Input.Data
	original := s.book.byReference[input.Reference]
	switch {
	case original == nil || original.Person != input.Person || original.Encounter != input.Encounter:
		return noSuchSettlement
	case original.reversed:
		return doneAlready
	}
	counter := original.entry
	counter.Undoes, counter.Message, counter.At = original.Reference, q.Message, q.Time
	if fault != Idle {
		counter = s.book.add(counter)
	}
	return answer{content: cancelled, records: []record{{entry: spoilt(counter, fault)}}}
}

// reverse undoes the settlement of a message, of several the last, and says no
// more than yes. A message that has not arrived leaves no trace, so that it is booked
// if it arrives later.
func (s *Simulator) reverse(q question, fault Fault) answer {
	input := q.Input.Data
	found := s.book.byMessage[input.Original]
	if len(found) == 0 || found[0].Person != input.Person || verbs[input.OriginalNumber] != settling {
		return noSuchSettlement
	}
	for i := len(found) - 1; i >= 0; i-- {
		if found[i].reversed {
			continue
		}
		counter := found[i].entry
		counter.Undoes, counter.Message, counter.At = found[i].Reference, q.Message, q.Time
		if fault != Idle {
			s.book.add(counter)
		}
		return answer{}
	}
	return doneAlready
}

// inquire finds one settlement by its reference, or those of an encounter.
func (s *Simulator) inquire(q question, fault Fault) answer {
	input := q.Input.Data
	held := s.book.byEncounter[input.Encounter]
	if input.Reference != "" {
		held = s.book.byReferences(input.Reference)
	}
	a := answer{content: found}
	for _, one := range held {
		if one.Person == input.Person {
			a.records = append(a.records, record{spoilt(one.entry, fault), one.reversed})
		}
	}
	return a
}
