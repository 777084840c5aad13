package store

import (
	"errors"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// unsound are texts that some database refuses or changes.
var unsound = []string{"a\x00b", "\x00", "a\xff", "\xed\xa0\x80"}

func TestSoundNamesTheField(t *testing.T) {
	for _, c := range []struct {
		field string
		put   func(change *lifecycle.Change, text string)
	}{
		{"settlement", func(c *lifecycle.Change, text string) { c.Settlement.ID = settlement.SettlementID(text) }},
		{"tenant", func(c *lifecycle.Change, text string) { c.Settlement.Tenant = settlement.TenantID(text) }},
		{"facility", func(c *lifecycle.Change, text string) { c.Settlement.Facility = settlement.FacilityID(text) }},
		{"discharge", func(c *lifecycle.Change, text string) { c.Settlement.Discharge = settlement.DischargeID(text) }},
		{"beneficiary", func(c *lifecycle.Change, text string) {
			c.Settlement.Beneficiary.ID = settlement.BeneficiaryID(text)
		}},
		{"state", func(c *lifecycle.Change, text string) { c.Settlement.State = settlement.State(text) }},
		{"decision", func(c *lifecycle.Change, text string) { c.Settlement.Decision = settlement.Decision(text) }},
		{"owner", func(c *lifecycle.Change, text string) { c.Settlement.Owner = text }},
		{"message", func(c *lifecycle.Change, text string) { c.Settlement.Legs[1].Message = settlement.MessageID(text) }},
		{"message", func(c *lifecycle.Change, text string) { c.Settlement.Legs[1].Undo = settlement.MessageID(text) }},
		{"bucket", func(c *lifecycle.Change, text string) { c.Delta.Used[settlement.BucketID(text)] = 1 }},
		{"tenant", func(c *lifecycle.Change, text string) { c.Request.Key.Tenant = settlement.TenantID(text) }},
		{"method", func(c *lifecycle.Change, text string) { c.Request.Key.Method = lifecycle.Method(text) }},
		{"request", func(c *lifecycle.Change, text string) { c.Request.Key.Request = settlement.RequestID(text) }},
		{"fingerprint", func(c *lifecycle.Change, text string) { c.Request.Fingerprint = text }},
		{"request", func(c *lifecycle.Change, text string) { c.Final.Key.Request = settlement.RequestID(text) }},
		{"message", func(c *lifecycle.Change, text string) { c.Attempts[1].Message = settlement.MessageID(text) }},
		{"operation", func(c *lifecycle.Change, text string) { c.Attempts[1].Operation = settlement.Operation(text) }},
		{"phase", func(c *lifecycle.Change, text string) { c.Attempts[1].Phase = lifecycle.Phase(text) }},
		{"result", func(c *lifecycle.Change, text string) { c.Attempts[1].Result = settlement.Result(text) }},
		{"account", func(c *lifecycle.Change, text string) { c.Entries[1].Account = text }},
		{"actor", func(c *lifecycle.Change, text string) { c.Events[1].Actor = text }},
		{"action", func(c *lifecycle.Change, text string) { c.Events[1].Action = text }},
		{"reason", func(c *lifecycle.Change, text string) { c.Events[1].Reason = settlement.Reason(text) }},
		{"state", func(c *lifecycle.Change, text string) { c.Events[1].State = settlement.State(text) }},
	} {
		for _, text := range unsound {
			change := filled[lifecycle.Change]()
			c.put(&change, text)
			names(t, Sound(change), c.field)
		}
	}
}

func names(t *testing.T, err error, field string) {
	t.Helper()
	var e *settlement.Error
	if !errors.As(err, &e) || e.Kind != settlement.KindInvalid || e.Field != field || e.Value != "" {
		t.Errorf("%v, want Invalid at %s without its value", err, field)
	}
}

// What only looks strange is kept as it is.
func TestSoundTakes(t *testing.T) {
	for _, text := range []string{"", " ", "a ", "张测试", "𠀀", "\u200b", "a\nb\tc", "'; --", "\ufffd"} {
		change := filled[lifecycle.Change]()
		change.Settlement.Tenant, change.Entries[0].Account = settlement.TenantID(text), text
		if err := Sound(change); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if err := SoundOwner(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := Sound(lifecycle.Change{}); err != nil {
		t.Errorf("nothing: %v", err)
	}
}

// Documents keep any bytes, so free text in them is nobody's concern.
func TestSoundLeavesDocuments(t *testing.T) {
	change := filled[lifecycle.Change]()
	change.Settlement.Message, change.Settlement.Insured = "a\x00b", "\xff"
	change.Attempts[0].Body, change.Final.Body = []byte{0}, []byte{0xff}
	if err := Sound(change); err != nil {
		t.Error(err)
	}
}

func TestSoundOwner(t *testing.T) {
	for _, text := range unsound {
		names(t, SoundOwner(text), "owner")
	}
}

func TestSoundBatch(t *testing.T) {
	for _, text := range unsound {
		for field, spoil := range map[string]func(*eligibility.Batch){
			"person":     func(b *eligibility.Batch) { b.Writes[1].Person.ID = settlement.BeneficiaryID(text) },
			"id_number":  func(b *eligibility.Batch) { b.Writes[0].Person.Certificate = settlement.Private(text) },
			"region":     func(b *eligibility.Batch) { b.Writes[0].Person.Region = settlement.RegionID(text) },
			"tenant":     func(b *eligibility.Batch) { b.Record.Key.Tenant = settlement.TenantID(text) },
			"request_id": func(b *eligibility.Batch) { b.Record.Key.Request = settlement.RequestID(text) },
			"review":     func(b *eligibility.Batch) { b.Decision.Review = registry.ReviewID(text) },
			"file":       func(b *eligibility.Batch) { b.Imported.File = text },
		} {
			batch := filled[eligibility.Batch]()
			spoil(&batch)
			names(t, SoundBatch(&batch), field)
		}
		batch := filled[eligibility.Batch]()
		batch.Review.ID = registry.ReviewID(text)
		names(t, SoundBatch(&batch), "review")
	}
	batch := filled[eligibility.Batch]()
	if err := SoundBatch(&batch); err != nil {
		t.Error(err)
	}
}
