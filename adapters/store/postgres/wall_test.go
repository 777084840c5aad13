package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// Every table is behind the wall or closed to scoped callers with a reason: one
// that is new has to be decided.
func TestEveryTableIsDecided(t *testing.T) {
	decided := map[string]int{}
	for _, one := range walled {
		decided[one.table]++
	}
	for table, why := range closed {
		decided[table]++
		if why == "" {
			t.Errorf("%s is closed for no reason", table)
		}
	}
	for _, table := range store.Tables {
		if decided[table.Name] != 1 {
			t.Errorf("%s is decided %d times", table.Name, decided[table.Name])
		}
		delete(decided, table.Name)
	}
	for table := range decided {
		t.Errorf("%s is decided, and is no table", table)
	}
}

// county is one side of a database that two counties share.
type county struct {
	region   settlement.RegionID
	facility settlement.FacilityID
	number   int64 // of its settlement
}

var counties = []county{{"360827", "H36082700001", 1}, {"511425", "H51142500001", 2}}

func (c county) person() settlement.BeneficiaryID {
	return settlement.BeneficiaryID("p-" + string(c.region))
}

// fill puts rows of a county into every table that is behind the wall.
func (c county) fill(t *testing.T, s *Store) {
	t.Helper()
	ctx, id := t.Context(), string(c.region)
	person := settlement.Person{
		Beneficiary: settlement.Beneficiary{ID: c.person(), Region: c.region, Residence: settlement.Rural},
		Name:        "张测试", Certificate: settlement.Private("number of " + id),
	}
	review := registry.ReviewOf(c.region, registry.Quarter{Year: 2012, Number: 3})
	must(t, s.Keep(ctx, eligibility.Batch{
		Writes: []eligibility.Write{{Person: person, Changes: []registry.Change{{Number: 1, Action: registry.Registered}}}},
		Review: &registry.Review{ID: review, Region: c.region},
	}))
	must(t, s.Keep(ctx, eligibility.Batch{Decision: &registry.Decision{Review: review, Line: 1}}))
	change := storetest.Opening(c.number)
	change.Settlement.Beneficiary.ID, change.Settlement.Facility = c.person(), c.facility
	must(t, s.Open(ctx, change))
	change.Settlement.Revision = 1
	_, err := s.Close(ctx, change.Settlement, c.closing(change.Settlement))
	must(t, err)
	must(t, s.Hold(ctx, lifecycle.AccumulatorKey{Beneficiary: c.person(), Year: 2012}, c.holds))
	c.clears(t, s)
	must(t, s.KeepNotice(ctx, lifecycle.Notice{ID: settlement.NoticeID("n-" + id), Tenant: settlement.TenantID(c.facility), Request: "n", Facility: c.facility, Person: c.person(), At: time.Now()}))
	must(t, s.AddStayEvent(ctx, stay.Event{Stay: stay.ID("s-" + id), No: 1, At: time.Now(), Tenant: settlement.TenantID(c.facility), Request: "s", Form: stay.Form{Facility: c.facility, Person: c.person()}}, &stay.Summary{Outstanding: true}))
	form := approval.Form{Number: settlement.ApprovalNumber("a-" + id), Person: c.person(), Facility: c.facility}
	must(t, s.Note(ctx, clearance.Note{Key: clearance.Key{Request: settlement.RequestID("a-" + id)}, Number: form.Number, Form: &form, Event: approval.Event{Line: 1, Act: approval.Submitted}}))
	must(t, s.Post(ctx, fund.Posting{ID: fund.PostingID("g-" + id), Request: settlement.RequestID(id), Key: fund.Key{Region: c.region}, Kind: fund.Budget, Amount: 1}, nil))
	must(t, s.Suggest(ctx, correction.Note{Key: correction.Key{Request: settlement.RequestID("c-" + id)}, ID: correction.ID("c-" + id), Region: c.region, Matter: &correction.Matter{File: id}, Event: correction.Event{Line: 1}}))
}

