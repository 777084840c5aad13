package registry

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// ReviewID names a review run: region and quarter, as in "360827-2026Q4", so
// that a region has one run a quarter however often it is asked for.
type ReviewID string

// ReviewOf is the id of a region's run of a quarter.
func ReviewOf(region settlement.RegionID, q Quarter) ReviewID {
	return ReviewID(string(region) + "-" + q.String())
}

// Review is one run: who was due, and what it proposes.
type Review struct {
	ID         ReviewID
	Region     settlement.RegionID
	Quarter    Quarter
	By         string // who ran it; a staff id
	At         time.Time
	Due        int // persons with a category in force in the quarter
	Households int // theirs, as far as numbered
	Kept       int // of those due, without a proposal
	Proposals  []Proposal
}

// Proposal is what a run proposes of one person: an end of a category, or the
// watch list. It changes nothing until a second person confirms it.
type Proposal struct {
	Line      int // place in the run, from 1
	Person    settlement.BeneficiaryID
	Action    Action // Ended or Watched
	Category  settlement.CategoryID
	Effective settlement.Date
	Cause     Cause
}

// Decision is a second person's word on one proposal.
type Decision struct {
	Review    ReviewID
	Line      int
	Confirmed bool
	By        string
	At        time.Time
}

// Change is the row that a confirmed proposal becomes. By is who confirmed it;
// the document names the run, whose maker stands there.
func (p *Proposal) Change(d Decision) Change {
	return Change{
		Action: p.Action, Category: p.Category, Effective: p.Effective, Cause: p.Cause,
		Recorded: d.At, By: d.By, Document: string(d.Review),
	}
}

// Due reports whether a person is looked at in a quarter: some category is in
// force on a day of it.
func Due(s *State, q Quarter) bool {
	return len(inForce(s.Person.Entitlements, settlement.Period{From: q.First(), To: q.Last()})) > 0
}

// Propose says what a review of a quarter proposes of a person who is due, a
// proposal for each category in force, at most one watch. A death ends every
// category on its day. The others look only at categories that the standard
// holds against a line, and end them with the quarter: the scheme is gone, the
// income is above the marginal line, or nobody surveyed the household for
// longer than the standard allows. A dibao household above dibao but within
// the marginal line, and one not surveyed for a while, are to be watched.
// Blocked: no standard of the day (NO_STANDARD).
func Propose(s *State, q Quarter, standard *Standard) ([]Proposal, error) {
	var made []Proposal
	watch := Cause("")
	for _, e := range s.Person.Entitlements {
		if !e.Period.Overlaps(settlement.Period{From: q.First(), To: q.Last()}) {
			continue
		}
		end, doubt, err := judge(s, e, q, standard)
		if err != nil {
			return nil, err
		}
		if end != "" {
			p := Proposal{Person: s.Person.ID, Action: Ended, Category: e.Category, Effective: q.Last(), Cause: end}
			if end == CauseDeath {
				p.Effective = max(s.Died, e.Period.From)
			}
			if e.Period.To == 0 || p.Effective < e.Period.To {
				made = append(made, p)
			}
		} else if watch == "" {
			watch = doubt
		}
	}
	if watch != "" && s.Watched == 0 {
		made = append(made, Proposal{Person: s.Person.ID, Action: Watched, Effective: q.First(), Cause: watch})
	}
	return made, nil
}

// judge gives the cause to end a category, or to watch the person.
func judge(s *State, e settlement.Entitlement, q Quarter, standard *Standard) (end, watch Cause, err error) {
	if s.Died != 0 {
		return CauseDeath, "", nil
	}
	line, tested := standard.Lines[e.Category]
	if !tested {
		return "", "", nil
	}
	if s.Person.Scheme == settlement.SchemeNone {
		return CauseNoScheme, "", nil
	}
	seen := max(s.Surveyed, e.Period.From)
	if seen < q.Before(standard.EndAfter).First() {
		return CauseUnsurveyed, "", nil
	}
	if s.Surveyed != 0 {
		standing, err := standard.Standing(s.Survey, s.Person.Residence, q.Last())
		switch {
		case err != nil:
			return "", "", err
		case standing == settlement.AboveMarginal:
			return CauseIncome, "", nil
		case standing == settlement.MarginalHousehold && line == DibaoLine:
			return "", CauseIncome, nil
		}
	}
	if seen < q.Before(standard.WatchAfter).First() {
		return "", CauseUnsurveyed, nil
	}
	return "", "", nil
}
