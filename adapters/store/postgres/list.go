package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// List implements lifecycle.Store. A limit below 1 counts as 1.
func (s *Store) List(ctx context.Context, query lifecycle.Query) ([]settlement.Settlement, error) {
	text, args := listing(query)
	// Its texts are as many as the shapes of queries, so it is not kept
	// prepared, and each is planned for its own arguments.
	args = append([]any{pgx.QueryExecModeCacheDescribe}, args...)
	rows, err := s.reader(ctx).Query(ctx, text, args...)
	if err != nil {
		return nil, s.outcome(err)
	}
	_, found, err := scanSettlements(s.vault, rows)
	if absent(err) {
		return nil, nil
	}
	return found, s.outcome(err)
}

// condition is the WHERE of a listing, grown clause by clause. Arguments are
// shared with the other conditions of the same text.
type condition struct {
	clauses []string
	args    *[]any
}

// and adds a clause, in which each ? stands for the next of args.
func (c *condition) and(clause string, args ...any) {
	for _, arg := range args {
		*c.args = append(*c.args, arg)
		clause = strings.Replace(clause, "?", fmt.Sprintf("$%d", len(*c.args)), 1)
	}
	c.clauses = append(c.clauses, clause)
}

func (c *condition) String() string {
	if len(c.clauses) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.clauses, " AND ")
}

// equal restricts a column where a value is asked for.
func equal[T ~string](c *condition, column string, value T) {
	if value != "" {
		c.and(column+" = ?", string(value))
	}
}

// listing is the statement of a query. What leaves few settlements, whatever
// the history, is looked up first; otherwise the planner might walk the whole
// history in order of time, hoping to meet them soon.
func listing(query lifecycle.Query) (string, []any) {
	var args []any
	few, rest := condition{args: &args}, condition{args: &args}
	if query.Discharge != "" { // one index has both
		equal(&few, "discharge", query.Discharge)
		equal(&few, "tenant", query.Tenant)
	}
	equal(&few, "beneficiary", query.Beneficiary)
	if moving(query.States) {
		few.and("state NOT IN ('COMMITTED', 'ABORTED', 'REVERSED')")
	}
	source, with := "settlement", ""
	if len(few.clauses) > 0 {
		source, with = "few", "WITH few AS MATERIALIZED (SELECT "+columns+", beneficiary, discharged FROM settlement"+few.String()+") "
	}
	equal(&rest, "tenant", query.Tenant)
	equal(&rest, "facility", query.Facility)
	restrict(&rest, query)
	text := with + "SELECT " + columns + " FROM " + source + rest.String() + " ORDER BY opened_at DESC, id DESC"
	args = append(args, int64(max(query.Limit, 1)))
	return text + fmt.Sprintf(" LIMIT $%d", len(args)), args
}

// restrict adds what is not a plain comparison.
func restrict(c *condition, query lifecycle.Query) {
	if len(query.States) > 0 {
		c.and("state = ANY (?::text[])", texts(query.States))
	}
	if query.From != 0 {
		c.and("discharged >= ?", int64(query.From))
	}
	if query.To != 0 {
		c.and("discharged <= ?", int64(query.To))
	}
	if len(query.Facilities) > 0 {
		c.and("facility = ANY (?::text[])", texts(query.Facilities))
	}
	if len(query.Regions) > 0 {
		// A look-up for each row that is walked over: as an EXISTS the server would
		// read the whole history for the first page.
		c.and("(SELECT p.region FROM person AS p WHERE p.id = beneficiary) = ANY (?::text[])", texts(query.Regions))
	}
	if query.Review {
		c.and("review")
	}
	if query.Before != nil {
		c.and("(opened_at, id) < (?, ?)", store.Micros(query.Before.OpenedAt), string(query.Before.ID))
	}
}

// moving reports whether only settlements that still move are asked for.
func moving(states []settlement.State) bool {
	return len(states) > 0 && !slices.ContainsFunc(states, settlement.State.Terminal)
}
