package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

func refusal(code, constraint string) error {
	return fmt.Errorf("of the driver: %w", &pgconn.PgError{Severity: "ERROR", Code: code, ConstraintName: constraint})
}

func TestErrorsAreInterpretedByCode(t *testing.T) {
	for name, c := range map[string]struct {
		err         error
		kind        settlement.Kind
		unreachable bool
		raced       bool
		ours        bool
	}{
		"an error of the house":       {store.Stale("s"), settlement.KindConflict, false, false, false},
		"one that hides a driver's":   {store.InDoubt(refusal(codeDeadlock, "")), settlement.KindInDoubt, false, false, false},
		"a broken connection":         {io.ErrUnexpectedEOF, settlement.KindUnavailable, true, false, false},
		"a caller that gave up":       {context.Canceled, settlement.KindUnavailable, false, false, false},
		"a caller that was too slow":  {context.DeadlineExceeded, settlement.KindUnavailable, false, false, false},
		"a server that is read-only":  {refusal("25006", ""), settlement.KindUnavailable, true, false, false},
		"a server that ends":          {refusal("57P01", ""), settlement.KindUnavailable, true, false, false},
		"a server that crashed":       {refusal("57P02", ""), settlement.KindUnavailable, true, false, false},
		"a server that starts":        {refusal("57P03", ""), settlement.KindUnavailable, true, false, false},
		"a connection that failed":    {refusal("08006", ""), settlement.KindUnavailable, true, false, false},
		"too many connections":        {refusal("53300", ""), settlement.KindUnavailable, false, false, false},
		"a full disk":                 {refusal("53100", ""), settlement.KindUnavailable, false, false, false},
		"a statement that is slow":    {refusal("57014", ""), settlement.KindUnavailable, false, false, false},
		"a disk that fails":           {refusal("58030", ""), settlement.KindUnavailable, false, false, false},
		"a lock that is held":         {refusal("55P03", ""), settlement.KindUnavailable, false, false, true},
		"a deadlock":                  {refusal("40P01", ""), settlement.KindUnavailable, false, true, true},
		"a serialisation failure":     {refusal("40001", ""), settlement.KindUnavailable, false, true, true},
		"a person's first year":       {refusal("23505", "accumulator_pkey"), settlement.KindUnavailable, false, true, true},
		"a person's number":           {refusal("23505", "settlement_sequence"), settlement.KindUnavailable, false, true, true},
		"a discharge that is taken":   {refusal("23505", "settlement_discharge"), settlement.KindExists, false, false, true},
		"a settlement that is taken":  {refusal("23505", "settlement_id_key"), settlement.KindExists, false, false, true},
		"a request that is taken":     {refusal("23505", "request_key"), settlement.KindExists, false, false, true},
		"a message that is taken":     {refusal("23000", "message_kept"), settlement.KindExists, false, false, true},
		"a certificate that is taken": {refusal("23505", "person_certificate"), settlement.KindExists, false, false, true},
		"a value too long":            {refusal("54000", ""), settlement.KindInvalid, false, false, true},
		"a wall":                      {refusal("23000", "entry_kept"), settlement.KindInternal, false, false, true},
		"an amount below nothing":     {refusal("23514", "accumulator_used_check"), settlement.KindInternal, false, false, true},
		"a statement with a slip":     {refusal("42601", ""), settlement.KindInternal, false, false, true},
		"a code that is none":         {refusal("", ""), settlement.KindUnavailable, true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			wants(t, interpret(c.err), c.kind)
			for what, pair := range map[string][2]bool{
				"unreachable": {unreachable(c.err), c.unreachable}, "raced": {raced(c.err), c.raced}, "ours": {ours(c.err), c.ours},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s is %v", what, pair[0])
				}
			}
		})
	}
	if interpret(nil) != nil || unreachable(nil) || raced(nil) || ours(nil) {
		t.Error("no error is an error")
	}
}

// An answer that differs is told with the settlement it belongs to.
func TestKeptAnswerNamesItsSettlement(t *testing.T) {
	m := &member{}
	m.change.Settlement.ID = "s-1"
	err := m.interpret(refusal("23000", "answer_kept"))
	wants(t, err, settlement.KindConflict)
	var e *settlement.Error
	if !errors.As(err, &e) || e.Object != "s-1" {
		t.Errorf("%v names another", err)
	}
}

func TestWhatNoColumnHoldsIsAbsent(t *testing.T) {
	for _, err := range []error{pgx.ErrNoRows, refusal(codeNotText, "")} {
		if !absent(err) {
			t.Errorf("%v is not an absence", err)
		}
	}
	for _, err := range []error{nil, io.EOF, refusal("42601", "")} {
		if absent(err) {
			t.Errorf("%v is an absence", err)
		}
	}
	s := openTest(t, Config{DSN: fresh(t)})
	of := settlement.Settlement{ID: "a\x00b", Tenant: "\xff", Request: "r", Beneficiary: settlement.Beneficiary{ID: "\xff"}}
	for name, read := range readings(t.Context(), s, of) {
		err := read()
		if err != nil && settlement.KindOf(err) != settlement.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}
