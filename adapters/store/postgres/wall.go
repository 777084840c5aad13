package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The second wall. What is read on behalf of a caller with a scope goes over
// connections of a role of their own, to which row-level security shows what is
// within the scope that the connection was told when it was taken; a connection
// that was told none sees nothing. Everything else, the saga above all, goes
// over the gateway's own role, to which the same tables are whole: settling is
// asked nothing more.

// atFacility and inRegion are what a scope shows of a table with such columns,
// anybody what everybody with a scope is shown.
const (
	atFacility = `facility = ANY ((SELECT onestop_scope('facilities'))::text[])`
	inRegion   = `region = ANY ((SELECT onestop_scope('regions'))::text[])`
	anybody    = `coalesce((SELECT onestop_scope('facilities')), (SELECT onestop_scope('regions')), (SELECT onestop_scope('funds'))) IS NOT NULL`
)

// ofFund shows what is booked in an account of a fund, whose third part is the
// region that the fund is of.
func ofFund(account string) string {
	return `starts_with(` + account + `, 'fund/') AND split_part(` + account + `, '/', 3) = ANY ((SELECT onestop_scope('funds'))::text[])`
}

// byFund shows what a fund of the scope paid for, though the person moved away
// since. It asks nothing where the scope has no funds.
func byFund(call string) string {
	return `(SELECT onestop_scope('funds')) IS NOT NULL AND ` + call
}

// byPerson shows what is of a person who lives in a region of the scope. The
// person is looked up for each row: an EXISTS would have the server gather
// everybody of the scope first.
func byPerson(column string) string {
	return `(SELECT ` + inRegion + ` FROM person AS shown WHERE shown.id = ` + column + `)`
}

// bySettlement shows what is of a settlement that is shown.
func bySettlement(column string) string {
	return `(SELECT true FROM settlement AS shown WHERE shown.no = ` + column + `)`
}

// walled are the tables that scoped callers are read from, each with what a
// scope shows of it. The tables that a condition names are behind the wall
// themselves.
var walled = []struct{ table, shows string }{
	{"person", inRegion + ` OR ` + byFund("onestop_assisted(id)")},
	{"person_change", byPerson("person_change.person")},
	{"accumulator", byPerson("accumulator.beneficiary")},
	{"settlement", atFacility + ` OR ` + byPerson("settlement.beneficiary") + ` OR ` + byFund("onestop_drew(no)")},
	{"attempt", bySettlement("attempt.settlement")},
	{"entry", ofFund("account") + ` OR ` + bySettlement("entry.settlement")},
	{"event", bySettlement("event.settlement")},
	// Quotes from before they said whose they are: a hospital's by its tenant,
	// until they lapse.
	{"quote", atFacility + ` OR ` + inRegion + ` OR facility = '' AND tenant = ANY ((SELECT onestop_scope('facilities'))::text[])`},
	{"quote_event", `(SELECT true FROM quote AS shown WHERE shown.id = quote_event.quote)`},
	{"notice", atFacility + ` OR ` + byPerson("notice.person")},
	{"stay", atFacility + ` OR ` + byPerson("stay.person")},
	{"stay_event", `(SELECT true FROM stay AS shown WHERE shown.id = stay_event.stay)`},
	{"approval", atFacility + ` OR ` + byPerson("approval.person")},
	{"approval_event", `(SELECT true FROM approval AS shown WHERE shown.number = approval_event.approval)`},
	{"review", `split_part(id, '-', 1) = ANY ((SELECT onestop_scope('regions'))::text[])`},
	{"review_decision", `(SELECT true FROM review AS shown WHERE shown.id = review_decision.review)`},
	{"posting", inRegion},
	{"posting_entry", `(SELECT true FROM posting AS shown WHERE shown.no = posting_entry.posting)`},
	{"correction", inRegion},
	{"correction_event", `(SELECT true FROM correction AS shown WHERE shown.id = correction_event.correction)`},
	{"clearing", anybody}, // a period, which is one for all regions and names nobody
	{"clearing_event", `bearer = '' AND ` + anybody + ` OR ` + atFacility + ` OR ` + ofFund("bearer")},
	{"clearing_position", atFacility + ` OR ` + ofFund("account")},
	{"clearing_movement", bySettlement("clearing_movement.settlement")},
}

