package store

import (
	"context"
	"iter"
)

// Table is one table of a store as every engine has it: the columns that are
// moved from one engine to another, and those that order its rows.
type Table struct {
	Name    string
	Columns []string
	Order   []string
}

// Tables are all tables of a store, those that are referred to before those
// that refer to them. What an engine has beside these columns it can make of
// them.
var Tables = []Table{
	{"settlement", []string{
		"no", "id", "tenant", "facility", "discharge", "discharged", "beneficiary", "year", "opened_at", "asked", "state", "decision",
		"moved", "adjudication", "sequence", "review", "revision", "epoch", "owner", "lease_until", "next_at", "seal", "approval",
	}, []string{"no"}},
	{"request", []string{"no", "tenant", "method", "request", "settlement", "fingerprint"}, []string{"no"}},
	{"answer", []string{"request", "body"}, []string{"request"}},
	{"message", []string{"id", "settlement"}, []string{"id"}},
	{"accumulator", []string{
		"beneficiary", "year", "sequence", "used", "deductible_met", "critical_illness_base", "critical_illness_paid", "care_grants",
		"holds",
	}, []string{"beneficiary", "year"}},
	{"attempt", []string{
		"settlement", "revision", "line", "leg", "operation", "phase", "message", "at", "result", "body",
	}, []string{"settlement", "revision", "line"}},
	{"entry", []string{"settlement", "revision", "line", "account", "debit", "credit"}, []string{"settlement", "revision", "line"}},
	{"event", []string{
		"settlement", "revision", "line", "at", "actor", "action", "reason", "state", "epoch", "seal", "turn",
	}, []string{"settlement", "revision", "line"}},
	{"person", []string{"id", "certificate", "document", "region"}, []string{"id"}},
	{"person_change", []string{"person", "number", "document", "turn"}, []string{"person", "number"}},
	{"person_request", []string{"tenant", "request", "document", "turn"}, []string{"tenant", "request"}},
	{"review", []string{"id", "document", "turn"}, []string{"id"}},
	{"review_decision", []string{"review", "line", "document", "turn"}, []string{"review", "line"}},
	{"import_progress", []string{"file", "reached", "document", "turn"}, []string{"file", "reached"}},
	{"posting", []string{
		"no", "id", "request", "region", "fund", "year", "kind", "level", "amount", "persons", "document", "day", "actor", "at", "turn",
	}, []string{"no"}},
	{"posting_entry", []string{"posting", "line", "account", "debit", "credit", "turn"}, []string{"posting", "line"}},
	{"quote", []string{"id", "tenant", "request", "facility", "region", "document", "turn"}, []string{"id"}},
	{"quote_event", []string{"no", "quote", "at", "actor", "act", "until", "settlement", "turn"}, []string{"no"}},
	{"approval", []string{"number", "person", "facility", "valid_from", "valid_to", "issuer", "mode", "class", "turn"}, []string{"number"}},
	{"approval_event", []string{"approval", "line", "act", "actor", "at", "cause", "tenant", "request", "turn"}, []string{"approval", "line"}},
	{"publication", []string{"id", "policy", "text", "cases", "digest", "turn"}, []string{"id"}},
	{"publication_event", []string{
		"publication", "line", "act", "actor", "at", "cause", "policy", "edition", "tenant", "request", "turn",
	}, []string{"publication", "line"}},
	{"correction", []string{"id", "region", "document", "turn"}, []string{"id"}},
	{"correction_event", []string{
		"correction", "line", "act", "actor", "at", "cause", "became", "tenant", "request", "turn",
	}, []string{"correction", "line"}},
	{"reconciliation", []string{"id", "tenant", "request", "subject", "attempt", "share", "payer", "at", "document", "turn"}, []string{"id"}},
	{"reconciliation_end", []string{"run", "document", "turn"}, []string{"run"}},
	{"difference", []string{"run", "line", "share", "payer", "class", "encounter", "first_day", "last_day", "document", "facility", "seen_at", "turn"}, []string{"run", "line"}},
	{"remark", []string{"run", "line", "number", "act", "document", "turn"}, []string{"run", "line", "number"}},
	{"clearing", []string{"number", "period_from", "period_to", "pay_on", "turn"}, []string{"number"}},
	{"clearing_event", []string{
		"clearing", "line", "act", "actor", "at", "cause", "digest", "facility", "bearer", "amount", "reference", "day", "tenant", "request", "turn",
	}, []string{"clearing", "line"}},
	{"clearing_movement", []string{"settlement", "revision", "clearing"}, []string{"settlement", "revision", "clearing"}},
	{"clearing_position", []string{
		"clearing", "facility", "account", "settled", "reversed", "settlements", "reversals", "days", "turn",
	}, []string{"clearing", "facility", "account"}},
	{"clearing_mark", []string{"clearing", "reached"}, []string{"clearing"}},
	{"notice", []string{"id", "tenant", "request", "facility", "person", "at", "document"}, []string{"id"}},
	{"stay", []string{"id", "tenant", "request", "facility", "person", "at", "outstanding", "summary", "for_people"}, []string{"id"}},
	{"stay_event", []string{"stay", "no", "at", "actor", "act", "document", "turn"}, []string{"stay", "no"}},
	{"import_touch", []string{"file", "settlement"}, []string{"file", "settlement"}},
	{"audit", []string{"turn", "at", "times", "actor", "action", "reason", "object", "instance"}, []string{"turn"}},
	{"audit_block", []string{"height", "until", "members", "at", "form", "hash", "leaves", "digest", "seal"}, []string{"height"}},
	{"restoration", []string{"begun_at", "done_at"}, []string{"begun_at"}},
}

// Movable is a store whose tables can be read and filled row by row. Nobody
// else may be using it.
type Movable interface {
	// Rows are the rows of a table in its order: integers as int64 (0 and 1 for
	// no and yes), texts as string, the rest as []byte, or nil. An error ends
	// them.
	Rows(ctx context.Context, table Table) iter.Seq2[[]any, error]

	// Fill writes the rows of every table in one durable transaction: all of
	// them, or none.
	Fill(ctx context.Context, rows func(Table) iter.Seq2[[]any, error]) error
}
