package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/onestop-gateway/onestop/settlement/chain"
)

// SealedTable is a table whose rows have turns and are sealed. Its columns are
// part of chain.Form: one that is added later is sealed from the next form on.
type SealedTable struct {
	Name    string
	Columns []string // those that are sealed, beside the turn
	Order   []string // of rows from before there were turns
}

// SealedTables are the tables that the chain seals, in one order.
var SealedTables = []SealedTable{
	{"event", []string{"settlement", "revision", "line", "at", "actor", "action", "reason", "state", "epoch", "seal"}, []string{"settlement", "revision", "line"}},
	{"posting", []string{
		"no", "id", "request", "region", "fund", "year", "kind", "level", "amount", "persons", "document", "day", "actor", "at",
	}, []string{"no"}},
	{"posting_entry", []string{"posting", "line", "account", "debit", "credit"}, []string{"posting", "line"}},
	{"quote", []string{"id", "tenant", "request", "document"}, []string{"id"}},
	{"quote_event", []string{"no", "quote", "at", "actor", "act", "until", "settlement"}, []string{"no"}},
	{"approval", []string{"number", "person", "facility", "valid_from", "valid_to", "issuer", "mode", "class"}, []string{"number"}},
	{"approval_event", []string{"approval", "line", "act", "actor", "at", "cause", "tenant", "request"}, []string{"approval", "line"}},
	{"person_change", []string{"person", "number", "document"}, []string{"person", "number"}},
	{"person_request", []string{"tenant", "request", "document"}, []string{"tenant", "request"}},
	{"review", []string{"id", "document"}, []string{"id"}},
	{"review_decision", []string{"review", "line", "document"}, []string{"review", "line"}},
	{"import_progress", []string{"file", "reached", "document"}, []string{"file", "reached"}},
	{"reconciliation", []string{"id", "tenant", "request", "subject", "attempt", "share", "payer", "at", "document"}, []string{"id"}},
	{"reconciliation_end", []string{"run", "document"}, []string{"run"}},
	{"difference", []string{"run", "line", "share", "payer", "class", "encounter", "first_day", "last_day", "document"}, []string{"run", "line"}},
	{"remark", []string{"run", "line", "number", "act", "document"}, []string{"run", "line", "number"}},
	{"clearing", []string{"number", "period_from", "period_to", "pay_on"}, []string{"number"}},
	{"clearing_event", []string{
		"clearing", "line", "act", "actor", "at", "cause", "digest", "facility", "bearer", "amount", "reference", "day", "tenant", "request",
	}, []string{"clearing", "line"}},
	{"clearing_position", []string{
		"clearing", "facility", "account", "settled", "reversed", "settlements", "reversals", "days",
	}, []string{"clearing", "facility", "account"}},
	{"publication", []string{"id", "policy", "text", "cases", "digest"}, []string{"id"}},
	{"publication_event", []string{
		"publication", "line", "act", "actor", "at", "cause", "policy", "edition", "tenant", "request",
	}, []string{"publication", "line"}},
	{"correction", []string{"id", "region", "document"}, []string{"id"}},
	{"correction_event", []string{
		"correction", "line", "act", "actor", "at", "cause", "became", "tenant", "request",
	}, []string{"correction", "line"}},
	{"stay_event", []string{"stay", "no", "at", "actor", "act", "document"}, []string{"stay", "no"}},
	{"audit", []string{"at", "times", "actor", "action", "reason", "object", "instance"}, []string{"turn"}},
}

// AttachedTables are sealed with the first line of the audit trail of the same
// settlement and revision, so that settling appends no row for them.
var AttachedTables = []SealedTable{
	{"attempt", []string{"settlement", "revision", "line", "leg", "operation", "phase", "message", "at", "result", "body"}, []string{"settlement", "revision", "line"}},
	{"entry", []string{"settlement", "revision", "line", "account", "debit", "credit"}, []string{"settlement", "revision", "line"}},
}

// AskedColumns are those of a settlement that never change. They are sealed
// with the first line of its audit trail.
var AskedColumns = []string{
	"no", "id", "tenant", "facility", "discharge", "discharged", "beneficiary", "year", "opened_at", "asked", "approval",
}

// EventKey names the write that appended a line of the audit trail; first says
// that it is the first line of it, to which the rest is attached.
func EventKey(r *chain.Row) (settlement, revision int64, first bool) {
	if r.Table != "event" {
		return 0, 0, false
	}
	settlement, _ = r.Values[0].(int64)
	revision, _ = r.Values[1].(int64)
	line, _ := r.Values[2].(int64)
	return settlement, revision, line == 0
}

var errCrowded = errors.New("too many rows have one turn")

// MergeTurns makes one list, by turn, of what was read of each table: its first
// limit+1 rows after a turn. Only turns of which every row is known are given:
// those up to upTo.
func MergeTurns(lists [][]chain.Row, limit int, after, until int64) (rows []chain.Row, upTo int64, err error) {
	upTo = until
	for _, list := range lists {
		if len(list) > limit {
			upTo = min(upTo, list[len(list)-1].Turn-1)
		}
		rows = append(rows, list...)
	}
	slices.SortStableFunc(rows, func(a, b chain.Row) int {
		switch {
		case a.Turn < b.Turn:
			return -1
		case a.Turn > b.Turn:
			return 1
		}
		return 0
	})
	if len(rows) > limit {
		upTo = min(upTo, max(rows[limit-1].Turn, after+1))
	}
	if upTo <= after {
		return nil, after, Broken(fmt.Errorf("%w: above %d", errCrowded, after))
	}
	known := slices.IndexFunc(rows, func(r chain.Row) bool { return r.Turn > upTo })
	if known >= 0 {
		rows = rows[:known]
	}
	return rows, upTo, nil
}

// PlaceOf is where a row stands in the order of its table.
func PlaceOf(table *SealedTable, r *chain.Row) []any {
	place := make([]any, len(table.Order))
	for i, name := range table.Order {
		if at := slices.Index(table.Columns, name); at >= 0 {
			place[i] = r.Values[at]
		} else {
			place[i] = r.Turn
		}
	}
	return place
}
