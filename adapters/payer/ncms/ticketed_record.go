package ncms

// ticketSums are the amounts of S13, S14 and S16 that only prove others.
type ticketSums struct {
	pooled, accident, calculated, computedCritical fine
	parts, calculates, guaranteed                  bool
}

// record reads a settlement and proves its sums; one that is marked as undone
// is not read further than what it is about.
func (ticketed) record(content node) (record, error) {
	s := open("data", content)
	r := ticketIdentity(s)
	if r.Reversed {
		return r, s.first
	}
	compensation := s.needed("compensateCost")
	sums := readTicketSums(s)
	r.Total = s.either("totalCost", "totalCosts")
	r.Eligible = s.either("enableMoney", "insuranceCost")
	r.CriticalIllness = s.given("insureCost")
	r.Assistance = s.given("civilCost")
	r.AssistsUnder = s.given("salvaMZCost") != 0 || s.given("CXmedicalAid") != 0
	r.Hospital = s.given("hospAssumeMoney")
	r.SpecialCare = s.given("salvaYFCost") + s.otherAid()
	r.Commercial = s.given("continentInsurance")
	r.Account = s.given("accRedeem")
	r.Cash = s.needed("personalPayMoney")
	floor := s.given("bottomRedeem") + s.given("bottomSecondRedeem")
	if r.Account > compensation {
		s.fail("accRedeem", "more than the compensation it is part of")
	}
	r.Basic = compensation - r.Account + floor
	sums.check(s, compensation, r)
	if s.first != nil {
		return record{}, s.first
	}
	return r, r.checkShares()
}

// otherAid is what departments other than the special-care one add.
func (s *scan) otherAid() (sum fine) {
	for _, name := range []string{"salvaJSCost", "salvaCLCost", "salvaFPCost", "salvaJKCost", "medicineCost", "nurseCost"} {
		sum += s.given(name)
	}
	return sum
}

func readTicketSums(s *scan) ticketSums {
	var sums ticketSums
	var accident, account bool
	sums.pooled, sums.parts = s.amount("generalRedeem")
	sums.accident, accident = s.amount("accidentRedeem")
	_, account = s.amount("accRedeem")
	sums.parts = sums.parts || accident || account
	sums.calculated, sums.calculates = s.amount("calculateMoney")
	sums.computedCritical = s.given("CIICalculateMoney")
	sums.guaranteed = s.flag("isPaul")
	return sums
}

// check proves what the parts say of the whole. With the guaranteed minimum
// (isPaul) the compensation may exceed what was computed, and only then.
func (sums ticketSums) check(s *scan, compensation fine, r record) {
	fits := func(computed fine) bool {
		return computed == compensation || sums.guaranteed && computed < compensation
	}
	if sums.parts && !fits(sums.pooled+sums.accident+r.Account) {
		s.fail("compensateCost", "not what its parts make")
	}
	if sums.calculates && !fits(sums.calculated) {
		s.fail("compensateCost", "not what was calculated")
	}
	if sums.computedCritical != 0 && sums.computedCritical != r.CriticalIllness {
		s.fail("insureCost", "not what was calculated")
	}
}
