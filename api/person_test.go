package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// bureau is a register that remembers what it was asked and answers fixtures.
type bureau struct {
	fail      error
	enrolled  []eligibility.Enrolment
	noticed   []eligibility.Notice
	decided   []registry.Decision
	asked     []eligibility.Query
	known     time.Time
	on        settlement.Date
	reviewBy  string
	quarter   registry.Quarter
	replaying bool
}

func (b *bureau) state() registry.State {
	p := person()
	p.Entitlements = []settlement.Entitlement{{Category: "rural_dibao", Period: settlement.Period{From: 20090101}, Document: "文号1"}}
	return registry.State{Person: p, Household: "H-1", Watched: 20120801, Surveyed: 20120701, Survey: registry.Survey{Members: 2, Income: 220_00}}
}

func (b *bureau) recorded() (eligibility.Recorded, error) {
	row := registry.Change{
		Number: 3, Action: registry.Ended, Effective: 20120630, Recorded: time.Unix(1_340_000_000, 0), By: "operator/li",
		Cause: registry.CauseIncome, Category: "rural_dibao", Facts: registry.Facts{Name: personName, Certificate: idNumber, Insured: insuredNumber},
	}
	return eligibility.Recorded{
		Changes: []registry.Change{row}, State: b.state(), Touched: []settlement.SettlementID{"st-1"}, Replayed: b.replaying,
	}, b.fail
}

func (b *bureau) Enrol(_ context.Context, ask eligibility.Enrolment) (eligibility.Recorded, error) {
	b.enrolled = append(b.enrolled, ask)
	return b.recorded()
}

func (b *bureau) Record(_ context.Context, ask eligibility.Notice) (eligibility.Recorded, error) {
	b.noticed = append(b.noticed, ask)
	return b.recorded()
}

func (b *bureau) Person(_ context.Context, _ settlement.BeneficiaryID, known time.Time, on settlement.Date) (registry.State, error) {
	b.known, b.on = known, on
	return b.state(), b.fail
}

func (b *bureau) History(context.Context, settlement.BeneficiaryID) ([]registry.Change, error) {
	done, err := b.recorded()
	return done.Changes, err
}

func (b *bureau) Persons(_ context.Context, query eligibility.Query) ([]settlement.Person, settlement.BeneficiaryID, error) {
	b.asked = append(b.asked, query)
	if query.After != "" {
		return nil, "", b.fail
	}
	return []settlement.Person{person()}, "p-1", b.fail
}

func (b *bureau) OpenReview(_ context.Context, region settlement.RegionID, q registry.Quarter, by string) (eligibility.Reviewed, error) {
	b.quarter, b.reviewBy = q, by
	return b.Review(context.Background(), registry.ReviewOf(region, q))
}

func (b *bureau) Review(_ context.Context, id registry.ReviewID) (eligibility.Reviewed, error) {
	return eligibility.Reviewed{
		Review: registry.Review{ID: id, By: "operator/li", Due: 3, Households: 2, Kept: 2, Proposals: []registry.Proposal{
			{Line: 1, Person: "p-1", Action: registry.Ended, Category: "rural_dibao", Effective: 20120930, Cause: registry.CauseDeath},
			{Line: 2, Person: "p-2", Action: registry.Watched, Effective: 20120701, Cause: registry.CauseUnsurveyed},
		}},
		Decisions: []registry.Decision{{Review: id, Line: 2, Confirmed: true, By: "operator/wang", At: time.Unix(1_340_000_000, 0)}},
	}, b.fail
}

func (b *bureau) Decide(_ context.Context, d registry.Decision) (eligibility.Recorded, error) {
	b.decided = append(b.decided, d)
	return b.recorded()
}

// office serves a register on both transports.
func office(t *testing.T) (*world, *bureau, onestopv1.EligibilityServiceClient) {
	b := &bureau{}
	factor, err := settlement.ParseRatio("1.80")
	if err != nil {
		t.Fatal(err)
	}
	standard := registry.Standard{Region: "360827", Factor: factor, Monthly: []registry.Amount{
		{Residence: settlement.Urban, From: 20120101, Monthly: 245_00, Source: "report"},
		{Residence: settlement.Rural, From: 20120101, Monthly: 110_00, Source: "report"},
	}}
	w := serve(t, func(c *Config) { c.Persons, c.Standards = b, []registry.Standard{standard} })
	return w, b, onestopv1.NewEligibilityServiceClient(w.conn)
}

