package nhsa

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Each lack is named in the caller's words, and only where it matters.
func TestPrepareNamesWhatIsMissing(t *testing.T) {
	const (
		identify, quote, settleOp = settlement.OpIdentify, settlement.OpQuote, settlement.OpSettle
		inquire, reverse          = settlement.OpInquire, settlement.OpReverse
	)
	all := []settlement.Operation{identify, quote, settleOp, inquire, reverse}
	for _, test := range []struct {
		name, field string
		spoil       func(*lifecycle.Call)
		refused     []settlement.Operation
	}{
		{"no facility", "facility_id", func(c *lifecycle.Call) { c.Facility.ID = "" }, all},
		{"a facility nowhere", "facility_id", func(c *lifecycle.Call) { c.Facility.Region = "" }, all},
		{"no identity number", "identity_number", func(c *lifecycle.Call) { c.Person = "" }, all[:1]},
		{"an identity number with a blank", "identity_number", func(c *lifecycle.Call) { c.Person = "36 1" }, all[:1]},
		{"no insured number", "insured_number", func(c *lifecycle.Call) { c.Insured = "" }, all[1:]},
		{"an insured number too long", "insured_number", func(c *lifecycle.Call) { c.Insured = settlement.Private(strings.Repeat("1", 31)) }, all[1:]},
		{"no encounter", "encounter_id", func(c *lifecycle.Call) { c.Encounter = "" }, all[1:]},
		{"an encounter in Chinese", "encounter_id", func(c *lifecycle.Call) { c.Encounter = "住院1" }, all[1:]},
		{"an encounter with a line break", "encounter_id", func(c *lifecycle.Call) { c.Encounter = "E1\n" }, all[1:]},
		{"no region", "region_id", func(c *lifecycle.Call) { c.Region = "" }, all[1:]},
		{"no scheme", "scheme", func(c *lifecycle.Call) { c.Scheme = "" }, all[1:3]},
		{"a scheme the payer does not settle", "scheme", func(c *lifecycle.Call) { c.Scheme = settlement.SchemeNone }, all[1:3]},
		{"nothing to settle", "bill.submitted", func(c *lifecycle.Call) { c.Claim.Bill = settlement.Bill{} }, all[1:3]},
		{"less than nothing to settle", "bill.submitted", func(c *lifecycle.Call) { c.Claim.Bill.Submitted = -1 }, all[1:3]},
		{"more than an amount can be", "bill.submitted", func(c *lifecycle.Call) { c.Claim.Bill.Submitted = settlement.MoneyMax + 1 }, all[1:3]},
		{"parts that do not add up", "bill", func(c *lifecycle.Call) { c.Claim.Bill.SelfFunded++ }, all[1:3]},
	} {
		refused := map[settlement.Operation]bool{}
		for _, operation := range test.refused {
			refused[operation] = true
		}
		for _, operation := range all {
			call := callOf(operation)
			test.spoil(&call)
			_, err := newPayer(t, nil).Prepare(call)
			switch {
			case !refused[operation] && err != nil:
				t.Errorf("%s of %s: %v", operation, test.name, err)
			case refused[operation] && fieldOf(t, err) != test.field:
				t.Errorf("%s of %s: field %q, want %q", operation, test.name, fieldOf(t, err), test.field)
			}
		}
	}
}

// Needs that depend on the payer.
func TestPrepareByConfiguration(t *testing.T) {
	unasked := callOf(settlement.OpInquire)
	unasked.Reference = ""
	anonymous := callOf(settlement.OpSettle)
	anonymous.Person = ""
	unstated := callOf(settlement.OpSettle)
	unstated.Claim.Bill, unstated.BillStated = settlement.Bill{Submitted: 1}, false
	for _, test := range []struct {
		name   string
		change func(*Config)
		call   lifecycle.Call
		field  string // "" is accepted
	}{
		{"an inquiry by encounter", nil, unasked, ""},
		{"an inquiry by encounter of a payer that cannot", func(c *Config) { c.InquireByEncounter = false }, unasked, "reference"},
		{"a settlement without an identity number", nil, anonymous, ""},
		{"only the total", nil, unstated, ""},
	} {
		_, err := newPayer(t, test.change).Prepare(test.call)
		switch {
		case test.field == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.field != "" && fieldOf(t, err) != test.field:
			t.Errorf("%s: field %q, want %q", test.name, fieldOf(t, err), test.field)
		}
	}
}

// Ids are the gateway's own making: a wrong one is our mistake, not a caller's.
func TestPrepareDistrustsOurOwnIDs(t *testing.T) {
	for name, spoil := range map[string]func(*lifecycle.Call){
		"no message":         func(c *lifecycle.Call) { c.Message = "" },
		"a message too long": func(c *lifecycle.Call) { c.Message = settlement.MessageID(strings.Repeat("1", 31)) },
		"no original":        func(c *lifecycle.Call) { c.Original = "" },
		"no operation":       func(c *lifecycle.Call) { c.Operation = "" },
	} {
		call := callOf(settlement.OpReverse)
		spoil(&call)
		_, err := newPayer(t, nil).Prepare(call)
		if err == nil || settlement.KindOf(err) != settlement.KindInternal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An error names the field and never the person.
func TestErrorsNameNobody(t *testing.T) {
	payer := newPayer(t, nil)
	call := callOf(settlement.OpSettle)
	call.Person = "36082719900101003X "
	call.Insured = "36082700000000000000000001 "
	_, err := payer.Prepare(call)
	answer := payer.read(callOf(settlement.OpSettle), []byte(edited(t, settledAnswer, insuredNumber, "36082700000000000000000002")))
	for _, err := range []error{err, answer.Cause} {
		if err == nil || strings.Contains(err.Error(), "3608270000") || strings.Contains(err.Error(), identityNumber) {
			t.Errorf("error %v", err)
		}
	}
}
