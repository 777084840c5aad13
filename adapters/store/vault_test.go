package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/registry"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// cell is a sealed value of one column of one row, and how it is read there.
type cell struct {
	name string
	kept []byte
	read func([]byte) error
}

// cells are one row of every table that tells of persons; n tells rows apart.
func cells(v store.Vault, n int) []cell {
	id := fmt.Sprint("x-", n)
	s := settlement.Settlement{
		ID: settlement.SettlementID(id), Tenant: "county-hospital", Insured: "36000000000000000000000777",
		Adjudication: &settlement.Adjudication{Benefit: 1},
	}
	asked, moved, adjudication := v.Asked(&s), v.Moved(&s), v.Adjudication(&s)
	column := func(put func(s settlement.Settlement, text []byte) error) func([]byte) error {
		return func(text []byte) error {
			return put(settlement.Settlement{ID: s.ID, Tenant: s.Tenant}, text)
		}
	}
	key := lifecycle.RequestKey{Tenant: "county-hospital", Method: lifecycle.MethodSettle, Request: settlement.RequestID(id)}
	p := settlement.Person{Beneficiary: settlement.Beneficiary{ID: settlement.BeneficiaryID(id)}, Name: "张测试"}
	review := registry.Review{ID: registry.ReviewID(id)}
	quote := settlement.Quote{ID: settlement.QuoteID(id)}
	notice := lifecycle.Notice{ID: settlement.NoticeID(id)}
	event, more := stay.Event{Stay: stay.ID(id), No: 1}, stay.Event{Stay: stay.ID(id), No: n + 1}
	finding := reconciliation.Finding{FindingID: reconciliation.FindingID{Run: "run", Line: n}}
	remark := reconciliation.Remark{FindingID: reconciliation.FindingID{Run: "run", Line: n}, Number: 1}
	again := reconciliation.Remark{FindingID: reconciliation.FindingID{Run: "run", Line: 1}, Number: n + 1}
	return []cell{
		{"asked", asked, column(func(s settlement.Settlement, text []byte) error {
			return v.ReadSettlement(&s, text, moved, adjudication)
		})},
		{"moved", moved, column(func(s settlement.Settlement, text []byte) error {
			return v.ReadSettlement(&s, asked, text, adjudication)
		})},
		{"adjudication", adjudication, column(func(s settlement.Settlement, text []byte) error { return v.ReadSettlement(&s, asked, moved, text) })},
		{"attempt", v.Attempt(s.ID, 2, 0, []byte("{}")), func(text []byte) error { _, err := v.ReadAttempt(s.ID, 2, 0, text); return err }},
		{"attempt of a line", v.Attempt(s.ID, 2, 1, []byte("{}")), func(text []byte) error { _, err := v.ReadAttempt(s.ID, 2, 1, text); return err }},
		{"attempt of a revision", v.Attempt(s.ID, 3, 0, []byte("{}")), func(text []byte) error { _, err := v.ReadAttempt(s.ID, 3, 0, text); return err }},
		{"answer", v.Answer(key, []byte("{}")), func(text []byte) error { _, err := v.ReadAnswer(key, text); return err }},
		{"person", v.Person(&p), func(text []byte) error { _, err := v.ReadPerson(p.ID, text); return err }},
		{"change", v.Change(p.ID, 1, &registry.Change{}), func(text []byte) error { _, err := v.ReadChange(p.ID, 1, text); return err }},
		{"second change", v.Change(p.ID, 2, &registry.Change{}), func(text []byte) error { _, err := v.ReadChange(p.ID, 2, text); return err }},
		{"review", v.Review(&review), func(text []byte) error { _, err := v.ReadReview(review.ID, text); return err }},
		{"quote", v.Quote(&quote), func(text []byte) error { _, err := v.ReadQuote(quote.ID, text); return err }},
		{"notice", v.Notice(&notice), func(text []byte) error { _, err := v.ReadNotice(notice.ID, text); return err }},
		{"stay", v.StayEvent(&event), func(text []byte) error { _, err := v.ReadStayEvent(event.Stay, 1, text); return err }},
		{"later of a stay", v.StayEvent(&more), func(text []byte) error { _, err := v.ReadStayEvent(event.Stay, n+1, text); return err }},
		{"summary", v.StaySummary(&stay.Summary{Event: event}), func(text []byte) error { _, err := v.ReadListedStay(event.Stay, text, 1); return err }},
		{"difference", v.Finding(&finding), func(text []byte) error { _, err := v.ReadFinding("run", n, text); return err }},
		{"remark", v.Remark(&remark), func(text []byte) error { _, err := v.ReadRemark("run", n, 1, text); return err }},
		{"later remark", v.Remark(&again), func(text []byte) error { _, err := v.ReadRemark("run", 1, n+1, text); return err }},
	}
}

// TestVaultSwapped puts every sealed value into the place of every other, of
// its own table and of others: each is read where it was written and nowhere
// else.
func TestVaultSwapped(t *testing.T) {
	v := store.Vault{Ring: storetest.NewRingFile(t, sealing.AES).Use(t).Open(t)}
	var all []cell
	for n := range 10 {
		all = append(all, cells(v, n+2)...)
	}
	swaps := 0
	for i := range all {
		for j := range all {
			err := all[i].read(all[j].kept)
			if i == j && err != nil {
				t.Errorf("%s: %v", all[i].name, err)
			}
			if i == j {
				continue
			}
			swaps++
			if !errors.Is(err, sealing.ErrAltered) || settlement.KindOf(err) != settlement.KindInternal {
				t.Fatalf("%s in the place of %s: %v", all[j].name, all[i].name, err)
			}
		}
	}
	if swaps < 20_000 {
		t.Errorf("%d swaps", swaps)
	}
}
