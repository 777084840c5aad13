package postgres

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// BenchmarkOpenClose is the store's part of a settlement, on a server of its
// own. Its floor is BenchmarkBareCommit in the same run.
//
//	go test -run '^$' -bench 'OpenClose|BareCommit' ./adapters/store/postgres
func BenchmarkOpenClose(b *testing.B) {
	for _, callers := range storetest.BenchmarkCallers {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			storetest.Benchmark(b, openTest(b, Config{DSN: fresh(b)}), callers)
		})
	}
}

// BenchmarkBareCommit is one row in a transaction of its own, by so many
// callers at once, each on a connection of its own.
func BenchmarkBareCommit(b *testing.B) {
	for _, callers := range storetest.BenchmarkCallers[:3] {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			pool := bare(b, callers)
			storetest.Share(b, callers, func(n int64) {
				_, err := pool.Exec(b.Context(), "INSERT INTO bare (no) VALUES ($1)", n)
				if err != nil {
					b.Error(err)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

func bare(b *testing.B, connections int) *pgxpool.Pool {
	b.Helper()
	pool, err := pgxpool.New(context.Background(), fresh(b)+fmt.Sprint(" pool_max_conns=", connections))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	_, err = pool.Exec(context.Background(), "DROP TABLE IF EXISTS bare; CREATE TABLE bare (no bigint PRIMARY KEY)")
	if err != nil {
		b.Fatal(err)
	}
	return pool
}

// BenchmarkSettlement reads one settlement, as every look at one does.
func BenchmarkSettlement(b *testing.B) {
	s := openTest(b, Config{DSN: fresh(b)})
	storetest.Benchmark(b, s, 1)
	found, err := s.List(b.Context(), lifecycle.Query{Limit: 1})
	if err != nil || len(found) != 1 {
		b.Fatal(found, err)
	}
	b.StartTimer() // which the writing before has stopped
	for b.Loop() {
		_, err = s.Settlement(b.Context(), found[0].ID)
		if err != nil {
			b.Fatal(err)
		}
	}
}
