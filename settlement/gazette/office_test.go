package gazette_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// version is one of a town's, at a rate.
func version(id, from, to, rate string) string {
	return fmt.Sprintf(`- {id: %s, effective_from: %q, effective_to: %s, payers_before: [commercial], payers_after: [charity],
    uninsured: {covered: false, source: s}, provider: {unreferred: {rule: covered}, source: s}, critical_illness: null,
    categories: [{id: rural_dibao, fund: rural, rules: [{mode: inpatient, disease_class: any, deductible: {kind: none}, ratio: {kind: flat, rate: %q}, caps: [{bucket: total, limit: null}], source: s}]}]}
`, id, from, to, rate)
}

func town(versions ...string) string {
	return "id: town\ntitle: 某某县办法\nversions:\n" + strings.Join(versions, "")
}

// one is a case discharged on a day, which comes to an amount of 1,000.
func one(day, assist string) string {
	return fmt.Sprintf(`- id: c-%[1]s
  policy: town
  person: {residence: rural, categories: [{id: rural_dibao, from: "2010-01-01", to: null}]}
  steps:
  - {op: settle, sid: s1, mode: inpatient, admission: %[1]q, discharge: %[1]q, bill: {total: "1000", out_of_scope: "0", pre_self_pay: "0", over_limit: "0", in_scope: "1000"}, payers: {scheme: ncms}, expect: {status: ok, assist: %[2]q}}
`, day, assist)
}

var (
	town1   = town(version("town/1", "2020-01-01", "null", "0.70"))
	town2   = town(version("town/1", "2020-01-01", `"2026-12-31"`, "0.70"), version("town/2", "2027-01-01", "null", "0.80"))
	dated   = town(version("town/1", "2020-01-01", `"2026-05-31"`, "0.70"), version("town/2", "2026-06-01", "null", "0.80"))
	edited  = town(version("town/1", "2020-01-01", "null", "0.75"))
	cases2  = "cases:\n" + one("2026-12-31", "700.00") + one("2027-01-01", "800.00")
	casesBy = "cases:\n" + one("2026-06-01", "800.00")
)

func decoded(t *testing.T, text string) *settlement.Policy {
	t.Helper()
	doc, err := document.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	policy, err := settlement.DecodePolicy("", doc)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// world is an office over a store in memory, and what is settled under there.
type world struct {
	*gazette.Office
	t       *testing.T
	store   *memory.Store
	now     time.Time
	mu      sync.Mutex
	current *settlement.Policy
	settled []settlement.Settlement
	refuses error // of Check
	made    int
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, store: memory.New(), now: time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC), current: decoded(t, town1)}
	w.Office = gazette.New(gazette.Config{
		Store: w.store, Ledger: w, Rulebook: w, Read: document.Read, Regions: map[settlement.PolicyID][]settlement.RegionID{"town": {"360827"}},
		Now: func() time.Time { return w.now }, NewID: w.id,
	})
	return w
}

func (w *world) id() gazette.PublicationID {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	return gazette.PublicationID(fmt.Sprintf("p-%d", w.made))
}

func (w *world) Current(id settlement.PolicyID) *settlement.Policy {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.current.ID != id {
		return nil
	}
	return w.current
}

// Follow puts the newest edition in force.
func (w *world) Follow(ctx context.Context) error {
	editions, err := w.store.Editions(ctx)
	if err != nil || len(editions) == 0 {
		return err
	}
	kept, err := w.store.Publication(ctx, editions[0].ID)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = decoded(w.t, string(kept.Text))
	return nil
}

func (w *world) Check(context.Context, *settlement.Policy) error { return w.refuses }

func (w *world) Settled(_ context.Context, from, to settlement.Date, each func(*settlement.Settlement) bool) error {
	for i := range w.settled {
		if day := w.settled[i].Claim.Discharge; from <= day && day <= to && !each(&w.settled[i]) {
			break
		}
	}
	return nil
}

func key(request string) gazette.Key {
	return gazette.Key{Tenant: "bureau", Request: settlement.RequestID(request)}
}

func proposing(request, text, cases string) gazette.Submission {
	return gazette.Submission{Key: key(request), Policy: "town", Text: []byte(text), Cases: []byte(cases), By: "li", Cause: "遂民发〔2026〕3号"}
}