// closing draws on the county's own fund.
func (c county) closing(opened settlement.Settlement) lifecycle.Decide {
	return func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change, err := storetest.Closing(opened)(ground)
		for i := range change.Entries {
			e := &change.Entries[i]
			e.Account = strings.Replace(e.Account, "fund/rural/360827", "fund/rural/"+string(c.region), 1)
		}
		return change, err
	}
}

func (c county) holds(lifecycle.YearRow) (lifecycle.HoldChange, error) {
	q := settlement.Quote{
		ID: settlement.QuoteID("q-" + string(c.region)), Tenant: settlement.TenantID(c.facility), Request: "q", Facility: c.facility,
		Beneficiary: settlement.Beneficiary{ID: c.person(), Region: c.region}, Year: 2012, Until: time.Now().Add(time.Hour),
	}
	event := settlement.QuoteEvent{Quote: q.ID, Act: settlement.QuoteHold, Until: q.Until}
	return lifecycle.HoldChange{Quote: &q, Holds: settlement.Holds{q.Hold()}, Events: []settlement.QuoteEvent{event}}, nil
}

// clears clears what the county settled, up to a payment of its fund.
func (c county) clears(t *testing.T, s *Store) {
	t.Helper()
	number, fund := clearing.Number(c.number), "fund/rural/"+string(c.region)+"/2012"
	line := func(n int, act clearing.Act) clearinghouse.Note {
		key := clearinghouse.Key{Tenant: "MZ", Request: settlement.RequestID(fmt.Sprint(number, n))}
		return clearinghouse.Note{Key: key, Number: number, Event: clearing.Event{Line: n, Act: act, By: "li"}}
	}
	opened, frozen, paid := line(1, clearing.Opened), line(3, clearing.Frozen), line(4, clearing.Paid)
	opened.Period = &settlement.Period{From: 20120101, To: 20121231}
	frozen.Positions = []clearing.Position{{Facility: c.facility, Account: clearing.Account(fund + "/county")}}
	paid.Event.Payment = &clearing.Payment{Facility: c.facility, Bearer: clearing.Bearer(fund), Amount: 1}
	must(t, s.Enter(t.Context(), opened))
	must(t, s.Cut(t.Context(), line(2, clearing.Cut), time.Now().Add(time.Hour)))
	must(t, s.Enter(t.Context(), frozen))
	must(t, s.Enter(t.Context(), paid))
}

// sees counts the rows of a table over the connections of scoped callers, by a
// statement that has forgotten every condition.
func sees(t *testing.T, s *Store, ctx context.Context, table string) int {
	t.Helper()
	rows, err := s.reader(ctx).Query(ctx, `SELECT * FROM `+table)
	must(t, err)
	defer rows.Close()
	count := 0
	for rows.Next() {
		count++
	}
	must(t, rows.Err())
	return count
}

