package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// List implements lifecycle.Store. A limit below 1 counts as 1.
func (s *Store) List(ctx context.Context, query lifecycle.Query) ([]settlement.Settlement, error) {
	text, args := listing(query)
	rows, err := s.reads.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, s.outcome(err)
	}
	_, found, err := scanSettlements(s.vault, rows)
	return found, s.outcome(err)
}

// condition is the WHERE of a listing, grown clause by clause.
type condition struct {
	clauses []string
	args    []any
}

func (c *condition) and(clause string, args ...any) {
	c.clauses = append(c.clauses, clause)
	c.args = append(c.args, args...)
}

// equal restricts a column where a value is asked for.
func equal[T ~string](c *condition, column string, value T) {
	if value != "" {
		c.and(column+" = ?", string(value))
	}
}

// listing is the statement of a query. Its texts are as many as the shapes of
// queries, so it is not kept prepared.
func listing(query lifecycle.Query) (string, []any) {
	var c condition
	equal(&c, "tenant", query.Tenant)
	equal(&c, "facility", query.Facility)
	equal(&c, "discharge", query.Discharge)
	equal(&c, "beneficiary", query.Beneficiary)
	among(&c, query.States)
	if query.From != 0 {
		c.and("discharged >= ?", int64(query.From))
	}
	if query.To != 0 {
		c.and("discharged <= ?", int64(query.To))
	}
	if len(query.Facilities) > 0 {
		c.and("facility IN "+places(query.Facilities), args(query.Facilities)...)
	}
	if len(query.Regions) > 0 {
		c.and("EXISTS (SELECT 1 FROM person AS p WHERE p.id = beneficiary AND p.region IN "+places(query.Regions)+")", args(query.Regions)...)
	}
	if query.Review {
		c.and("review = 1")
	}
	if query.Before != nil {
		c.and("(opened_at, id) < (?, ?)", store.Micros(query.Before.OpenedAt), string(query.Before.ID))
	}
	text := `SELECT ` + columns + ` FROM settlement INDEXED BY ` + indexOf(query)
	if len(c.clauses) > 0 {
		text += ` WHERE ` + strings.Join(c.clauses, ` AND `)
	}
	return text + ` ORDER BY opened_at DESC, id DESC LIMIT ?`, append(c.args, int64(max(query.Limit, 1)))
}

// among restricts a listing to states. That none of them is terminal, or none
// anything else than undone, is said in the words of the index over these.
func among(c *condition, states []settlement.State) {
	if len(states) == 0 {
		return
	}
	c.and("state IN "+places(states), args(states)...)
	switch {
	case moving(states):
		c.and("state NOT IN ('COMMITTED', 'ABORTED', 'REVERSED')")
	case undone(states):
		c.and("state IN ('ABORTED', 'REVERSED')")
	}
}

// places are as many question marks as there are values, of which there is one
// at least.
func places[T any](of []T) string {
	return "(?" + strings.Repeat(", ?", len(of)-1) + ")"
}

// args are values as the driver takes them.
func args[T ~string](of []T) []any {
	all := make([]any, len(of))
	for i, one := range of {
		all[i] = string(one)
	}
	return all
}

// moving reports whether only settlements that still move are asked for: those
// are few, whatever the history.
func moving(states []settlement.State) bool {
	return len(states) > 0 && !slices.ContainsFunc(states, settlement.State.Terminal)
}

// undone reports whether only settlements that came to nothing are asked for.
func undone(states []settlement.State) bool {
	return len(states) > 0 && !slices.ContainsFunc(states, func(state settlement.State) bool {
		return state != settlement.StateAborted && state != settlement.StateReversed
	})
}

// indexOf is the index that bounds a listing best. It is named in the
// statement because SQLite, which does not know how large a page is, would
// rather walk the table and sort it.
func indexOf(query lifecycle.Query) string {
	switch {
	case query.Discharge != "":
		return "settlement_discharge"
	case query.Beneficiary != "":
		return "settlement_beneficiary"
	case moving(query.States):
		return "settlement_open"
	case query.Review:
		return "settlement_review"
	case undone(query.States):
		return "settlement_undone"
	case query.Tenant != "":
		return "settlement_tenant_listed"
	}
	return "settlement_listed"
}
