package api

import (
	"github.com/onestop-gateway/onestop/api/statement"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement/clearing"
)

var clearingActs = pairing[onestopv1.ClearingAct, clearing.Act]{
	{onestopv1.ClearingAct_CLEARING_ACT_OPENED, clearing.Opened},
	{onestopv1.ClearingAct_CLEARING_ACT_CUT, clearing.Cut},
	{onestopv1.ClearingAct_CLEARING_ACT_FROZEN, clearing.Frozen},
	{onestopv1.ClearingAct_CLEARING_ACT_PROPOSED, clearing.Proposed},
	{onestopv1.ClearingAct_CLEARING_ACT_DECLINED, clearing.Declined},
	{onestopv1.ClearingAct_CLEARING_ACT_APPROVED, clearing.Approved},
	{onestopv1.ClearingAct_CLEARING_ACT_EXPORTED, clearing.Exported},
	{onestopv1.ClearingAct_CLEARING_ACT_PAID, clearing.Paid},
	{onestopv1.ClearingAct_CLEARING_ACT_VOIDED, clearing.Voided},
}

var paymentStandings = pairing[onestopv1.PaymentStanding, clearing.Standing]{
	{onestopv1.PaymentStanding_PAYMENT_STANDING_UNPAID, clearing.Unpaid},
	{onestopv1.PaymentStanding_PAYMENT_STANDING_PART_PAID, clearing.PartPaid},
	{onestopv1.PaymentStanding_PAYMENT_STANDING_PAID, clearing.PaidFull},
	{onestopv1.PaymentStanding_PAYMENT_STANDING_OVER_PAID, clearing.OverPaid},
}

var clearingForms = pairing[onestopv1.ClearingFormat, string]{
	{onestopv1.ClearingFormat_CLEARING_FORMAT_CSV, "csv"},
	{onestopv1.ClearingFormat_CLEARING_FORMAT_XLSX, "xlsx"},
	{onestopv1.ClearingFormat_CLEARING_FORMAT_PDF, "pdf"},
}

// encodePeriod shows a clearing with its history and without its sums.
func encodePeriod(c *clearing.Clearing) *onestopv1.Clearing {
	out := &onestopv1.Clearing{
		Number: int32(c.Number), FromDate: c.Period.From.String(), ToDate: c.Period.To.String(), PayOn: c.PayOn.String(),
		Status: clearingActs.toWire(c.Act()), Etag: c.Etag(),
	}
	for i := range c.History {
		e := &c.History[i]
		out.Events = append(out.Events, &onestopv1.ClearingEvent{
			Act: clearingActs.toWire(e.Act), Operator: operatorID(e.By), Time: encodeTime(e.At), Cause: e.Cause,
		})
	}
	return out
}

// encodeClearing shows a clearing with what it comes to.
func encodeClearing(c *clearing.Clearing, positions []clearing.Position) *onestopv1.Clearing {
	out := encodePeriod(c)
	if c.Frozen() == nil {
		return out
	}
	t := clearing.Total(positions, c.History)
	out.Totals = &onestopv1.ClearingTotals{
		Bills: t.Bills.String(), Patients: t.Patients.String(), Borne: t.Borne.String(), Paid: t.Paid.String(),
		BorneCapitals: statement.Capitals(t.Borne), Settlements: int32(t.Settlements), Reversals: int32(t.Reversals),
		Adjusted: t.Adjusted.String(),
	}
	for _, s := range clearing.Statements(positions, c.History) {
		out.Statements = append(out.Statements, encodeOwed(&s))
	}
	return out
}

// encodeOwed shows one statement.
func encodeOwed(s *clearing.Statement) *onestopv1.ClearingStatement {
	due, paid := s.Due(), s.Paid()
	out := &onestopv1.ClearingStatement{
		FacilityId: string(s.Facility), Bearer: string(s.Bearer), Due: due.String(), Paid: paid.String(),
		Outstanding: (due - paid).String(), Standing: paymentStandings.toWire(s.Standing()),
		Adjusted: s.Adjusted().String(),
	}
	for i := range s.Lines {
		line := &s.Lines[i]
		out.Lines = append(out.Lines, &onestopv1.ClearingLine{
			Account: string(line.Account), Settled: line.Settled.String(), Reversed: line.Reversed.String(),
			Settlements: int32(line.Settlements), Reversals: int32(line.Reversals),
		})
	}
	for _, p := range s.Payments {
		out.Payments = append(out.Payments, &onestopv1.ClearingPayment{Amount: p.Amount.String(), Reference: p.Reference, Day: p.Day.String()})
	}
	return out
}