// closed are all other tables, each with why no scope shows any row of it: the
// role of scoped callers has no right to read them.
var closed = map[string]string{
	"request":            "keys, read only to answer a repeat, by the gateway itself",
	"answer":             "of requests",
	"message":            "ids of messages to payers, the saga's own",
	"person_request":     "keys, read only to answer a repeat, by the gateway itself",
	"import_progress":    "of imports, which are run on the store and not by callers",
	"import_touch":       "of imports, which are run on the store and not by callers",
	"publication":        "policies are of no facility and no person; whose they are is configured",
	"publication_event":  "of publications",
	"reconciliation":     "the operator's, whose scope is all",
	"reconciliation_end": "the operator's, whose scope is all",
	"difference":         "the operator's, whose scope is all",
	"remark":             "the operator's, whose scope is all",
	"clearing_mark":      "how far a cut came: a turn of the ledger, of no facility and no region; cuts alone read it",
	"audit":              "read by onestop audit, never for a caller",
	"audit_block":        "read by onestop audit, never for a caller",
	"restoration":        "of the store itself",
}

// scopedRole is the role of scoped callers, beside the one that gateways
// connect as.
func scopedRole(app string) string { return app + "_scoped" }

// wall are the statements by which the owner of the tables builds the wall, or
// warns where whoever makes roles has not made the one of scoped callers. They
// are one transaction, and take no lock where the wall stands as it shall.
// Whoever may read a table as a whole still may.
func wall(app string) string {
	var tables strings.Builder
	for i, one := range walled {
		if i > 0 {
			tables.WriteString(",")
		}
		fmt.Fprintf(&tables, "\n\t\t('%s', $shows$%s$shows$)", one.table, one.shows)
	}
	return strings.NewReplacer("$SCOPED", literal(scopedRole(app)), "$APP", literal(app), "$TABLES", tables.String()).Replace(wallText)
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

const wallText = `DO $wall$
DECLARE
	one record;
	named text;
	whole name[];
	home name := current_schema();
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = $SCOPED) THEN
		RAISE WARNING 'row-level security is not set up: whoever makes roles first runs CREATE ROLE % NOLOGIN; GRANT % TO %', $SCOPED, $SCOPED, $APP;
		RETURN;
	END IF;
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', home, $SCOPED);
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', home, $SCOPED);
` + wallFunctions + `
	FOR one IN SELECT v.tab, v.shows FROM (VALUES$TABLES
	) AS v (tab, shows) LOOP
		EXECUTE format('GRANT SELECT ON %I TO %I', one.tab, $SCOPED);
		named := 'scope_' || left(md5(one.shows), 8);
		SELECT array_agg(DISTINCT r.rolname ORDER BY r.rolname) INTO whole
			FROM pg_class AS c, aclexplode(c.relacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee
			WHERE c.oid = one.tab::regclass AND r.rolname <> $SCOPED;
		CONTINUE WHEN EXISTS (SELECT FROM pg_policies AS p WHERE p.schemaname = home AND p.tablename = one.tab AND p.policyname = named AND p.roles = ARRAY[$SCOPED::name])
			AND EXISTS (SELECT FROM pg_policies AS p WHERE p.schemaname = home AND p.tablename = one.tab AND p.policyname = 'whole' AND p.roles @> whole)
			AND (SELECT relrowsecurity FROM pg_class WHERE oid = one.tab::regclass);
		FOR named IN SELECT p.policyname FROM pg_policies AS p WHERE p.schemaname = home AND p.tablename = one.tab AND (p.policyname = 'whole' OR p.roles = ARRAY[$SCOPED::name]) LOOP
			EXECUTE format('DROP POLICY %I ON %I', named, one.tab);
		END LOOP;
		EXECUTE format('CREATE POLICY whole ON %I TO %s USING (true) WITH CHECK (true)', one.tab,
			(SELECT string_agg(quote_ident(r), ', ') FROM unnest(whole) AS r));
		EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO %I USING (%s)', 'scope_' || left(md5(one.shows), 8), one.tab, $SCOPED, one.shows);
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one.tab);
	END LOOP;
END $wall$`

// wallFunctions are what the conditions call. What a scope is told as is the text
// of an array, in which no id can pass for two; gateways of the release before,
// which serve on while an upgrade lasts, join it with commas. The other two look
// past the wall, so that a table's condition may ask of one whose own condition
// asks back; they answer yes or no about the scope's own funds, and the role of
// scoped callers alone may call them.
const wallFunctions = `	CREATE OR REPLACE FUNCTION onestop_scope(kind text) RETURNS text[] LANGUAGE sql STABLE AS $scope$
		SELECT CASE WHEN told IN ('', '{}') THEN NULL WHEN left(told, 1) = '{' THEN told::text[] ELSE string_to_array(told, ',') END
		FROM current_setting('onestop.' || kind, true) AS told $scope$;
	CREATE OR REPLACE FUNCTION onestop_drew(no bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $drew$
		SELECT EXISTS (SELECT FROM entry WHERE entry.settlement = $1 AND starts_with(account, 'fund/')
			AND split_part(account, '/', 3) = ANY (onestop_scope('funds'))) $drew$;
	CREATE OR REPLACE FUNCTION onestop_assisted(person text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $assisted$
		SELECT EXISTS (SELECT FROM settlement WHERE beneficiary = $1 AND onestop_drew(no)) $assisted$;
	FOREACH named IN ARRAY ARRAY['onestop_drew(bigint)', 'onestop_assisted(text)'] LOOP
		EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', named, home);
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', named);
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', named, $SCOPED);
	END LOOP;`

// standsText says how the wall stands for whoever is connected: whether they
// may act as the role of scoped callers and every table of the argument is
// behind it; and whether any of the tables is hidden from themselves.
const standsText = `SELECT
	EXISTS (SELECT FROM pg_roles WHERE rolname = current_user || '_scoped' AND pg_has_role(current_user, oid, 'MEMBER'))
		AND NOT EXISTS (SELECT FROM unnest($1::text[]) AS t (name) WHERE NOT EXISTS (
			SELECT FROM pg_class AS c JOIN pg_policies AS p ON p.tablename = c.relname AND p.schemaname = c.relnamespace::regnamespace::text
			WHERE c.oid = to_regclass(t.name) AND c.relrowsecurity AND p.roles = ARRAY[(current_user || '_scoped')::name])),
	EXISTS (SELECT FROM unnest($1::text[]) AS t (name) WHERE coalesce(row_security_active(to_regclass(t.name)), false) AND NOT EXISTS (
		SELECT FROM pg_policies AS p, unnest(p.roles) AS r
		WHERE p.schemaname = current_schema() AND p.tablename = t.name AND p.policyname = 'whole' AND pg_has_role(current_user, r, 'USAGE')))`

// asking is a connection or a pool of them.
type asking interface {
	QueryRow(ctx context.Context, text string, args ...any) pgx.Row
}

// wallStands reads how the wall stands for whoever is connected.
func wallStands(ctx context.Context, on asking) (stands, blind bool, err error) {
	tables := make([]string, len(walled))
	for i, one := range walled {
		tables[i] = one.table
	}
	err = on.QueryRow(ctx, standsText, tables).Scan(&stands, &blind)
	return stands, blind, err
}

// buildWall opens the connections of scoped callers, if the database is set up
// for them. Internal: the database hides rows from the gateway itself, which
// would settle again what it cannot see.
func (s *Store) buildWall(ctx context.Context, config Config) error {
	stands, blind, err := wallStands(ctx, s.reads)
	switch {
	case err != nil:
		return interpret(err)
	case blind:
		return store.Broken(fmt.Errorf("row-level security hides rows from the role that the gateway connects as: run onestop migrate roles for it"))
	case !stands:
		return nil
	}
	var name string
	if err := s.reads.QueryRow(ctx, `SELECT current_user`).Scan(&name); err != nil {
		return interpret(err)
	}
	bound := reading
	bound.settings = map[string]string{"role": scopedRole(name)}
	for setting, value := range reading.settings {
		bound.settings[setting] = value
	}
	bound.taken = tellScope
	s.bound, err = connect(ctx, config, bound)
	return err
}

// tellScope tells a connection that is taken what its user may see: nothing,
// where the context says nothing.
func tellScope(ctx context.Context, conn *pgx.Conn) (bool, error) {
	scope, _ := lifecycle.ScopeOf(ctx)
	_, err := conn.Exec(ctx, `SELECT set_config('onestop.facilities', $1::text[]::text, false),
		set_config('onestop.regions', $2::text[]::text, false), set_config('onestop.funds', $3::text[]::text, false)`,
		texts(scope.Facilities), texts(scope.Regions), texts(scope.Funds))
	return err == nil, err
}

// reader are the connections to read over on behalf of ctx: those behind the
// wall where it has a scope and the wall stands.
func (s *Store) reader(ctx context.Context) *pgxpool.Pool {
	if _, bounded := lifecycle.ScopeOf(ctx); bounded && s.bound != nil {
		return s.bound
	}
	return s.reads
}

// Walled reports whether what is read for callers with a scope is behind
// row-level security.
func (s *Store) Walled() bool { return s.bound != nil }
