package postgres

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/onestop-gateway/onestop/adapters/store"
)

// appRole is the role that gateways connect as, in tests.
const appRole = "onestop_app"

// restricted is the DSN of a database for the role that gateways connect as.
func restricted(t testing.TB, dsn string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer conn.Close(t.Context())
	// Tests that run beside this one make the same role.
	_, err = conn.Exec(t.Context(), `SELECT pg_advisory_lock(1); DO $$ BEGIN
		IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '`+appRole+`') THEN
			CREATE ROLE `+appRole+` LOGIN;
			CREATE ROLE `+scopedRole(appRole)+` NOLOGIN;
			GRANT `+scopedRole(appRole)+` TO `+appRole+`;
		END IF;
	END $$; SELECT pg_advisory_unlock(1);`+Grants(appRole))
	must(t, err)
	return dsn + " user=" + appRole
}

// What was appended cannot be changed or deleted by the role that gateways
// connect as, nor the walls around it taken down: the server refuses for want of
// rights, before any trigger is asked.
func TestTheGatewaysRoleChangesNoJournal(t *testing.T) {
	dsn := restricted(t, fresh(t))
	s := openTest(t, Config{DSN: dsn})
	settled(t, s, 1)
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer conn.Close(t.Context())
	refused := func(text string) {
		t.Helper()
		const noRight = "42501"
		_, err := conn.Exec(t.Context(), text)
		refusal, _ := err.(*pgconn.PgError)
		if refusal == nil || refusal.Code != noRight {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, table := range store.Tables {
		refused("DELETE FROM " + table.Name)
		refused("TRUNCATE " + table.Name)
		refused("ALTER TABLE " + table.Name + " DISABLE TRIGGER ALL")
		refused("DROP TABLE " + table.Name)
	}
	for _, table := range append(store.SealedTables, store.AttachedTables...) {
		refused("UPDATE " + table.Name + " SET " + table.Columns[1] + " = " + table.Columns[1])
	}
	for _, text := range []string{
		"UPDATE answer SET request = request", "UPDATE request SET tenant = tenant", "UPDATE message SET id = id", "UPDATE audit_block SET at = at",
		"SET session_replication_role = replica", "CREATE TABLE extra (n int)", "SELECT setval('audit_turn', 1)",
	} {
		refused(text)
	}
}

// Whoever connects as the owner or as a superuser is told.
func TestInspectKnowsTheMighty(t *testing.T) {
	dsn := fresh(t)
	for _, c := range []struct {
		dsn    string
		mighty bool
	}{{dsn, true}, {restricted(t, dsn), false}} {
		found, err := Inspect(t.Context(), Config{DSN: c.dsn}, time.Now)
		must(t, err)
		if found.Mighty != c.mighty {
			t.Errorf("%s: mighty %t", c.dsn, found.Mighty)
		}
	}
}