// The condition of a query forgotten, the wall shows what is within the scope and
// nothing else, of every table; without a scope, nothing; and the gateway itself
// sees all.
func TestTheWallStandsWithoutConditions(t *testing.T) {
	s := openTest(t, Config{DSN: restricted(t, fresh(t))})
	if !s.Walled() {
		t.Fatal("there is no wall")
	}
	for _, c := range counties {
		c.fill(t, s)
	}
	within := func(scope lifecycle.Scope) context.Context { return lifecycle.Within(t.Context(), scope) }
	// What a hospital meets goes by where it was treated, never by the person; what
	// a fund's books tell by who drew on it.
	byFacility := among("settlement attempt entry event quote quote_event stay stay_event notice approval approval_event clearing_event clearing_position clearing_movement")
	byFund := among("person settlement attempt entry event clearing_event clearing_position clearing_movement")
	bySomethingElse := among("clearing_event clearing_position")     // than by region
	everybodys := map[string]int{"clearing": 2, "clearing_event": 6} // periods and the steps of all
	for _, one := range walled {
		all := sees(t, s, t.Context(), one.table)
		if all < 2 || all%2 != 0 {
			t.Fatalf("%s has %d rows", one.table, all)
		}
		shared := everybodys[one.table]
		half := func(seen bool) int {
			if seen {
				return shared + (all-shared)/2
			}
			return shared
		}
		byRegion := !bySomethingElse[one.table]
		for name, c := range map[string]struct {
			scope lifecycle.Scope
			want  int
		}{
			"nothing":          {lifecycle.Scope{}, 0},
			"one region":       {lifecycle.Scope{Regions: []settlement.RegionID{counties[0].region}}, half(byRegion)},
			"both regions":     {lifecycle.Scope{Regions: []settlement.RegionID{counties[0].region, counties[1].region}}, map[bool]int{true: all, false: shared}[byRegion]},
			"another region":   {lifecycle.Scope{Regions: []settlement.RegionID{"110101"}}, shared},
			"two in one text":  {lifecycle.Scope{Regions: []settlement.RegionID{counties[0].region + "," + counties[1].region}}, shared},
			"another hospital": {lifecycle.Scope{Facilities: []settlement.FacilityID{"H1"}}, shared},
			"one hospital":     {lifecycle.Scope{Facilities: []settlement.FacilityID{counties[1].facility}}, half(byFacility[one.table])},
			"one's funds":      {lifecycle.Scope{Funds: []settlement.RegionID{counties[0].region}}, half(byFund[one.table])},
			"another's funds":  {lifecycle.Scope{Funds: []settlement.RegionID{"110101"}}, shared},
		} {
			if got := sees(t, s, within(c.scope), one.table); got != c.want {
				t.Errorf("%s to %s: %d rows of %d, want %d", one.table, name, got, all, c.want)
			}
		}
	}
	for table := range closed {
		ctx := within(lifecycle.Scope{Regions: []settlement.RegionID{counties[0].region}})
		_, err := s.reader(ctx).Exec(ctx, `SELECT * FROM `+table)
		if refusal := refusalOf(err); refusal == nil || refusal.Code != "42501" {
			t.Errorf("%s is open to scoped callers: %v", table, err)
		}
	}
}

func among(tables string) map[string]bool {
	set := map[string]bool{}
	for table := range strings.FieldsSeq(tables) {
		set[table] = true
	}
	return set
}

// What is listed for a caller is what its own conditions select: the wall takes
// nothing away that is theirs, nor does a page behind it.
func TestTheWallKeepsNothingBack(t *testing.T) {
	s := openTest(t, Config{DSN: restricted(t, fresh(t))})
	for _, c := range counties {
		c.fill(t, s)
	}
	for _, c := range counties {
		bureau := lifecycle.Within(t.Context(), lifecycle.Scope{Regions: []settlement.RegionID{c.region}})
		hospital := lifecycle.Within(t.Context(), lifecycle.Scope{Facilities: []settlement.FacilityID{c.facility}})
		for name, ctx := range map[string]context.Context{"bureau": bureau, "hospital": hospital} {
			bounded, err := s.List(ctx, lifecycle.Query{Limit: 9})
			must(t, err)
			free, err := s.List(t.Context(), lifecycle.Query{Limit: 9, Facility: c.facility})
			must(t, err)
			if diff := cmp.Diff(free, bounded); diff != "" || len(free) != 1 {
				t.Errorf("%s of %s: %s", name, c.region, diff)
			}
			approvals, err := s.Approvals(ctx, clearance.Query{Limit: 9})
			must(t, err)
			notices, err := s.Notices(ctx, lifecycle.NoticeQuery{Limit: 9})
			must(t, err)
			held, err := s.Holding(ctx, time.Now(), "", 9)
			must(t, err)
			if len(approvals) != 1 || len(approvals[0].History) != 1 || len(notices) != 1 || len(held) != 1 || held[0].Quote.Facility != c.facility {
				t.Errorf("%s of %s: %d approvals, %d notices, %+v", name, c.region, len(approvals), len(notices), held)
			}
		}
		persons, err := s.Persons(bureau, eligibility.Query{Limit: 9})
		must(t, err)
		if len(persons) != 1 || persons[0].ID != c.person() {
			t.Errorf("%s: %+v", c.region, persons)
		}
	}
}