const (
	enrolBody = `{"request_id":"enrolment-000000001","operator":"li","person_id":"p-1","name":"张测试","id_number":"360827195001010015",
		"household":"H-1","region":"360827","residence":"RESIDENCE_RURAL","scheme":"SCHEME_NCMS","insured_number":"P1",
		"categories":[{"category":"rural_dibao","from_date":"2009-01-01","document":"文号1"}]}`
	noticeBody = `{"request_id":"change-00000000001","operator":"li","action":"PERSON_ACTION_ENDED","effective_date":"2012-06-30",
		"category":"rural_dibao","cause":"CHANGE_CAUSE_INCOME_IMPROVED"}`
)

// Every call of the register works over REST and names no person in its answer
// or in the log.
func TestRegisterOverREST(t *testing.T) {
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/v1/persons", enrolBody, `"settlement_ids":["st-1"]`},
		{"GET", "/v1/persons/p-1?as_of_date=2012-07-01&known_time=2012-09-01T00:00:00Z", "", `"watch_date":"2012-08-01"`},
		{"GET", "/v1/persons?region=360827", "", `"masked_id_number":"360827***********5"`},
		{"GET", "/v1/persons/p-1/changes", "", `"cause":"CHANGE_CAUSE_INCOME_IMPROVED"`},
		{"POST", "/v1/persons/p-1:record", noticeBody, `"action":"PERSON_ACTION_ENDED"`},
		{"POST", "/v1/reviews", `{"region":"360827","quarter":"2012Q3","operator":"li"}`, `"id":"360827-2012Q3"`},
		{"GET", "/v1/reviews/360827-2012Q3", "", `"operator":"wang"`},
		{"POST", "/v1/reviews/360827-2012Q3:decide", `{"line":1,"confirm":true,"operator":"wang"}`, `"effective_date":"2012-06-30"`},
		{"GET", "/v1/standards", "", `"marginal_line":"441.00"`},
	} {
		w, _, _ := office(t)
		r := w.send(c.method, c.path, c.body)
		if r.status != http.StatusOK || !strings.Contains(strings.ReplaceAll(r.body, `": `, `":`), c.want) {
			t.Errorf("%s %s: %d %s", c.method, c.path, r.status, r.body)
		}
		for _, personal := range []string{personName, idNumber, insuredNumber} {
			if strings.Contains(r.body+w.log.String(), personal) {
				t.Errorf("%s %s shows %s", c.method, c.path, personal)
			}
		}
	}
}

