package ncms

import "strings"

func (w pipe) records(content node) ([]record, error) {
	var records []record
	for _, row := range content.all("feeInfo") {
		r, err := readFee(row)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

func (pipe) record(content node) (record, error) {
	s := open("body", content)
	fee := s.child("feeInfo")
	if s.first != nil {
		return record{}, s.first
	}
	return readFee(fee)
}

func (pipe) undone(content node) (record, error) {
	if len(content.children) == 0 && strings.TrimSpace(content.text) == "" {
		return record{}, nil
	}
	s := open("body", content)
	r := pipeIdentity(s)
	return r, s.first
}

// pipeIdentity is what a record is about.
func pipeIdentity(s *scan) record {
	return record{
		Reference: s.id("D506_01"), Message: s.id("D506_52"), Stay: s.id("D504_01"), Person: s.id("D504_02"),
		At: s.instant("D506_25", pipeTime), Reversed: s.flag("returned"),
	}
}

// readFee reads a settlement and proves its sums; one that is marked as
// returned is not read further than what it is about.
func readFee(row node) (record, error) {
	s := open("feeInfo", row)
	r := pipeIdentity(s)
	if r.Reversed {
		return r, s.first
	}
	r.Total = s.needed("D506_03")
	r.Eligible = s.either("D506_19", "D506_13")
	r.Basic = s.needed("D506_24") + s.given("D506_58") + s.given("D506_104")
	r.CriticalIllness = s.given("D506_59")
	r.Commercial = s.given("D506_60")
	r.Assistance = s.given("D506_103")
	r.Hospital = s.given("D506_105")
	r.Account = s.given("D506_57")
	person := s.needed("D506_32")
	if r.Account > person {
		s.fail("D506_57", "more than the person pays")
	}
	r.Cash = person - r.Account
	if s.first != nil {
		return record{}, s.first
	}
	return r, r.checkShares()
}
