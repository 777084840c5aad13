package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"github.com/jackc/pgx/v5"
)

func TestPlanProbe(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	ctx := context.Background()
	conn, err := s.writer.pool.Acquire(ctx)
	if err != nil { t.Fatal(err) }
	defer conn.Release()
	texts := []string{insertSettlements, updateSettlements, insertMessages, insertRequests, insertAttempts, insertEntries, insertEvents, insertYears, updateYears, flagReviews, insertAnswers}
	// look statements by intercept
	b := begun()
	m := &member{opens: true}
	m.change.Settlement.ID="x"
	m.messages = append(m.messages, "m")
	_ = b
	for i, text := range texts {
		n := strings.Count(text, "$")
		args := make([]string, n)
		for j := range args { args[j] = "NULL" }
		_, err := conn.Exec(ctx, fmt.Sprintf("PREPARE p%d AS %s", i, text), pgx.QueryExecModeSimpleProtocol)
		if err != nil { t.Fatal(text, err) }
		rows, err := conn.Query(ctx, fmt.Sprintf("EXPLAIN EXECUTE p%d(%s)", i, strings.Join(args, ",")), pgx.QueryExecModeSimpleProtocol)
		if err != nil { t.Fatal(err) }
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil { t.Fatal(err) }
		t.Log("\n"+text[:min(60,len(text))]+"\n"+strings.Join(lines, "\n"))
	}
}
