package store

import (
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// EncryptedTable says which columns of a table Vault encrypts, and how its rows
// are gone through: those of From by Order, which has an index. The last of
// Order are the Key of the row in the table itself.
type EncryptedTable struct {
	Name    string
	From    string
	Order   []string
	Key     []string
	Named   []string // what else names the place of a value
	Columns []string
	Read    []string // how each of Columns is read of From
}

// EncryptedTables are all tables in which something is encrypted. The identity
// number of a person is kept beside the document, by its blind index.
var EncryptedTables = []EncryptedTable{
	table("settlement", []string{"no"}, []string{"tenant", "id"}, "asked", "moved", "adjudication"),
	table("attempt", []string{"settlement", "revision", "line"}, []string{attemptOwner}, "body"),
	{
		Name: "answer", From: "request", Order: []string{"settlement", "no"}, Key: []string{"request"},
		Named:   []string{"tenant", "method", "request"},
		Columns: []string{"body"}, Read: []string{"(SELECT answer.body FROM answer WHERE answer.request = request.no)"},
	},
	table("person", []string{"id"}, nil, "document", "certificate"),
	table("person_change", []string{"person", "number"}, nil, "document"),
	table("review", []string{"id"}, nil, "document"),
	table("quote", []string{"id"}, nil, "document"),
	table("notice", []string{"id"}, nil, "document"),
	table("stay", []string{"id"}, nil, "summary"),
	table("stay_event", []string{"stay", "no"}, nil, "document"),
	table("correction", []string{"id"}, nil, "document"),
	table("difference", []string{"run", "line"}, nil, "document"),
	table("remark", []string{"run", "line", "number"}, nil, "document"),
}

// table is one whose own rows name the places of what it has.
func table(name string, key, named []string, columns ...string) EncryptedTable {
	return EncryptedTable{Name: name, From: name, Order: key, Key: key, Named: named, Columns: columns, Read: columns}
}

// named are the values of a row by their columns.
type named struct {
	columns []string
	values  []any
}

func (n named) value(column string) any {
	if i := slices.Index(n.columns, column); i >= 0 {
		return n.values[i]
	}
	return nil
}

func (n named) text(column string) string  { s, _ := n.value(column).(string); return s }
func (n named) number(column string) int64 { i, _ := n.value(column).(int64); return i }

// placeAt is the place of a column ("table.column") in a row.
func placeAt(column string, row named) sealing.Place {
	switch column {
	case askedColumn, movedColumn, adjudicationColumn:
		return settlementPlace(column, settlement.TenantID(row.text("tenant")), settlement.SettlementID(row.text("id")))
	case "attempt.body":
		return attemptPlace(settlement.SettlementID(row.text(attemptOwner)), row.number("revision"), row.number("line"))
	case answerColumn:
		return answerPlace(lifecycle.RequestKey{
			Tenant: settlement.TenantID(row.text("tenant")), Method: lifecycle.Method(row.text("method")),
			Request: settlement.RequestID(row.text("request")),
		})
	case "person.document":
		return personPlace(settlement.BeneficiaryID(row.text("id")))
	case "person_change.document":
		return changePlace(settlement.BeneficiaryID(row.text("person")), row.number("number"))
	case "review.document":
		return reviewPlace(registry.ReviewID(row.text("id")))
	case "quote.document":
		return quotePlace(settlement.QuoteID(row.text("id")))
	case "notice.document":
		return noticePlace(settlement.NoticeID(row.text("id")))
	case summaryColumn:
		return summaryPlace(settlement.AdmissionID(row.text("id")))
	case stayColumn:
		return stayPlace(settlement.AdmissionID(row.text("stay")), row.number("no"))
	case "correction.document":
		return matterPlace(correction.ID(row.text("id")))
	case "difference.document":
		return findingPlace(reconciliation.RunID(row.text("run")), row.number("line"))
	case "remark.document":
		return remarkPlace(reconciliation.RunID(row.text("run")), row.number("line"), row.number("number"))
	}
	return sealing.Place{}
}
