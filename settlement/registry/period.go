package registry

import (
	"cmp"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// spell is a category as the rows have left it so far.
type spell struct {
	grant     *Change // the last one, or nil once ended
	suspended bool
	open      int // index into made of the period that still runs, or -1
	made      []settlement.Period
	documents []string
}

// periods are the periods of every category that rows, in their order, come
// to, ordered by category and day, and the categories suspended on a day. A
// later grant of a category takes the place of an earlier one from its day.
func periods(rows []Change, on settlement.Date) (held []settlement.Entitlement, suspended []settlement.CategoryID) {
	spells := map[settlement.CategoryID]*spell{}
	var order []settlement.CategoryID
	for i := range rows {
		row := &rows[i]
		if row.Category == "" {
			continue
		}
		s := spells[row.Category]
		if s == nil {
			s = &spell{open: -1}
			spells[row.Category] = s
			order = append(order, row.Category)
		}
		s.take(row)
		if row.Effective <= on {
			suspended = noteSuspended(suspended, row.Category, s.suspended)
		}
	}
	slices.Sort(order)
	for _, category := range order {
		s := spells[category]
		for i, period := range s.made {
			if period.To == 0 || period.From <= period.To {
				held = append(held, settlement.Entitlement{Category: category, Period: period, Document: s.documents[i]})
			}
		}
	}
	slices.Sort(suspended)
	return held, suspended
}

func noteSuspended(list []settlement.CategoryID, category settlement.CategoryID, is bool) []settlement.CategoryID {
	list = slices.DeleteFunc(list, func(c settlement.CategoryID) bool { return c == category })
	if is {
		list = append(list, category)
	}
	return list
}

// take applies one row of the category.
func (s *spell) take(row *Change) {
	switch row.Action {
	case Granted:
		s.cut(row.Effective.Previous())
		s.grant, s.suspended = row, false
		s.begin(row.Effective)
	case Suspended:
		if s.grant != nil && !s.suspended {
			s.cut(row.Effective.Previous())
			s.suspended = true
		}
	case Resumed:
		if s.grant != nil && s.suspended {
			s.suspended = false
			s.begin(row.Effective)
		}
	case Ended:
		s.cut(row.Effective)
		s.grant, s.suspended = nil, false
	}
}

// begin opens a period that runs as long as the grant does.
func (s *spell) begin(from settlement.Date) {
	s.open = len(s.made)
	s.made = append(s.made, settlement.Period{From: from, To: s.grant.Until})
	s.documents = append(s.documents, s.grant.Document)
}

// cut ends the period that runs on a day, if it does not end before by itself.
// One that has not begun by then is left with its last day before its first,
// and so holds no day.
func (s *spell) cut(last settlement.Date) {
	if s.open < 0 {
		return
	}
	period := &s.made[s.open]
	if period.To == 0 || last < period.To {
		period.To = last
	}
	s.open = -1
}

// held is the entitlement to a category that covers a day, or false.
func held(entitlements []settlement.Entitlement, category settlement.CategoryID, on settlement.Date) (settlement.Entitlement, bool) {
	for _, e := range entitlements {
		if e.Category == category && e.Period.Covers(on) {
			return e, true
		}
	}
	return settlement.Entitlement{}, false
}

// inForce are the categories that cover a day, in order, each once.
func inForce(entitlements []settlement.Entitlement, stay settlement.Period) []settlement.CategoryID {
	var list []settlement.CategoryID
	for _, e := range entitlements {
		if e.Period.Overlaps(stay) && !slices.Contains(list, e.Category) {
			list = append(list, e.Category)
		}
	}
	slices.SortFunc(list, func(a, b settlement.CategoryID) int { return cmp.Compare(a, b) })
	return list
}
