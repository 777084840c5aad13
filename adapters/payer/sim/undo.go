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

// cancel answers 2305: it undoes the settlement of a reference.
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
	pen := penman{s.stage.current().AsText, -1}
	info := pen.cancelled(counter)
	pen.spoil(info, counter, fault)
	return answer{output: object{"setlinfo": info, "setldetail": pen.details(counter)}}
}

// reverse answers 2601: it undoes the settlement of a message, of several the
// last. A message that has not arrived leaves no trace, so that it is booked
// if it arrives later.
func (s *Simulator) reverse(q question, fault Fault) answer {
	input := q.Input.Data
	found := s.book.byMessage[input.Original]
	if len(found) == 0 || found[0].Person != input.Person || input.OriginalNumber != "2304" {
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

// inquire answers 5203: one settlement by its reference, or those of an
// encounter; one is an object, several are a list.
func (s *Simulator) inquire(q question, fault Fault) answer {
	input := q.Input.Data
	var found []*held
	if input.Reference != "" {
		if one := s.book.byReference[input.Reference]; one != nil {
			found = append(found, one)
		}
	} else {
		found = s.book.byEncounter[input.Encounter]
	}
	pen := penman{s.stage.current().AsText, 1}
	records := []object{}
	for _, one := range found {
		if one.Person != input.Person {
			continue
		}
		record := pen.setlinfo(one.entry)
		record["refd_setl_flag"] = "0"
		if one.reversed {
			record["refd_setl_flag"] = "1"
		}
		pen.spoil(record, one.entry, fault)
		records = append(records, record)
	}
	switch len(records) {
	case 0:
		return answer{output: object{"setlinfo": nil}}
	case 1:
		return answer{output: object{"setlinfo": records[0]}}
	}
	return answer{output: object{"setlinfo": records}}
}
