package storetest

import (
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

var registerScenarios = []scenario{
	{"gives histories back as they were kept", registerHistories},
	{"keeps every field of a change", registerFields},
	{"refuses a writer who saw a shorter history", registerStale},
	{"writes all of a batch or nothing", registerWhole},
	{"refuses another's identity number", registerTaken},
	{"lets an identity number go over in two steps", registerGoesOver},
	{"says whose identity numbers are", registerHolders},
	{"lists persons by id and region", registerPersons},
	{"keeps a request key once", registerRecord},
	{"keeps a review once, and its decisions by line", registerReview},
	{"keeps how far an import has come", registerImported},
	{"finds the committed settlements from a day on", registerSettled},
	{"flags settlements with the change", registerFlags},
	{"writes nothing that was given up", registerGivenUp},
	{"refuses what no column may hold", registerUnsound},
}

// written is a batch that appends n changes to the history of person id.
func written(p settlement.Person, seen, n int) eligibility.Batch {
	write := eligibility.Write{Person: p, Seen: seen}
	for i := range n {
		number := seen + 1 + i
		write.Changes = append(write.Changes, registry.Change{
			Number: number, Action: registry.Watched, Effective: settlement.NewDate(2012, 7, 1),
			Recorded: moment.Add(time.Duration(number) * time.Second), By: "clerk-1",
		})
	}
	return eligibility.Batch{Writes: []eligibility.Write{write}}
}

func (o Opened) keeps(t *testing.T, batch eligibility.Batch) {
	t.Helper()
	err := o.Register.Keep(t.Context(), batch)
	if err != nil {
		t.Fatalf("keeping: %v", err)
	}
}

func (o Opened) history(t *testing.T, id settlement.BeneficiaryID) []registry.Change {
	t.Helper()
	found, err := o.Register.Histories(t.Context(), []settlement.BeneficiaryID{id})
	same(t, "error", err, nil)
	return found[id]
}

func registerHistories(t *testing.T, o Opened) {
	one, other := person("p-1", oneCertificate), person("p-2", otherCertificate)
	first, second, third := written(one, 0, 2), written(one, 2, 1), written(other, 0, 1)
	o.keeps(t, first)
	o.keeps(t, third)
	o.keeps(t, second)
	found, err := o.Register.Histories(t.Context(), []settlement.BeneficiaryID{"p-1", "p-2", "p-3"})
	same(t, "error", err, nil)
	same(t, "histories", found, map[settlement.BeneficiaryID][]registry.Change{
		"p-1": append(first.Writes[0].Changes, second.Writes[0].Changes...),
		"p-2": third.Writes[0].Changes,
	})
}

func registerFields(t *testing.T, o Opened) {
	full := registry.Change{
		Number: 1, Corrects: 7, Action: registry.Registered, Effective: settlement.NewDate(2012, 7, 1), Recorded: moment,
		By: "clerk-1", Document: "遂民字〔2012〕1号", Cause: registry.CauseMistake, Category: "rural_dibao",
		Until: settlement.NewDate(2012, 12, 31),
		Facts: registry.Facts{
			Name: "张测试", Certificate: oneCertificate, Household: "H-1", Region: "360827",
			Residence: settlement.Rural, Scheme: settlement.SchemeNCMS, Insured: "P1",
		},
		Survey: registry.Survey{Members: 3, Income: 33_000},
	}
	p := person("p-1", oneCertificate)
	o.keeps(t, eligibility.Batch{Writes: []eligibility.Write{{Person: p, Changes: []registry.Change{full}}}})
	same(t, "history", o.history(t, "p-1"), []registry.Change{full})
	o.finds(t, "p-1", oneCertificate, p)
}

func registerStale(t *testing.T, o Opened) {
	p := person("p-1", oneCertificate)
	o.keeps(t, written(p, 0, 2))
	late := p
	late.Name = "李测试"
	refused(t, "behind one row", o.Register.Keep(t.Context(), written(late, 1, 1)), settlement.KindConflict)
	refused(t, "behind none", o.Register.Keep(t.Context(), written(late, 0, 3)), settlement.KindConflict)
	same(t, "length", len(o.history(t, "p-1")), 2)
	o.finds(t, "p-1", oneCertificate, p)
}

func registerWhole(t *testing.T, o Opened) {
	o.keeps(t, written(person("p-1", oneCertificate), 0, 1))
	batch := written(person("p-2", otherCertificate), 0, 1)
	batch.Writes = append(batch.Writes, written(person("p-1", oneCertificate), 0, 1).Writes...)
	batch.Imported = &eligibility.Progress{File: "f", Rows: 2}
	refused(t, "a batch with one stale write", o.Register.Keep(t.Context(), batch), settlement.KindConflict)
	same(t, "length", len(o.history(t, "p-2")), 0)
	reached, _, err := o.Register.Imported(t.Context(), "f")
	same(t, "error", err, nil)
	same(t, "rows", reached.Rows, 0)
}

func registerTaken(t *testing.T, o Opened) {
	o.keeps(t, written(person("p-1", oneCertificate), 0, 1))
	refused(t, "a taken number", o.Register.Keep(t.Context(), written(person("p-2", oneCertificate), 0, 1)), settlement.KindExists)
	same(t, "length", len(o.history(t, "p-2")), 0)
}

func registerGoesOver(t *testing.T, o Opened) {
	o.keeps(t, written(person("p-1", oneCertificate), 0, 1))
	o.keeps(t, written(person("p-1", otherCertificate), 1, 1))
	o.keeps(t, written(person("p-2", oneCertificate), 0, 1))
	o.finds(t, "p-2", oneCertificate, person("p-2", oneCertificate))
}

func registerHolders(t *testing.T, o Opened) {
	o.keeps(t, written(person("p-1", oneCertificate), 0, 1))
	o.keeps(t, written(person("p-2", ""), 0, 1))
	found, err := o.Register.Holders(t.Context(), []settlement.Private{oneCertificate, otherCertificate, ""})
	same(t, "error", err, nil)
	same(t, "holders", found, map[settlement.Private]settlement.BeneficiaryID{oneCertificate: "p-1"})
}

func registerPersons(t *testing.T, o Opened) {
	one, two, three := person("p-1", ""), person("p-2", ""), person("p-3", "")
	two.Region = "360828"
	for _, p := range []settlement.Person{three, one, two} {
		o.keeps(t, written(p, 0, 1))
	}
	for _, c := range []struct {
		name  string
		query eligibility.Query
		want  []settlement.Person
	}{
		{"all", eligibility.Query{Limit: 9}, []settlement.Person{one, two, three}},
		{"a page", eligibility.Query{Limit: 2}, []settlement.Person{one, two}},
		{"the page after", eligibility.Query{Limit: 2, After: "p-2"}, []settlement.Person{three}},
		{"a region", eligibility.Query{Limit: 9, Region: "360827"}, []settlement.Person{one, three}},
		{"a region's page after", eligibility.Query{Limit: 9, Region: "360827", After: "p-1"}, []settlement.Person{three}},
		{"nobody", eligibility.Query{Limit: 9, Region: "360829"}, nil},
	} {
		found, err := o.Register.Persons(t.Context(), c.query)
		same(t, "error", err, nil)
		same(t, c.name, len(found), len(c.want))
		for i := range found {
			same(t, c.name, found[i], c.want[i])
		}
	}
	moved := two
	moved.Region = "360827"
	o.keeps(t, written(moved, 1, 1))
	found, err := o.Register.Persons(t.Context(), eligibility.Query{Limit: 9, Region: "360827"})
	same(t, "error", err, nil)
	same(t, "after a move", len(found), 3)
}

func registerRecord(t *testing.T, o Opened) {
	key := eligibility.Key{Tenant: tenant, Request: "r-1"}
	_, err := o.Register.Recorded(t.Context(), key)
	refused(t, "a new key", err, settlement.KindNotFound)
	batch := written(person("p-1", oneCertificate), 0, 2)
	batch.Record = &eligibility.Record{Key: key, Person: "p-1", First: 1, Last: 2, Touched: []settlement.SettlementID{"s-1"}}
	o.keeps(t, batch)
	kept, err := o.Register.Recorded(t.Context(), key)
	same(t, "error", err, nil)
	same(t, "record", kept, *batch.Record)

	again := written(person("p-1", oneCertificate), 2, 1)
	again.Record = batch.Record
	refused(t, "the key again", o.Register.Keep(t.Context(), again), settlement.KindExists)
	same(t, "length", len(o.history(t, "p-1")), 2)
	again.Record = &eligibility.Record{Key: eligibility.Key{Tenant: "another", Request: "r-1"}, Person: "p-1", First: 3, Last: 3}
	o.keeps(t, again)
}

func registerReview(t *testing.T, o Opened) {
	_, _, err := o.Register.Review(t.Context(), "360827-2012Q3")
	refused(t, "a review not run", err, settlement.KindNotFound)
	run := registry.Review{
		ID: "360827-2012Q3", Region: "360827", Quarter: registry.Quarter{Year: 2012, Number: 3}, By: "clerk-1", At: moment,
		Due: 3, Households: 2, Kept: 1,
		Proposals: []registry.Proposal{
			{Line: 1, Person: "p-1", Action: registry.Ended, Category: "rural_dibao", Effective: settlement.NewDate(2012, 9, 30), Cause: registry.CauseIncome},
			{Line: 2, Person: "p-2", Action: registry.Watched, Effective: settlement.NewDate(2012, 7, 1), Cause: registry.CauseUnsurveyed},
		},
	}
	decided := func(line int) *registry.Decision {
		return &registry.Decision{Review: run.ID, Line: line, Confirmed: line == 1, By: "chief-1", At: moment}
	}
	o.keeps(t, eligibility.Batch{Review: &run})
	refused(t, "the same run again", o.Register.Keep(t.Context(), eligibility.Batch{Review: &run}), settlement.KindConflict)
	for _, line := range []int{2, 1} {
		o.keeps(t, eligibility.Batch{Decision: decided(line)})
		refused(t, "a line again", o.Register.Keep(t.Context(), eligibility.Batch{Decision: decided(line)}), settlement.KindConflict)
	}
	found, decisions, err := o.Register.Review(t.Context(), run.ID)
	same(t, "error", err, nil)
	same(t, "run", found, run)
	same(t, "decisions", decisions, []registry.Decision{*decided(1), *decided(2)})
	unknown := *decided(1)
	unknown.Review = "360827-2012Q4"
	refused(t, "on no run", o.Register.Keep(t.Context(), eligibility.Batch{Decision: &unknown}), settlement.KindInternal)
}

func registerImported(t *testing.T, o Opened) {
	reached, touched, err := o.Register.Imported(t.Context(), "f")
	same(t, "error", err, nil)
	same(t, "before", reached, eligibility.Progress{File: "f"})
	same(t, "touched before", len(touched), 0)
	all := o.settledOf(t, "p-1", "b", "a")
	at := func(rows int) *eligibility.Progress {
		return &eligibility.Progress{File: "f", Rows: rows, Added: 1, Changed: 2, Unchanged: 3, Rejected: 4, Bytes: 5}
	}
	o.keeps(t, eligibility.Batch{Imported: at(900), Flagged: []settlement.SettlementID{all[0].ID}})
	o.keeps(t, eligibility.Batch{Imported: at(1000), Flagged: []settlement.SettlementID{all[0].ID, all[1].ID}})
	o.keeps(t, eligibility.Batch{Imported: &eligibility.Progress{File: "g", Rows: 7}})
	reached, touched, err = o.Register.Imported(t.Context(), "f")
	same(t, "error", err, nil)
	same(t, "reached", reached, *at(1000))
	same(t, "touched, each once", touched, []settlement.SettlementID{all[1].ID, all[0].ID})
	_, touched, err = o.Register.Imported(t.Context(), "g")
	same(t, "error", err, nil)
	same(t, "touched by another file", len(touched), 0)
	refused(t, "a position again", o.Register.Keep(t.Context(), eligibility.Batch{Imported: at(1000)}), settlement.KindConflict)
}

// settledOf commits a settlement of one person for each name.
func (o Opened) settledOf(t *testing.T, id settlement.BeneficiaryID, names ...string) []settlement.Settlement {
	t.Helper()
	var all []settlement.Settlement
	for i, name := range names {
		s := record(name)
		s.Beneficiary.ID = id
		s.Claim.Discharge = settlement.NewDate(2012, 7, 1+i)
		s.OpenedAt = moment.Add(time.Duration(i) * time.Minute)
		o.opens(t, s)
		current := o.reads(t, s.ID)
		closed, err := o.Store.Close(t.Context(), current, func(ground lifecycle.Ground) (lifecycle.Change, error) {
			return committing(current, ground.Sequence, 100), nil
		})
		same(t, "error", err, nil)
		all = append(all, closed)
	}
	return all
}

func registerSettled(t *testing.T, o Opened) {
	all := o.settledOf(t, "p-1", "1", "2", "3")
	o.settledOf(t, "p-2", "4")
	open := record("5")
	open.Beneficiary.ID = "p-1"
	o.opens(t, open)
	same(t, "error", o.reviewed(t, all[2]), nil)
	found, err := o.Register.Settled(t.Context(), "p-1", settlement.NewDate(2012, 7, 2))
	same(t, "error", err, nil)
	same(t, "how many", len(found), 1)
	same(t, "which", found[0].ID, all[1].ID)
}

func registerFlags(t *testing.T, o Opened) {
	all := o.settledOf(t, "p-1", "1", "2")
	batch := written(person("p-1", oneCertificate), 0, 1)
	batch.Flagged = []settlement.SettlementID{all[1].ID}
	o.keeps(t, batch)
	same(t, "review of the first", o.reads(t, all[0].ID).Review, false)
	same(t, "review of the second", o.reads(t, all[1].ID).Review, true)
}

func registerGivenUp(t *testing.T, o Opened) {
	refused(t, "keeping", o.Register.Keep(cancelled(t), written(person("p-1", oneCertificate), 0, 1)), settlement.KindUnavailable)
	same(t, "length", len(o.history(t, "p-1")), 0)
	_, err := o.Register.Histories(cancelled(t), []settlement.BeneficiaryID{"p-1"})
	unread(t, "histories", err)
	_, err = o.Register.Persons(cancelled(t), eligibility.Query{Limit: 1})
	unread(t, "persons", err)
}

func registerUnsound(t *testing.T, o Opened) {
	for name, batch := range map[string]eligibility.Batch{
		"id":          written(person("p\x00", ""), 0, 1),
		"certificate": written(person("p-1", "\xff"), 0, 1),
		"request":     {Record: &eligibility.Record{Key: eligibility.Key{Request: "\x00"}}},
		"file":        {Imported: &eligibility.Progress{File: "\x00", Rows: 1}},
	} {
		refused(t, name, o.Register.Keep(t.Context(), batch), settlement.KindInvalid)
	}
}

// FactsOf are the facts of a person who is kept without a history.
func FactsOf(p settlement.Person) registry.Facts {
	return registry.Facts{
		Name: p.Name, Certificate: p.Certificate, Region: p.Region, Residence: p.Residence,
		Scheme: p.Scheme, Insured: p.Insured,
	}
}
