package registry

import (
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Standard is one region's rules of who needs assistance: dated amounts and
// the parameters of its reviews. All of it is data with its source.
type Standard struct {
	Region settlement.RegionID
	// Factor makes the marginal line of the dibao standard, as in 1.80.
	Factor settlement.Ratio
	// WatchAfter and EndAfter are whole quarters without a survey after which
	// a review proposes the watch list or the end of a category with a line.
	WatchAfter, EndAfter int
	// Lines say which line bounds the income of a category; one without a
	// line is not tested.
	Lines   map[settlement.CategoryID]Line
	Monthly []Amount
}

// Line is what the income per head of a household is held against.
type Line string

// The two lines.
const (
	DibaoLine    Line = "dibao"    // the standard itself
	MarginalLine Line = "marginal" // the standard × Factor
)

// Amount is the dibao standard of a month and a head, from a day until the
// next amount of the same residence.
type Amount struct {
	Residence settlement.Residence
	From      settlement.Date
	Monthly   settlement.Money
	Source    string
}

// On is the amount in force on a day. Blocked: the region has none
// (NO_STANDARD); a missing amount is never zero.
func (s *Standard) On(residence settlement.Residence, day settlement.Date) (Amount, error) {
	best := Amount{}
	for _, amount := range s.Monthly {
		if amount.Residence == residence && amount.From <= day && amount.From > best.From {
			best = amount
		}
	}
	if best.From == 0 {
		return best, &settlement.Error{
			Kind: settlement.KindBlocked, Reason: settlement.ReasonNoStandard, Field: "monthly", Value: day.String(), Object: string(s.Region),
		}
	}
	return best, nil
}

// Marginal is the marginal line that goes with an amount.
func (s *Standard) Marginal(amount Amount) settlement.Money { return amount.Monthly.Times(s.Factor) }

// Standing compares what a survey found with the lines of a day. The income of
// the household is held against the lines of all its members, so that no
// division rounds a household over a line.
func (s *Standard) Standing(survey Survey, residence settlement.Residence, day settlement.Date) (settlement.Standing, error) {
	amount, err := s.On(residence, day)
	if err != nil {
		return "", err
	}
	return settlement.StandingOf(survey.Income, amount.Monthly*settlement.Money(survey.Members), s.Factor), nil
}

// DecodeStandards understands a document of standards, under the key
// "standards". Every problem is noted at its place.
func DecodeStandards(doc settlement.Node) ([]Standard, error) {
	top := settlement.Top("", doc)
	if !top.Map("standards") {
		return nil, top.Err()
	}
	var standards []Standard
	for _, place := range top.Need("standards").Items() {
		s := decodeStandard(place)
		if slices.ContainsFunc(standards, func(o Standard) bool { return o.Region == s.Region }) {
			place.Get("region").Refuse("stands twice")
		}
		standards = append(standards, s)
	}
	return standards, top.Err()
}

func decodeStandard(p *settlement.Place) Standard {
	if !p.Map("region", "factor", "watch_after_quarters", "end_after_quarters", "lines", "monthly") {
		return Standard{}
	}
	s := Standard{
		Region: decodeRegion(p.Need("region")), Factor: p.Need("factor").Decimal(),
		WatchAfter: p.Need("watch_after_quarters").Count(), EndAfter: p.Need("end_after_quarters").Count(),
		Lines: map[settlement.CategoryID]Line{},
	}
	if s.EndAfter < s.WatchAfter {
		p.Get("end_after_quarters").Refuse("is less than watch_after_quarters")
	}
	for _, line := range p.Need("lines").Fields() {
		category := settlement.CategoryID(line.Key())
		if !slices.Contains(settlement.Vocabulary, category) {
			line.Refuse("is not a category a registry may hold")
		}
		s.Lines[category] = settlement.Word(line, DibaoLine, MarginalLine)
	}
	for _, place := range p.Need("monthly").Items() {
		amount := decodeAmount(place)
		if slices.ContainsFunc(s.Monthly, func(o Amount) bool { return o.Residence == amount.Residence && o.From == amount.From }) {
			place.Get("from").Refuse("stands twice")
		}
		s.Monthly = append(s.Monthly, amount)
	}
	return s
}

func decodeAmount(p *settlement.Place) Amount {
	if !p.Map("residence", "from", "amount", "source") {
		return Amount{}
	}
	return Amount{
		Residence: settlement.Word(p.Need("residence"), settlement.Urban, settlement.Rural),
		From:      p.Need("from").Date(), Monthly: p.Need("amount").Amount(), Source: p.Need("source").Text(),
	}
}
