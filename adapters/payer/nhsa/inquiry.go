package nhsa

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// inquiryData asks for a settlement by the payer's id of it or, where that was
// never learnt, by the encounter (5203).
type inquiryData struct {
	Person    string `json:"psn_no"`
	Reference string `json:"setl_id,omitempty"`
	Encounter string `json:"mdtrt_id"`
}

func encodeInquiry(call lifecycle.Call) inquiryData {
	return inquiryData{call.Insured.Reveal(), call.Reference, string(call.Encounter)}
}

// readInquiry is what became of the settlement asked for under call.Original.
// A record is ours only if it names that message.
func readInquiry(call lifecycle.Call, output node) lifecycle.PayerAnswer {
	found := output.fields["setlinfo"]
	if found.empty() {
		return lifecycle.PayerAnswer{Result: settlement.ResultNotFound}
	}
	records := open("output", output)
	record, err := ours(call.Original, records.list("setlinfo"))
	switch {
	case records.first != nil:
		return inDoubt(records.first)
	case err != nil:
		return inDoubt(err)
	case found.kind == kindObject && !record.empty():
		return readRecord(call, record, output.fields["setldetail"])
	case !record.empty(): // details beside a list belong to no one record
		return readRecord(call, record, node{})
	case found.kind == kindList && call.Reference == "":
		return lifecycle.PayerAnswer{Result: settlement.ResultNotFound}
	}
	return inDoubt(&breach{"setlinfo.medins_setl_id", "of another message"})
}

// ours is the one record that names message, or an empty node if every record
// names another. A record that names none could be ours, and two of ours would
// be money paid twice: neither is an answer.
func ours(message settlement.MessageID, records []node) (node, error) {
	var record node
	for _, n := range records {
		s := open("setlinfo", n)
		name := s.id("medins_setl_id")
		switch {
		case s.first != nil:
			return node{}, s.first
		case name == "":
			return node{}, &breach{"setlinfo.medins_setl_id", "missing"}
		case name == string(message) && !record.empty():
			return node{}, &breach{"setlinfo", "two records of one message"}
		case name == string(message):
			record = n
		}
	}
	return record, nil
}

// readRecord is our own record: standing, or marked as reversed.
func readRecord(call lifecycle.Call, record, details node) lifecycle.PayerAnswer {
	s := open("setlinfo", record)
	if s.flag("refd_setl_flag") {
		identity := setlinfo{Person: s.id("psn_no"), Encounter: s.id("mdtrt_id")}
		if err := identity.answers(call, call.Original); err != nil {
			return inDoubt(err)
		}
		return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
	}
	info, err := decodeSetlinfo(record, details, paying)
	if err == nil {
		err = info.answers(call, call.Original)
	}
	if err == nil && info.Reference == "" {
		err = &breach{"setlinfo.setl_id", "missing"}
	}
	if err == nil {
		err = s.first
	}
	if err != nil {
		return inDoubt(err)
	}
	return info.applied(call)
}