// What a caller writes is what the register is asked, over either transport.
func TestRegisterIsAskedWhatWasWritten(t *testing.T) {
	w, b, client := office(t)
	w.post("/v1/persons", enrolBody)
	draft := b.enrolled[0].Draft
	if b.enrolled[0].By != "operator/li" || b.enrolled[0].Key.Request != "enrolment-000000001" || draft.ID != "p-1" ||
		draft.Facts.Certificate != idNumber || draft.Facts.Residence != settlement.Rural || draft.Facts.Household != "H-1" ||
		len(draft.Periods) != 1 || draft.Periods[0].Period.From != 20090101 {
		t.Errorf("%+v", b.enrolled[0])
	}
	_, err := client.RecordPersonChange(context.Background(), &onestopv1.RecordPersonChangeRequest{
		Id: "p-1", RequestId: "change-00000000002", Operator: "li", Action: onestopv1.PersonAction_PERSON_ACTION_SURVEYED,
		EffectiveDate: "2012-07-01", Corrects: 4, Cause: onestopv1.ChangeCause_CHANGE_CAUSE_MISTAKE, Survey: &onestopv1.Survey{Members: 2, Income: "220.00"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := registry.Change{
		Action: registry.Surveyed, Effective: 20120701, Corrects: 4, Cause: registry.CauseMistake, By: "operator/li",
		Survey: registry.Survey{Members: 2, Income: 220_00},
	}
	if b.noticed[0].Change != want || b.noticed[0].Person != "p-1" {
		t.Errorf("%+v", b.noticed[0])
	}
	if _, err := client.GetPerson(context.Background(), &onestopv1.GetPersonRequest{Id: "p-1", AsOfDate: "2012-07-01", KnownTime: "2012-09-01T08:00:00+08:00"}); err != nil {
		t.Fatal(err)
	}
	if b.on != 20120701 || !b.known.Equal(time.Date(2012, 9, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%v %v", b.on, b.known)
	}
	if _, err := client.DecideProposal(context.Background(), &onestopv1.DecideProposalRequest{Id: "r-1", Line: 2, Operator: "wang"}); err != nil {
		t.Fatal(err)
	}
	if b.decided[0] != (registry.Decision{Review: "r-1", Line: 2, By: "operator/wang"}) {
		t.Errorf("%+v", b.decided[0])
	}
}

// A wrong request is refused before the register is asked, naming the field.
func TestRegisterRefuses(t *testing.T) {
	for _, c := range []struct{ name, path, old, new, field string }{
		{"no key", "/v1/persons", `"request_id":"enrolment-000000001",`, ``, "request_id"},
		{"a number with a wrong check", "/v1/persons", "360827195001010015", "360827195001010016", "id_number"},
		{"a day that is none", "/v1/persons", "2009-01-01", "2009-02-30", "categories.from_date"},
		{"an operator spelt otherwise", "/v1/persons", `"operator":"li"`, `"operator":"Li"`, "operator"},
		{"no action", "/v1/persons/p-1:record", `"action":"PERSON_ACTION_ENDED",`, ``, "action"},
		{"no day", "/v1/persons/p-1:record", "2012-06-30", "30.6.2012", "effective_date"},
	} {
		w, b, _ := office(t)
		body := enrolBody
		if strings.HasSuffix(c.path, ":record") {
			body = noticeBody
		}
		r := w.post(c.path, strings.Replace(body, c.old, c.new, 1))
		if r.status != http.StatusBadRequest || !strings.Contains(r.body, c.field) || len(b.enrolled)+len(b.noticed) > 0 {
			t.Errorf("%s: %d %s", c.name, r.status, r.body)
		}
	}
}

// What the register refuses reaches the caller by kind and reason, in both
// languages.
func TestRegisterRefusalsReachTheCaller(t *testing.T) {
	for _, c := range []struct {
		kind   settlement.Kind
		reason settlement.Reason
		status int
		code   codes.Code
		says   string
	}{
		{settlement.KindNotFound, settlement.ReasonUnknownReview, http.StatusNotFound, codes.NotFound, "没有该次复核"},
		{settlement.KindBlocked, settlement.ReasonProposalDecided, http.StatusConflict, codes.FailedPrecondition, "相反的决定"},
		{settlement.KindForbidden, settlement.ReasonSamePerson, http.StatusForbidden, codes.PermissionDenied, string(settlement.ReasonSamePerson)},
		{settlement.KindKeyReused, settlement.ReasonKeyReused, http.StatusUnprocessableEntity, codes.InvalidArgument, string(settlement.ReasonKeyReused)},
	} {
		w, b, client := office(t)
		b.fail = &settlement.Error{Kind: c.kind, Reason: c.reason, Field: "line", Object: "r-1"}
		r := w.post("/v1/reviews/r-1:decide", `{"line":1,"confirm":true,"operator":"wang"}`)
		if r.status != c.status || !strings.Contains(r.body, c.says) {
			t.Errorf("%s: %d %s", c.reason, r.status, r.body)
		}
		if strings.Contains(r.body, "onestop/Settlement") || !strings.Contains(w.log.String(), `"review_id":"r-1"`) {
			t.Errorf("%s: a review is told as a settlement: %s %s", c.reason, r.body, w.log)
		}
		_, err := client.DecideProposal(context.Background(), &onestopv1.DecideProposalRequest{Id: "r-1", Line: 1, Operator: "wang"})
		if got := status.Code(err); got != c.code {
			t.Errorf("%s: %s", c.reason, got)
		}
	}
}

// A repeated request says that it is one, and a page goes on where the one
// before ended.
func TestRegisterRepeatsAndPages(t *testing.T) {
	w, b, client := office(t)
	b.replaying = true
	if r := w.post("/v1/persons/p-1:record", noticeBody); r.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%v", r.header)
	}
	first, err := client.ListPersons(context.Background(), &onestopv1.ListPersonsRequest{Region: "360827", PageSize: 1})
	if err != nil || len(first.GetPersons()) != 1 || first.GetPersons()[0].GetMaskedName() == personName {
		t.Fatalf("%v %v", first, err)
	}
	if _, err := client.ListPersons(context.Background(), &onestopv1.ListPersonsRequest{Region: "360827", PageToken: first.GetNextPageToken()}); err != nil {
		t.Fatal(err)
	}
	if b.asked[1].After != "p-1" || b.asked[0].Limit != 1 {
		t.Errorf("%+v", b.asked)
	}
	_, err = client.ListPersons(context.Background(), &onestopv1.ListPersonsRequest{Region: "360828", PageToken: first.GetNextPageToken()})
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("another listing's token: %v", err)
	}
}

func TestMasked(t *testing.T) {
	for name, want := range map[string]string{"张测试": "张**", "张": "**", "": "", "Li": "L**"} {
		if got := masked(name, 1); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
