package reconcile

import (
	"cmp"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Total is how many settlements and how much; a row that takes back counts
// one less.
type Total struct {
	Count   int
	Amounts Amounts
}

// Plus is the sum of t and other.
func (t Total) Plus(other Total) Total {
	return Total{t.Count + other.Count, t.Amounts.Plus(other.Amounts)}
}

// Minus is t without other.
func (t Total) Minus(other Total) Total {
	return Total{t.Count - other.Count, t.Amounts.Minus(other.Amounts)}
}

// Within reports whether neither count nor any amount of t is above that of most.
func (t Total) Within(most Total) bool {
	left := most.Minus(t)
	return left.Count >= 0 && slices.Min(left.Amounts[:]) >= 0
}

// totalOf is what one line adds to the total of its side.
func totalOf(l *Line) Total {
	switch {
	case l.Status != Standing:
		return Total{}
	case l.Reverses:
		return Total{-1, l.Amounts}
	default:
		return Total{1, l.Amounts}
	}
}

// Group is one line of totals: of a facility, an insurance and a kind of
// clearing; what their list does not state is empty.
type Group struct {
	Facility  settlement.FacilityID
	Insurance settlement.Scheme
	Clearing  settlement.Mode
}

// Compared is a group's totals of both sides.
type Compared struct {
	Group
	Theirs, Ours Total
}

// Totals adds both sides up, whatever the order of their lines.
type Totals struct {
	scope  Scope
	groups map[Group]*Compared
}

// NewTotals begins the totals of a scope.
func NewTotals(scope Scope) *Totals { return &Totals{scope, map[Group]*Compared{}} }

// Add takes a line of one side into account.
func (t *Totals) Add(side Side, l Line) {
	l = t.scope.heard(side, l)
	if !t.scope.Covers(&l) {
		return
	}
	l = t.scope.States.project(l)
	total := totalOf(&l)
	if total == (Total{}) {
		return
	}
	key := Group{l.Facility, l.Insurance, l.Clearing}
	group := t.groups[key]
	if group == nil {
		group = &Compared{Group: key}
		t.groups[key] = group
	}
	if side == Theirs {
		group.Theirs = group.Theirs.Plus(total)
	} else {
		group.Ours = group.Ours.Plus(total)
	}
}

// Agree reports whether every group has the same totals on both sides.
func (t *Totals) Agree() bool {
	for _, group := range t.groups {
		if group.Theirs != group.Ours {
			return false
		}
	}
	return true
}

// Groups are the totals by facility, insurance and clearing.
func (t *Totals) Groups() []Compared {
	groups := make([]Compared, 0, len(t.groups))
	for _, group := range t.groups {
		groups = append(groups, *group)
	}
	slices.SortFunc(groups, func(a, b Compared) int {
		return cmp.Or(cmp.Compare(a.Facility, b.Facility), cmp.Compare(a.Insurance, b.Insurance), cmp.Compare(a.Clearing, b.Clearing))
	})
	return groups
}
