package nhsa

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// Source has the payer compare its accounts with ours. Nothing is booked by
// asking: each question is sent once, and the whole may be asked again. It is
// safe for concurrent use.
type Source struct {
	Payer *Payer
	// Facilities are all that may have settled with the payer. Each is asked
	// about, though we hold nothing of it: the payer may.
	Facilities map[settlement.FacilityID]lifecycle.Facility
	Now        func() time.Time
}

var _ reconciliation.Source = (*Source)(nil)

// clearings are the platform's kinds of clearing (clr_type).
var clearings = map[settlement.Mode]string{settlement.Outpatient: "11", settlement.Inpatient: "21"}

// equalMarks are the results (stmt_rslt) that say that totals are equal.
var equalMarks = []string{"0", "000000"}

// totalData asks whether one total is the payer's too (3201). What was settled
// and reversed counts nothing.
type totalData struct {
	Scheme   string `json:"insutype"`
	Clearing string `json:"clr_type"`
	Office   string `json:"setl_optins"`
	From     string `json:"stmt_begndate"`
	To       string `json:"stmt_enddate"`
	Bill     yuan   `json:"medfee_sumamt"`
	Fund     yuan   `json:"fund_pay_sumamt"`
	Account  yuan   `json:"acct_pay"`
	Count    int    `json:"fixmedins_setl_cnt"`
}

// Totals implements reconciliation.Source. Invalid: a facility, an insurance or
// a kind of clearing that the payer has no name for; or one insurance alone,
// which the platform's details do not know.
func (s *Source) Totals(ctx context.Context, scope reconcile.Scope, ours []reconcile.Compared) ([]reconcile.Group, error) {
	if scope.Insurance != "" {
		return nil, invalid("scheme")
	}
	held := map[reconcile.Group]reconcile.Total{}
	for i := range ours {
		held[ours[i].Group] = ours[i].Ours
	}
	groups := s.groups(&scope)
	for group := range held {
		if !slices.Contains(groups, group) {
			return nil, s.unknown(group)
		}
	}
	var differ []reconcile.Group
	for _, group := range groups {
		equal, err := s.equal(ctx, &scope, group, held[group])
		if err != nil {
			return nil, err
		}
		if !equal {
			differ = append(differ, group)
		}
	}
	return differ, nil
}

// groups are all that the payer can be asked about in a scope.
func (s *Source) groups(scope *reconcile.Scope) []reconcile.Group {
	var groups []reconcile.Group
	for _, facility := range slices.Sorted(maps.Keys(s.Facilities)) {
		if _, served := s.Payer.account(facility); !served || scope.Facility != "" && scope.Facility != facility {
			continue
		}
		for _, scheme := range slices.Sorted(maps.Keys(s.Payer.config.Schemes)) {
			for _, mode := range slices.Sorted(maps.Keys(clearings)) {
				if scope.Clearing == "" || scope.Clearing == mode {
					groups = append(groups, reconcile.Group{Facility: facility, Insurance: scheme, Clearing: mode})
				}
			}
		}
	}
	return groups
}

// unknown says what of a group the payer has no name for.
func (s *Source) unknown(group reconcile.Group) error {
	_, insured := s.Payer.config.Schemes[group.Insurance]
	_, cleared := clearings[group.Clearing]
	switch {
	case !insured:
		return invalid("scheme")
	case !cleared:
		return invalid("mode")
	default:
		return invalid("facility_id")
	}
}

// equal asks about one total.
func (s *Source) equal(ctx context.Context, scope *reconcile.Scope, group reconcile.Group, total reconcile.Total) (bool, error) {
	facility := s.Facilities[group.Facility]
	data := totalData{
		Scheme: s.Payer.config.Schemes[group.Insurance], Clearing: clearings[group.Clearing], Office: s.office(facility),
		From: scope.Period.From.String(), To: scope.Period.To.String(),
		Bill: yuan(total.Amounts[reconcile.Bill]), Fund: yuan(total.Amounts[reconcile.Fund]), Account: yuan(total.Amounts[reconcile.Account]),
		Count: total.Count,
	}
	output, err := s.ask(ctx, facility, compareTotals, input{Data: data})
	if err != nil {
		return false, err
	}
	said := open("stmtinfo", output.fields["stmtinfo"])
	result := said.code("stmt_rslt")
	office := said.code("setl_optins")
	switch {
	case result == "":
		said.fail("stmt_rslt", "missing")
	case office != "" && office != data.Office:
		said.fail("setl_optins", "of another office")
	}
	if said.first != nil {
		return false, inDoubt(said.first).Cause
	}
	return slices.Contains(equalMarks, result), nil
}

// office settles with a facility.
func (s *Source) office(facility lifecycle.Facility) string {
	return cmp.Or(s.Payer.config.Office, string(facility.Region))
}
