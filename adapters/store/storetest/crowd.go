package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// What tells of the persons of a crowd, whose names, numbers and diagnosis all
// contain one of these.
var marks = [][]byte{[]byte("张测试人群"), []byte("3608271949"), []byte("36000000000000000000000777"), []byte("尿毒症")}

// Told counts what content tells of a crowd.
func Told(content []byte) (hits int) {
	for _, mark := range marks {
		hits += bytes.Count(content, mark)
	}
	return hits
}

// inCrowd is one of the persons of a crowd.
func inCrowd(i int) settlement.Person {
	p := person(fmt.Sprintf("c-%d", i), fmt.Sprintf("3608271949%08d", i)) // of a shape that no check digit would pass
	p.Name, p.Insured = settlement.Private(fmt.Sprintf("张测试人群%d", i)), "36000000000000000000000777"
	return p
}

// Crowd registers invented persons, n of them, and settles for some: payers are
// told their names and numbers, and tell them.
func Crowd(t *testing.T, o Opened, n int) {
	t.Helper()
	for from := 0; from < n; from += 500 {
		var batch eligibility.Batch
		for i := from; i < min(from+500, n); i++ {
			p := inCrowd(i)
			write := written(p, 0, 1).Writes[0]
			write.Changes[0].Facts.Name, write.Changes[0].Facts.Certificate, write.Changes[0].Facts.Insured = p.Name, p.Certificate, p.Insured
			batch.Writes = append(batch.Writes, write)
		}
		o.keeps(t, batch)
	}
	for i := range min(n, 50) {
		p := inCrowd(i)
		s := fullRecord(fmt.Sprint("c-", i))
		s.Beneficiary.ID, s.Insured, s.Message = p.ID, p.Insured, "查无此人 "+p.Name.Reveal()
		change := opening(s)
		for j := range change.Attempts {
			change.Attempts[j].Body = []byte(`{"certno":"` + p.Certificate.Reveal() + `","psn_name":"` + p.Name.Reveal() + `"}`)
		}
		change.Final = nil
		if err := o.Store.Open(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		current := o.reads(t, s.ID)
		settled := o.closes(t, current, func(ground lifecycle.Ground) (lifecycle.Change, error) {
			return committing(current, ground.Sequence, 100), nil
		})
		same(t, "insured", o.reads(t, settled.ID).Insured, p.Insured)
		calls, err := o.Journal.Attempts(t.Context(), s.ID)
		same(t, "error", err, nil)
		same(t, "what was said", calls[0].Body, change.Attempts[0].Body)
	}
	o.finds(t, inCrowd(n-1).ID, inCrowd(n-1).Certificate, inCrowd(n-1))
}

// Turning turns keys on, over one store, and rotates them: whatever was kept
// before stays readable, and one identity number stays one person's. open opens
// the same data with other keys.
func Turning(t *testing.T, open func(t *testing.T, keys *sealing.Ring) Opened) {
	file := NewRingFile(t, sealing.AES)
	var kept []settlement.Person
	for i, with := range []func() *sealing.Ring{
		func() *sealing.Ring { return nil },
		func() *sealing.Ring { return file.Open(t) },
		func() *sealing.Ring { return file.Use(t).Open(t) },
		func() *sealing.Ring { file.Rotate(t, sealing.SM4); return file.Open(t) },
	} {
		t.Run(fmt.Sprint("step ", i), func(t *testing.T) {
			o := open(t, with())
			p := inCrowd(i)
			o.puts(t, p)
			s := fullRecord(fmt.Sprint("turn-", i))
			s.Beneficiary.ID = p.ID
			o.opens(t, s)
			kept = append(kept, p)
			numbers := make([]settlement.Private, len(kept))
			for j, p := range kept {
				o.finds(t, p.ID, p.Certificate, p)
				same(t, "settlement", o.reads(t, settlement.SettlementID(fmt.Sprint("s-turn-", j))).Beneficiary.ID, p.ID)
				same(t, "history", len(o.history(t, p.ID)), 1)
				numbers[j] = p.Certificate
				other := person(fmt.Sprintf("other-%d-%d", i, j), p.Certificate.Reveal())
				refused(t, "another's identity number", o.put(t.Context(), other), settlement.KindExists)
			}
			holders, err := o.Register.Holders(t.Context(), numbers)
			same(t, "error", err, nil)
			same(t, "holders", len(holders), len(kept))
			for _, p := range slices.Clone(kept) {
				same(t, "holder", holders[p.Certificate], p.ID)
			}
		})
	}
	t.Run("without the keys", func(t *testing.T) {
		o := open(t, nil)
		_, err := o.Registry.Person(t.Context(), kept[3].ID)
		refused(t, "a sealed person", err, settlement.KindInternal)
		_, err = o.Store.Settlement(t.Context(), "s-turn-3")
		refused(t, "a sealed settlement", err, settlement.KindInternal)
		o.finds(t, kept[0].ID, kept[0].Certificate, kept[0])
	})
}