func (w *world) proposes(request, text, cases string) gazette.Reading {
	w.t.Helper()
	done, err := w.Propose(w.t.Context(), proposing(request, text, cases))
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

func approving(request string, of gazette.Reading) gazette.Decision {
	return gazette.Decision{Key: key(request), ID: of.ID, Act: gazette.Approved, Etag: of.Etag, By: "wang"}
}

func refuses(t *testing.T, err error, reason settlement.Reason, field string) {
	t.Helper()
	e, ok := err.(*settlement.Error)
	if !ok || e.Reason != reason || e.Field != field {
		t.Errorf("got %v, want %s of %q", err, reason, field)
	}
}

func TestTwoPeoplePutAPolicyInForce(t *testing.T) {
	w := newWorld(t)
	proposed := w.proposes("propose", town2, cases2)
	if proposed.Passed != 2 || proposed.Title != "某某县办法" || len(proposed.Etag) != 32 || proposed.Effect.Since != 0 {
		t.Errorf("%+v", proposed)
	}
	want := []gazette.VersionEffect{
		{Version: "town/1", Turn: gazette.Redated, Effective: settlement.Period{From: 20200101, To: 20261231}, Was: settlement.Period{From: 20200101}},
		{Version: "town/2", Turn: gazette.Added, Effective: settlement.Period{From: 20270101}, Against: "town/1", Rules: []gazette.Change{
			{Path: []string{"Categories", "rural_dibao", "Rules", "inpatient/any", "Ratio", "Rate"}, Before: "0.7", After: "0.8"},
		}},
	}
	if diff := cmp.Diff(want, proposed.Effect.Versions); diff != "" {
		t.Error(diff)
	}
	own := approving("own", proposed)
	own.By = "li"
	_, err := w.Decide(t.Context(), own)
	refuses(t, err, settlement.ReasonSamePerson, "operator")
	done, err := w.Decide(t.Context(), approving("approve", proposed))
	if err != nil || done.Status() != gazette.Approved || done.History[1].Edition != 1 || done.Effect != nil {
		t.Fatalf("%v %+v", err, done)
	}
	again, err := w.Decide(t.Context(), approving("approve", proposed))
	if err != nil || !again.Replayed || len(again.History) != 2 {
		t.Errorf("%v %+v", err, again)
	}
	standing, err := w.InForce(t.Context(), "town", 20270301)
	if err != nil || standing.Version == nil || standing.Version.ID != "town/2" || standing.Edition != (gazette.Edition{Policy: "town", Number: 1, ID: proposed.ID}) {
		t.Errorf("%v %+v", err, standing)
	}
	_, err = w.Decide(t.Context(), gazette.Decision{Key: key("late"), ID: proposed.ID, Act: gazette.Declined, By: "zhao", Cause: "x"})
	refuses(t, err, settlement.ReasonPublicationDecided, "id")
}

// A publication dated back tells what it touches; settlements of other policies
// and of other days are none of it.
func TestDatedBackIsTold(t *testing.T) {
	w := newWorld(t)
	settled := func(id settlement.SettlementID, policy settlement.PolicyID, day settlement.Date) settlement.Settlement {
		return settlement.Settlement{ID: id, Policy: policy, Version: "town/1", Claim: settlement.Claim{Discharge: day}}
	}
	w.settled = []settlement.Settlement{settled("s-1", "town", 20260531), settled("s-2", "town", 20260601), settled("s-3", "county", 20260601), settled("s-4", "town", 20260630)}
	proposed := w.proposes("propose", dated, casesBy)
	if e := proposed.Effect; e.Since != 20260601 || e.Touched != 2 || e.Most || !cmp.Equal(e.Examples, []settlement.SettlementID{"s-2", "s-4"}) {
		t.Errorf("%+v", e)
	}
}

func TestProposeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*gazette.Submission)
		reason settlement.Reason
		field  string
	}{
		"no YAML":               {func(s *gazette.Submission) { s.Text = []byte("a: [") }, settlement.ReasonInvalidArgument, "policy_text"},
		"unknown key":           {func(s *gazette.Submission) { s.Text = append(s.Text, "versionz: 1\n"...) }, settlement.ReasonInvalidArgument, "policy_text"},
		"another policy's file": {func(s *gazette.Submission) { s.Text = []byte(strings.Replace(town2, "id: town\n", "id: county\n", 1)) }, settlement.ReasonInvalidArgument, "policy_text"},
		"nobody's policy":       {func(s *gazette.Submission) { s.Policy = "county" }, settlement.ReasonPolicyNotUsed, "policy_id"},
		"what is in force":      {func(s *gazette.Submission) { s.Text = []byte(town1) }, settlement.ReasonPolicyUnchanged, "policy"},
		"an edited version":     {func(s *gazette.Submission) { s.Text = []byte(edited) }, settlement.ReasonVersionPublished, "version"},
		"a version gone":        {func(s *gazette.Submission) { s.Text = []byte(town(version("town/2", "2027-01-01", "null", "0.80"))) }, settlement.ReasonVersionPublished, "version"},
		"no cases":              {func(s *gazette.Submission) { s.Cases = []byte("{}") }, settlement.ReasonInvalidArgument, "cases_text"},
		"cases with a policy":   {func(s *gazette.Submission) { s.Cases = append(s.Cases, "policies: {}\n"...) }, settlement.ReasonInvalidArgument, "cases_text"},
		"a case of another": {func(s *gazette.Submission) {
			s.Cases = []byte(strings.ReplaceAll(cases2, "policy: town", "policy: county"))
		}, settlement.ReasonInvalidArgument, "cases_text"},
		"a case that fails":        {func(s *gazette.Submission) { s.Cases = []byte("cases:\n" + one("2027-01-01", "700.00")) }, settlement.ReasonWorkedCaseFailed, "cases_text"},
		"no case of what is new":   {func(s *gazette.Submission) { s.Cases = []byte("cases:\n" + one("2026-12-31", "700.00")) }, settlement.ReasonVersionWithoutCase, "version"},
		"an empty list of cases":   {func(s *gazette.Submission) { s.Cases = []byte("cases: []") }, settlement.ReasonVersionWithoutCase, "version"},
		"nobody":                   {func(s *gazette.Submission) { s.By = "" }, settlement.ReasonInvalidArgument, "operator"},
		"without a cause":          {func(s *gazette.Submission) { s.Cause = "" }, settlement.ReasonInvalidArgument, "cause"},
		"with a cause without end": {func(s *gazette.Submission) { s.Cause = strings.Repeat("x", 801) }, settlement.ReasonInvalidArgument, "cause"},
	} {
		t.Run(name, func(t *testing.T) {
			w, ask := newWorld(t), proposing("propose", town2, cases2)
			c.change(&ask)
			_, err := w.Propose(t.Context(), ask)
			refuses(t, err, c.reason, c.field)
			if kept, _, err := w.Publications(t.Context(), gazette.Query{Limit: 9}); err != nil || len(kept) != 0 {
				t.Errorf("%v: something is kept: %v", err, kept)
			}
		})
	}
}

