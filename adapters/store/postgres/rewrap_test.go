package postgres

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

// While a store is encrypted anew nothing else of what is kept gives way: no
// other column, no value in the clear, none under the key it is under already;
// and nothing at all to a gateway's role, or to an owner who did not say so.
func TestRewrapChangesNothingElse(t *testing.T) {
	dsn := fresh(t)
	app := restricted(t, dsn)
	file := storetest.NewRingFile(t, sealing.AES).Use(t)
	storetest.FillEncrypted(t, opened(t, app, file.Open(t)))
	file.Rotate(t, sealing.AES)
	heads, _ := file.Open(t).Heads()
	const kept, rights = "23000", "42501"
	try := func(dsn, meanwhile, text string) string {
		conn, err := pgx.Connect(t.Context(), dsn)
		must(t, err)
		defer conn.Close(t.Context()) // which takes back what was tried
		_, err = conn.Exec(t.Context(), "BEGIN; SET LOCAL onestop.rewrap = '"+meanwhile+"'")
		must(t, err)
		_, err = conn.Exec(t.Context(), text)
		if refusal := refusalOf(err); refusal != nil {
			return refusal.Code
		}
		must(t, err)
		return ""
	}
	for _, table := range store.EncryptedTables {
		if table.Name == "person" || table.Name == "stay" {
			continue // whose rows say what stands now
		}
		column := table.Columns[0]
		set := fmt.Sprintf(`UPDATE %s SET %s = '\x%x'::bytea || substr(%[2]s, 10)`, table.Name, column, heads[0])
		same(t, set, try(dsn, "on", set), "")
		same(t, "without a word: "+set, try(dsn, "off", set), kept)
		want := rights
		if table.Name == "answer" || table.Name == "settlement" {
			want = kept // which the gateway's role may write to, in part
		}
		same(t, "a gateway: "+set, try(app, "on", set), want)
		for _, wrong := range []string{`'{}'::bytea`, column + ` || '9'::bytea`} {
			text := fmt.Sprintf(`UPDATE %s SET %s = %s`, table.Name, column, wrong)
			same(t, text, try(dsn, "on", text), kept)
		}
		for name, kind := range columnsOf(t, dsn, table.Name) {
			if slices.Contains(table.Columns, name) {
				continue
			}
			other := name + " || '9'"
			if kind != "text" {
				other = name + " + 1"
			}
			if kind == "boolean" {
				other = "NOT " + name
			}
			text := set + ", " + name + " = " + other
			same(t, text, try(dsn, "on", text), kept)
		}
	}
}

// columnsOf are the columns that a table has, and their types.
func columnsOf(t *testing.T, dsn, table string) map[string]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `SELECT column_name::text, data_type::text FROM information_schema.columns
		WHERE table_name = $1 AND data_type <> 'bytea'`, table)
	must(t, err)
	columns := map[string]string{}
	var name, kind string
	_, err = pgx.ForEachRow(rows, []any{&name, &kind}, func() error {
		columns[name] = kind
		return nil
	})
	must(t, err)
	return columns
}

// The role that gateways connect as cannot encrypt anew.
func TestRewrapIsTheOwners(t *testing.T) {
	_, err := OpenRewrapper(t.Context(), Config{DSN: restricted(t, fresh(t))})
	wants(t, err, settlement.KindBlocked)
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: SQLSTATE %q, want %q", what, got, want)
	}
}
