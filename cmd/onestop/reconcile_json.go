package main

import (
	"encoding/json"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// reconcileObjects writes what a run tells for programs: one object a line,
// whose "is" says which. Amounts are yuan as text.
type reconcileObjects struct{ to *json.Encoder }

type totalObject struct {
	Count      int    `json:"count"`
	Bill       string `json:"bill"`
	Fund       string `json:"fund"`
	Account    string `json:"account"`
	Assistance string `json:"assistance"`
}

func totalObjectOf(t reconcile.Total) totalObject {
	a := t.Amounts
	return totalObject{t.Count, a[reconcile.Bill].String(), a[reconcile.Fund].String(), a[reconcile.Account].String(), a[reconcile.Assistance].String()}
}

func (o reconcileObjects) totals(groups []reconcile.Compared) error {
	for _, g := range groups {
		err := o.to.Encode(struct {
			Is        string      `json:"is"`
			Facility  string      `json:"facility,omitempty"`
			Insurance string      `json:"insurance,omitempty"`
			Clearing  string      `json:"clearing,omitempty"`
			Theirs    totalObject `json:"theirs"`
			Ours      totalObject `json:"ours"`
		}{"total", string(g.Facility), string(g.Insurance), string(g.Clearing), totalObjectOf(g.Theirs), totalObjectOf(g.Ours)})
		if err != nil {
			return err
		}
	}
	return nil
}

type fieldObject struct {
	Field  string `json:"field"`
	Theirs string `json:"theirs"`
	Ours   string `json:"ours"`
}

func (o reconcileObjects) difference(d *reconcile.Difference) error {
	line := struct {
		Is         string        `json:"is"`
		Class      string        `json:"class"`
		Encounter  string        `json:"encounter"`
		Row        int           `json:"row,omitempty"`
		Record     string        `json:"record,omitempty"`
		Settlement string        `json:"settlement,omitempty"`
		Cause      string        `json:"cause"`
		Evidence   string        `json:"evidence"`
		Propose    string        `json:"propose"`
		Fields     []fieldObject `json:"fields,omitempty"`
		Off        totalObject   `json:"theirs_less_ours"`
	}{
		Is: "difference", Class: string(d.Class), Encounter: string(d.Encounter), Cause: string(d.Cause), Evidence: d.Evidence,
		Propose: string(d.Fix), Off: totalObjectOf(d.Off),
	}
	if d.Theirs != nil {
		line.Row, line.Record = d.Theirs.Row, d.Theirs.Reference
	}
	if d.Ours != nil {
		line.Settlement = string(d.Ours.Settlement)
	}
	for _, f := range d.Fields {
		line.Fields = append(line.Fields, fieldObject(f))
	}
	return o.to.Encode(line)
}

func (o reconcileObjects) bad(p *settlement.Problem) error {
	return o.to.Encode(struct {
		Is    string `json:"is"`
		Row   int    `json:"row"`
		Field string `json:"field"`
		Value string `json:"value,omitempty"`
		Says  string `json:"says"`
	}{"bad_row", p.Line, p.Path, p.Value, p.Says})
}

func (o reconcileObjects) result(r *reconciliation.Result) error {
	return o.to.Encode(struct {
		Is       string                  `json:"is"`
		Theirs   int                     `json:"theirs"`
		Ours     int                     `json:"ours"`
		Bad      int                     `json:"bad"`
		Detailed bool                    `json:"detailed"`
		Equal    int                     `json:"equal"`
		Differ   int                     `json:"differ"`
		Classes  map[reconcile.Class]int `json:"classes,omitempty"`
		Causes   map[reconcile.Cause]int `json:"causes,omitempty"`
		Off      totalObject             `json:"theirs_less_ours"`
	}{
		"result", r.Theirs, r.Ours, r.Bad, r.Detailed, r.Tally.Equal, r.Tally.Differences(), r.Tally.Classes, r.Tally.Causes, totalObjectOf(r.Tally.Off),
	})
}
