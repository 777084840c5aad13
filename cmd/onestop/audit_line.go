package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// auditLine is one row of the audit trail as an auditor reads it: who did what
// to which thing, and when. It has ids and pseudonyms only; documents, names and
// numbers of persons stay in the store.
type auditLine struct {
	Turn   int64  `json:"turn"`
	At     string `json:"at,omitempty"`
	Actor  string `json:"actor,omitempty"`
	Table  string `json:"table"`
	Action string `json:"action,omitempty"`
	Reason string `json:"reason,omitempty"`
	Object string `json:"object,omitempty"`
	Times  int64  `json:"times,omitempty"`
}

// auditColumns are the columns of each table that an auditor sees: when, who,
// what, why, about what, how often; "" for none. A table that is not listed is
// told by its turn only.
var auditColumns = map[string][6]string{
	"event":              {"at", "actor", "action", "reason", "", ""},
	"posting":            {"at", "actor", "kind", "", "id", ""},
	"posting_entry":      {"", "", "account", "", "posting", ""},
	"quote":              {"", "", "", "", "id", ""},
	"quote_event":        {"at", "actor", "act", "", "quote", ""},
	"approval":           {"", "", "mode", "", "number", ""},
	"approval_event":     {"at", "actor", "act", "", "approval", ""},
	"person_change":      {"", "", "", "", "person", ""},
	"person_request":     {"", "", "", "", "request", ""},
	"review":             {"", "", "", "", "id", ""},
	"review_decision":    {"", "", "", "", "review", ""},
	"import_progress":    {"", "", "", "", "file", ""},
	"reconciliation":     {"at", "", "share", "", "id", ""},
	"reconciliation_end": {"", "", "", "", "run", ""},
	"difference":         {"", "", "class", "", "run", ""},
	"remark":             {"", "", "act", "", "run", ""},
	"clearing":           {"", "", "", "", "number", ""},
	"clearing_event":     {"at", "actor", "act", "", "clearing", ""},
	"clearing_position":  {"", "", "account", "", "clearing", ""},
	"publication":        {"", "", "policy", "", "id", ""},
	"publication_event":  {"at", "actor", "act", "", "publication", ""},
	"correction":         {"", "", "region", "", "id", ""},
	"correction_event":   {"at", "actor", "act", "", "correction", "became"},
	"stay_event":         {"at", "actor", "act", "", "stay", ""},
	"audit":              {"at", "actor", "action", "reason", "object", "times"},
}

func newAuditLine(r *chain.Row) auditLine {
	line := auditLine{Turn: r.Turn, Table: r.Table}
	var columns []string
	for _, table := range store.SealedTables {
		if table.Name == r.Table {
			columns = table.Columns
		}
	}
	value := func(n int) any {
		if i := slices.Index(columns, auditColumns[r.Table][n]); i >= 0 {
			return r.Values[i]
		}
		return nil
	}
	text := func(n int) string {
		if v := value(n); v != nil {
			return fmt.Sprint(v)
		}
		return ""
	}
	if at, timed := value(0).(int64); timed {
		line.At = store.Time(at).UTC().Format(time.RFC3339Nano)
	}
	line.Actor, line.Action, line.Reason, line.Object = text(1), text(2), text(3), text(4)
	line.Times, _ = value(5).(int64)
	for i := range r.Attached { // the settlement's own name, where it was opened
		if a := &r.Attached[i]; a.Table == "settlement" {
			line.Object = fmt.Sprint(a.Values[slices.Index(store.AskedColumns, "id")])
		}
	}
	if r.Table == "event" && line.Object == "" {
		line.Object = fmt.Sprint("settlement no. ", r.Values[0])
	}
	return line
}

// writeJSON writes the line as one object.
func (l *auditLine) writeJSON(out io.Writer) error {
	text, err := json.Marshal(l)
	if err == nil {
		_, err = out.Write(append(text, '\n'))
	}
	return err
}