// planOfList is how the server lists for a caller.
func planOfList(t *testing.T, s *Store, ctx context.Context, query lifecycle.Query) string {
	t.Helper()
	text, args := listing(query)
	rows, err := s.reader(ctx).Query(ctx, `EXPLAIN `+text, append([]any{pgx.QueryExecModeExec}, args...)...)
	must(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return strings.Join(lines, "\n")
}

// A list behind the wall walks an index and asks for the person of a row it
// meets: it never gathers the persons of a region, or the history, first.
func TestPlansBehindTheWall(t *testing.T) {
	s := openTest(t, Config{DSN: restricted(t, fresh(t))})
	for _, c := range counties {
		c.fill(t, s)
	}
	for name, of := range map[string]struct {
		scope lifecycle.Scope
		query lifecycle.Query
	}{
		"a hospital's": {lifecycle.Scope{Facilities: []settlement.FacilityID{"H36082700001"}}, lifecycle.Query{Limit: 50, Facilities: []settlement.FacilityID{"H36082700001"}}},
		"a bureau's":   {lifecycle.Scope{Regions: []settlement.RegionID{"360827"}}, lifecycle.Query{Limit: 50, Regions: []settlement.RegionID{"360827"}}},
		"everything":   {lifecycle.Scope{Regions: []settlement.RegionID{"360827"}}, lifecycle.Query{Limit: 50}},
	} {
		plan := planOfList(t, s, lifecycle.Within(t.Context(), of.scope), of.query)
		for _, slow := range []string{"Seq Scan", "hashed SubPlan", "Join"} {
			if strings.Contains(plan, slow) || !strings.Contains(plan, "Index Scan") {
				t.Errorf("%s list: %s\n%s", name, slow, plan)
			}
		}
	}
}

// A role that the wall hides rows from may not serve: it would settle again what
// it cannot see. Whoever could read before the wall was built still can, and
// building it again changes nothing.
func TestNobodyServesBlind(t *testing.T) {
	dsn := fresh(t)
	app := restricted(t, dsn)
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer conn.Close(t.Context())
	policies := func() (text string) {
		must(t, conn.QueryRow(t.Context(), `SELECT string_agg(tablename || policyname || roles::text || oid::text, E'\n' ORDER BY tablename, policyname)
			FROM pg_policies JOIN pg_policy ON polname = policyname AND polrelid = tablename::regclass`).Scan(&text))
		return text
	}
	before := policies()
	_, err = conn.Exec(t.Context(), Grants(appRole))
	must(t, err)
	if diff := cmp.Diff(before, policies()); diff != "" {
		t.Errorf("building the wall again: %s", diff)
	}
	_, err = conn.Exec(t.Context(), `DROP POLICY whole ON settlement`)
	must(t, err)
	s, err := Open(t.Context(), Config{DSN: app, Dev: true})
	if err == nil {
		must(t, s.Shut())
		t.Error("it serves from a table that it sees nothing of")
	} else if !strings.Contains(err.Error(), "row-level security") {
		t.Error(err)
	}
	_, err = conn.Exec(t.Context(), Grants(appRole))
	must(t, err)
	if diff := cmp.Diff(len(before), len(policies())); diff != "" {
		t.Errorf("the wall is not mended: %s", diff)
	}
	s = openTest(t, Config{DSN: app})
	if found, err := Inspect(t.Context(), Config{DSN: app}, time.Now); err != nil || !found.Walled || !s.Walled() {
		t.Errorf("%+v, %v", found, err)
	}
}

// BenchmarkScopedRead is what reading one settlement costs a caller with a scope,
// beside one without.
func BenchmarkScopedRead(b *testing.B) {
	s := openTest(b, Config{DSN: restricted(b, fresh(b))})
	of := settled(b, s, 1)
	for name, ctx := range map[string]context.Context{
		"free":  context.Background(),
		"bound": lifecycle.Within(context.Background(), lifecycle.Scope{Facilities: []settlement.FacilityID{of.Facility}}),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Settlement(ctx, of.ID); err != nil {
					b.Fatal(fmt.Errorf("%s: %w", name, err))
				}
			}
		})
	}
}
