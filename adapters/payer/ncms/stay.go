package ncms

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// Operations of a stay before its discharge.
const (
	admission = "S04"
	upload    = "S10"
)

var _ stay.Payer = (*Payer)(nil)

// WantsStays reports whether the payer wants stays of the gateway.
func (p *Payer) WantsStays() bool { return p.config.Admissions }

// StayTimeout implements stay.Payer.
func (p *Payer) StayTimeout() time.Duration { return p.config.CallTimeout }

// RegistrationRepeats implements stay.Payer.
func (p *Payer) RegistrationRepeats() bool { return p.config.RegistrationRepeats }

// RefusalsMost implements stay.Payer.
func (p *Payer) RefusalsMost() int { return cmp.Or(p.config.ChargeRefusals, chargeRefusals) }

// chargeRefusals is after how many refusals alike a row in doubt is people's where
// nothing else is said: half an hour of asking again.
const chargeRefusals = 5

// PrepareRegistration writes S04 for a new stay (uploadType 0).
func (p *Payer) PrepareRegistration(facility lifecycle.Facility, form *stay.Form) ([]byte, error) {
	d := &form.Details
	for _, need := range []struct {
		field string
		met   bool
	}{
		{"scheme", slices.Contains(p.config.Schemes, form.Scheme)},
		{"beneficiary.insured_number", plain(form.Insured.Reveal())},
		{"inpatient_number", plain(d.Inpatient.Reveal())},
		{"admission_date", d.Admission != 0},
		{"department", d.Department != ""},
		{"doctor", d.Doctor != ""},
		{"disease", plain(d.Disease)},
	} {
		if !need.met {
			return nil, invalid(need.field)
		}
	}
	var s sheet
	s.WriteString("<body>")
	s.field("memberId", form.Insured.Reveal())
	s.field("inpatientNo", d.Inpatient.Reveal())
	s.field("admissionDate", d.Admission.String())
	s.field("department", d.Department)
	s.field("doctor", d.Doctor)
	s.field("status", d.Status)
	s.field("diseaseCode", d.Disease)
	s.field("bed", d.Bed)
	s.field("isReferra", digit(d.Referred)) // the wire's own spelling
	s.field("ministerNotice", d.Notice)
	s.field("uploadType", "0")
	s.field("areaCode", string(form.Region))
	s.field("isTransProvincial", digit(province(form.Region) != province(facility.Region)))
	s.WriteString("</body>")
	return request(admission, s.String()), nil
}

// PrepareCharges writes S10. Totals have four decimals; number and price are
// the hospital's own words.
func (p *Payer) PrepareCharges(encounter settlement.EncounterID, rows []stay.Row) ([]byte, error) {
	if !plain(string(encounter)) {
		return nil, invalid("encounter_id")
	}
	var s sheet
	s.WriteString("<body>")
	s.field("inpId", string(encounter))
	for _, row := range rows {
		if field := unfit(&row); field != "" { // rows that were taken are not among these, so places would mislead
			return nil, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "rows." + field, Value: row.ID}
		}
		s.WriteString("<detail>")
		s.field("detailName", row.Name)
		s.field("detailCode", row.Item)
		s.field("hisDetailCode", row.ID)
		s.field("num", row.Number)
		s.field("price", row.Price)
		s.field("totalCost", row.Total.String()+"00")
		s.WriteString("</detail>")
	}
	s.WriteString("</body>")
	return request(upload, s.String()), nil
}

// unfit is the field of a row that the wire cannot take, "" where it takes all.
func unfit(row *stay.Row) string {
	switch {
	case !plain(row.ID):
		return "row_id"
	case !plain(row.Item):
		return "item_code"
	case row.Total < 0 || row.Total >= billMax:
		return "total"
	}
	return ""
}

// SendRegistration implements stay.Payer.
func (p *Payer) SendRegistration(ctx context.Context, form *stay.Form, body []byte) stay.Answer {
	return p.tell(ctx, body, form.Insured, func(content node) stay.Answer {
		s := open("data", content)
		number := s.id("inpId")
		if number == "" {
			s.fail("inpId", "missing")
		}
		if s.first != nil {
			return unproved(s.first)
		}
		return stay.Answer{Result: settlement.ResultApplied, Encounter: settlement.EncounterID(number)}
	})
}

// SendCharges implements stay.Payer.
func (p *Payer) SendCharges(ctx context.Context, _ settlement.EncounterID, rows []stay.Row, body []byte) stay.Answer {
	return p.tell(ctx, body, "", func(content node) stay.Answer {
		lines, err := lines(content, rows)
		if err != nil {
			return unproved(err)
		}
		return stay.Answer{Result: settlement.ResultApplied, Lines: lines}
	})
}

// tell sends a request about a stay once and reads its yes by read. A no is
// believed with a mark of the configuration only.
func (p *Payer) tell(ctx context.Context, request []byte, private settlement.Private, read func(node) stay.Answer) (told stay.Answer) {
	answer := p.deliver(ctx, request, func(body []byte) (lifecycle.PayerAnswer, bool) {
		reply, err := p.wire.open(body)
		switch expired := slices.Contains(p.config.TicketMarks, reply.code); {
		case err != nil:
			return inDoubt(err), false
		case reply.yes:
			told = read(reply.content)
			return lifecycle.PayerAnswer{Result: told.Result, Cause: told.Cause}, false
		case expired: // the payer read no further
			return unsent(&breach{"answer", "the ticket was turned away"}), true
		case slices.Contains(p.config.RefusedMarks, reply.code):
			return lifecycle.PayerAnswer{Result: settlement.ResultRefused, Message: words.Clean(reply.words, private.Reveal())}, false
		}
		return inDoubt(&breach{"answer", "a no that proves nothing"}), false
	})
	told.Result, told.Words, told.Body, told.Cause = answer.Result, answer.Message, answer.Body, answer.Cause
	return told
}

// unproved is a yes that cannot be believed.
func unproved(cause error) stay.Answer {
	doubt := inDoubt(cause)
	return stay.Answer{Result: doubt.Result, Cause: doubt.Cause}
}

// lines are what the payer says of each row it was sent, in that order. One it
// says nothing of, or twice, makes all of it unusable; others are passed over.
func lines(content node, rows []stay.Row) ([]stay.Line, error) {
	told := map[string]stay.Line{}
	for _, detail := range content.all("detail") {
		s := open("detail", detail)
		line := stay.Line{Of: s.id("hisDetailCode"), Taken: s.flag("success")}
		if line.Taken {
			line.Eligible = s.needed("enableMoney").fen()
		} else {
			line.Words = words.Clean(s.text("message"))
		}
		if _, twice := told[line.Of]; twice {
			s.fail("hisDetailCode", "stands twice")
		}
		if s.first != nil {
			return nil, s.first
		}
		told[line.Of] = line
	}
	found := make([]stay.Line, len(rows))
	for i, row := range rows {
		line, known := told[row.ID]
		switch {
		case !known:
			return nil, &breach{"detail", "a row is missing"}
		case line.Eligible > row.Total:
			return nil, &breach{"detail.enableMoney", "more than the row's total"}
		}
		line.Words = strings.TrimSpace(line.Words)
		found[i] = line
	}
	return found, nil
}