// A version that has not begun may be taken back; one that begins today may not.
func TestWithdrawBeforeTheFirstDay(t *testing.T) {
	w := newWorld(t)
	w.current = decoded(t, town2)
	if e := w.proposes("propose", town1, cases2[:len("cases:\n")]+one("2026-12-31", "700.00")).Effect; e.Versions[1].Turn != gazette.Withdrawn {
		t.Errorf("%+v", e)
	}
	w.now = time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) // the new year's first minute in China
	_, err := w.Propose(t.Context(), proposing("late", town1, cases2))
	refuses(t, err, settlement.ReasonVersionPublished, "version")
}

// Whoever approves has read what is approved: another publication in between,
// or another etag, is refused.
func TestApproveWhatWasRead(t *testing.T) {
	w := newWorld(t)
	first, second := w.proposes("first", town2, cases2), w.proposes("second", dated, casesBy)
	wrong := approving("guess", first)
	wrong.Etag = second.Etag
	_, err := w.Decide(t.Context(), wrong)
	refuses(t, err, settlement.ReasonProposalChanged, "etag")
	if _, err := w.Decide(t.Context(), approving("approve first", first)); err != nil {
		t.Fatal(err)
	}
	_, err = w.Decide(t.Context(), approving("approve second", second))
	refuses(t, err, settlement.ReasonVersionPublished, "version") // town/2 has begun to be something else
	read, err := w.Publication(t.Context(), second.ID)
	if err != nil || settlement.ReasonOf(read.Obstacle) != settlement.ReasonVersionPublished || read.Etag != "" {
		t.Errorf("%v %+v", err, read)
	}
	declined, err := w.Decide(t.Context(), gazette.Decision{Key: key("decline"), ID: second.ID, Act: gazette.Declined, By: "li", Cause: "撤回"})
	if err != nil || declined.Status() != gazette.Declined {
		t.Errorf("%v %+v", err, declined)
	}
}

