package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

func clearingScope(t *testing.T, o Opened) {
	frozen := line(1, 2, clearing.Frozen)
	const own, other = "fund/rural/360827/2012", "fund/rural/3608271/2012"
	for _, at := range []struct{ facility, account string }{
		{"", own + "/county"}, {"", other + "/county"}, {"H1", "bills"}, {"H1", "payer/a/basic"}, {"H2", "bills"}, {"H2", own + "/county"}, {"H%", "bills"},
	} {
		frozen.Positions = append(frozen.Positions, clearing.Position{Facility: settlement.FacilityID(at.facility), Account: clearing.Account(at.account), Settled: 1})
	}
	slices.SortFunc(frozen.Positions, func(a, b clearing.Position) int {
		return cmp.Or(cmp.Compare(a.Facility, b.Facility), cmp.Compare(a.Account, b.Account))
	})
	o.enters(t, line(1, 1, clearing.Opened), frozen)
	for i, p := range []clearing.Payment{{Facility: "H1", Bearer: "payer/a"}, {Facility: "H2", Bearer: own}, {Facility: "H2", Bearer: other}} {
		paid := line(1, 3+i, clearing.Paid)
		p.Amount, p.Reference, p.Day = 1, "b", 20120831
		paid.Event.Payment = &p
		o.enters(t, paid)
	}
	for name, c := range map[string]struct {
		scope     clearinghouse.Scope
		positions string
		lines     string
	}{
		"all":               {clearinghouse.Scope{All: true}, "/" + own + "/county /" + other + "/county H%/bills H1/bills H1/payer/a/basic H2/bills H2/" + own + "/county", "1 2 3 4 5"},
		"nobody":            {clearinghouse.Scope{}, "", "1 2"},
		"a hospital":        {clearinghouse.Scope{Facilities: []settlement.FacilityID{"H1"}}, "H1/bills H1/payer/a/basic", "1 2 3"},
		"two":               {clearinghouse.Scope{Facilities: []settlement.FacilityID{"H1", "H2"}}, "H1/bills H1/payer/a/basic H2/bills H2/" + own + "/county", "1 2 3 4 5"},
		"no pattern":        {clearinghouse.Scope{Facilities: []settlement.FacilityID{"H%"}, Bearers: []string{"fund/%/360827/"}}, "H%/bills", "1 2"},
		"what a fund owes":  {clearinghouse.Scope{Bearers: []string{"fund/rural/360827/", "fund/urban/360827/"}}, "/" + own + "/county H2/" + own + "/county", "1 2 4"},
		"those given money": {clearinghouse.Scope{Facilities: []settlement.FacilityID{""}}, "/" + own + "/county /" + other + "/county", "1 2"},
	} {
		found, positions, err := o.House.Seen(t.Context(), 1, c.scope)
		same(t, name+": error", err, nil)
		listed, err := o.House.Clearings(t.Context(), clearinghouse.Query{Limit: 2, Scope: c.scope})
		same(t, name+": error", err, nil)
		same(t, name+": listed", listed, []clearing.Clearing{found})
		var texts, lines []string
		for _, p := range positions {
			texts = append(texts, string(p.Facility)+"/"+string(p.Account))
		}
		for _, e := range found.History {
			lines = append(lines, fmt.Sprint(e.Line))
		}
		same(t, name+": positions", strings.Join(texts, " "), c.positions)
		same(t, name+": lines", strings.Join(lines, " "), c.lines)
	}
	_, _, err := o.House.Seen(t.Context(), 7, clearinghouse.Scope{All: true})
	refused(t, "a clearing never opened", err, settlement.KindNotFound)
}
