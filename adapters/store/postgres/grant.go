package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
)

// changing are the tables whose rows are written over: what stands now. All
// others are journals, whose rows no gateway may change or delete, nor those of
// any table be deleted.
var changing = []string{"settlement", "accumulator", "person", "stay", "restoration"}

// colliding are columns that an insert may meet with another value. It is written
// as an update, which the table's trigger refuses: that is how the store learns
// of it. The server wants the right all the same; it changes nothing.
var colliding = []struct{ table, column string }{{"answer", "body"}, {"message", "settlement"}}

// Grants are the statements by which the owner of the tables lets another role
// serve from them, and do nothing else: read, append, and write over what
// stands now; and that show the role of callers with a scope what is within it.
// They may be run again, and are to be after each migration. The
// role is made by whoever makes roles there.
func Grants(role string) string {
	name := pgx.Identifier{role}.Sanitize()
	var text strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&text, format+";\n", args...) }
	say("GRANT USAGE ON SCHEMA public TO %s", name)
	say("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %s", name)
	say("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %s", name)
	say("GRANT SELECT ON ALL TABLES IN SCHEMA public TO %s", name)
	for _, table := range store.Tables {
		rights := "INSERT"
		if slices.Contains(changing, table.Name) {
			rights = "INSERT, UPDATE"
		}
		say("GRANT %s ON %s TO %s", rights, table.Name, name)
	}
	for _, one := range colliding {
		say("GRANT UPDATE (%s) ON %s TO %s", one.column, one.table, name)
	}
	say("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %s", name)
	say("%s", wall(role))
	return text.String()
}

// mightyText says whether whoever is connected could change what is kept: a
// superuser, or one who may act as the owner of the tables.
const mightyText = `SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
	OR EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'event' AND schemaname = current_schema() AND pg_has_role(current_user, tableowner, 'MEMBER'))`