// Eight approve at once, each another publication that was read beside the
// others: one is in force.
func TestApproversAtOnce(t *testing.T) {
	w := newWorld(t)
	var readings []gazette.Reading
	for n := range 8 {
		text := town(version("town/1", "2020-01-01", `"2026-12-31"`, "0.70"), version("town/2", "2027-01-01", "null", fmt.Sprintf("0.8%d", n)))
		readings = append(readings, w.proposes(fmt.Sprint("propose ", n), text, "cases:\n"+one("2027-01-01", fmt.Sprintf("8%d0.00", n))))
	}
	var group sync.WaitGroup
	errs := make([]error, len(readings))
	for n := range readings {
		group.Go(func() { _, errs[n] = w.Decide(context.Background(), approving(fmt.Sprint("approve ", n), readings[n])) })
	}
	group.Wait()
	through := 0
	for _, err := range errs {
		reason := settlement.ReasonOf(err)
		switch {
		case err == nil:
			through++
		case reason != settlement.ReasonVersionPublished && reason != settlement.ReasonProposalChanged:
			t.Error(err)
		}
	}
	editions, err := w.store.Editions(t.Context())
	if err != nil || through != 1 || len(editions) != 1 || editions[0].Number != 1 {
		t.Errorf("%v: %d are approved, %v", err, through, editions)
	}
}

func TestWhatCannotBeTakenOverIsNotApproved(t *testing.T) {
	w := newWorld(t)
	proposed := w.proposes("propose", town2, cases2)
	w.refuses = errors.New("an open settlement has a version that is gone")
	if _, err := w.Decide(t.Context(), approving("approve", proposed)); !errors.Is(err, w.refuses) {
		t.Error(err)
	}
	if editions, _ := w.store.Editions(t.Context()); len(editions) != 0 {
		t.Errorf("approved: %v", editions)
	}
}

func TestFilesAreNotPublished(t *testing.T) {
	w := newWorld(t)
	proposed := w.proposes("propose", town2, cases2)
	w.FromFiles = true
	_, err := w.Propose(t.Context(), proposing("another", town2, cases2))
	refuses(t, err, settlement.ReasonPoliciesFromFiles, "policy_id")
	_, err = w.Decide(t.Context(), approving("approve", proposed))
	refuses(t, err, settlement.ReasonPoliciesFromFiles, "id")
}

func TestKeysOfRequests(t *testing.T) {
	w := newWorld(t)
	first := w.proposes("propose", town2, cases2)
	again := w.proposes("propose", town2, cases2)
	if !again.Replayed || again.ID != first.ID || again.Etag != first.Etag {
		t.Errorf("%+v", again)
	}
	for field, change := range map[string]func(*gazette.Submission){
		"operator":    func(s *gazette.Submission) { s.By = "zhao" },
		"cause":       func(s *gazette.Submission) { s.Cause = "y" },
		"policy_text": func(s *gazette.Submission) { s.Text = []byte(dated) },
		"cases_text":  func(s *gazette.Submission) { s.Cases = []byte(casesBy) },
		"policy_id":   func(s *gazette.Submission) { s.Policy = "county" },
	} {
		ask := proposing("propose", town2, cases2)
		change(&ask)
		_, err := w.Propose(t.Context(), ask)
		refuses(t, err, settlement.ReasonKeyReused, field)
	}
	_, err := w.Decide(t.Context(), approving("propose", first))
	refuses(t, err, settlement.ReasonKeyReused, "act")
}

func TestUnknown(t *testing.T) {
	w := newWorld(t)
	_, err := w.Publication(t.Context(), "p-9")
	refuses(t, err, settlement.ReasonPublicationUnknown, "id")
	_, err = w.Decide(t.Context(), gazette.Decision{Key: key("d"), ID: "p-9", Act: gazette.Approved, By: "wang"})
	refuses(t, err, settlement.ReasonPublicationUnknown, "id")
	_, err = w.InForce(t.Context(), "county", 20260701)
	refuses(t, err, settlement.ReasonUnknownPolicy, "policy_id")
	before, err := w.InForce(t.Context(), "town", 20191231)
	if err != nil || before.Version != nil || before.Edition.Number != 0 {
		t.Errorf("%v %+v", err, before)
	}
}
