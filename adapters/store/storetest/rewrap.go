package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Rewrapping opens one empty store: to serve from it, which ends what served
// before, and to encrypt it anew beside that.
type Rewrapping struct {
	Open    func(t *testing.T, keys *sealing.Ring) Opened
	Rewraps func(t *testing.T, keys *sealing.Ring) store.Rewrappable
}

// Rewraps turns keys on over a store that was filled without, rotates them while
// it is written to, encrypts it anew each time, and takes the older key away:
// everything stays readable and provable, and not one value stays behind.
func Rewraps(t *testing.T, w Rewrapping) {
	file := NewRingFile(t, sealing.AES)
	FillEncrypted(t, w.Open(t, nil))
	keys := file.Use(t).Open(t)
	o := w.Open(t, keys)
	before := sound(t, o.Chain)
	filled := census(t, w.Rewraps(t, keys))
	for _, table := range store.EncryptedTables {
		for _, column := range table.Columns {
			if filled[table.Name+"."+column][""] == 0 {
				t.Errorf("nothing was put into %s.%s", table.Name, column)
			}
		}
	}
	first := file.Book.Active
	so := anew(t, w, keys)
	if so.Unreadable > 0 || so.Written == 0 {
		t.Errorf("%+v", so)
	}
	onlyUnder(t, w, keys, first)
	same(t, "what the chain proves", sound(t, o.Chain), before)
	stillThere(t, o)

	if again := anew(t, w, keys); again.Written != 0 || again.Read == 0 {
		t.Errorf("nothing was left to do: %+v", again)
	}

	file.Rotate(t, sealing.SM4)
	if err := keys.Reload(); err != nil { // as the gateway does
		t.Fatal(err)
	}
	underLoad(t, w, o, keys)
	onlyUnder(t, w, keys, file.Book.Active)
	if err := file.Book.Retire(first); err != nil {
		t.Fatal(err)
	}
	file.write(t)
	told := chain.Note{At: moment, Times: 1, Actor: "operator/wang", Action: "RewrapKeys", Object: "to key " + file.Book.Active, Instance: "h-0"}
	must(t, w.Rewraps(t, keys).Note(t.Context(), told))
	tells(t, o.Chain, told) // by the gateway that serves
	must(t, w.Rewraps(t, keys).Note(t.Context(), told))
	o = w.Open(t, file.Open(t))
	tells(t, o.Chain, told, told) // and by the next one
	stillThere(t, o)
	seals(t, o.links(t))
	sound(t, o.Chain)
	overtaken(t, w, file)
	stillThere(t, o)
}

// tells checks what the audit trail has of whoever encrypted anew.
func tells(t *testing.T, of chain.Store, want ...chain.Note) {
	t.Helper()
	until, err := of.Horizon(t.Context())
	must(t, err)
	var found []chain.Note
	for after := int64(0); after < until; {
		rows, upTo, err := of.Rows(t.Context(), after, until, 1000)
		must(t, err)
		for i := range rows {
			if rows[i].Table != "audit" {
				continue
			}
			values := rows[i].Values
			found = append(found, chain.Note{
				At: store.Time(values[0].(int64)).UTC(), Times: values[1].(int64), Actor: values[2].(string), Action: values[3].(string),
				Reason: values[4].(string), Object: values[5].(string), Instance: values[6].(string),
			})
		}
		after = upTo
	}
	for i := range want {
		want[i].At = want[i].At.UTC()
	}
	same(t, "what the audit trail tells", found, want)
}

// overtaken lets another key seal after a run has read the ring: a run takes
// hours, and must not bring back the older key, which may be retired by then.
func overtaken(t *testing.T, w Rewrapping, file *RingFile) {
	t.Helper()
	_, err := file.Book.Add(sealing.AES, master, time.Now())
	must(t, err)
	file.write(t)
	early := file.Open(t)
	file.Use(t)
	anew(t, w, early)
	onlyUnder(t, w, early, file.Book.Active)
}

// RewrapsUnreadable counts and leaves alone what no key opens.
func RewrapsUnreadable(t *testing.T, w Rewrapping) {
	file := NewRingFile(t, sealing.AES).Use(t)
	Crowd(t, w.Open(t, file.Open(t)), 3)
	other := NewRingFile(t, sealing.AES).Use(t).Open(t)
	in := w.Rewraps(t, other)
	so, err := store.Vault{Ring: other}.Rewrap(t.Context(), in, store.Pace{Rows: 7}, func(string, store.Rewrapped) {})
	same(t, "error", err, nil)
	if so.Written != 0 || so.Unreadable < 3 {
		t.Errorf("%+v", so)
	}
	idle := NewRingFile(t, sealing.AES).Open(t)
	if _, err := (store.Vault{Ring: idle}).Rewrap(t.Context(), in, store.Pace{Rows: 7}, nil); err == nil {
		t.Error("rewrapped though no key is in use")
	}
	stillThere(t, w.Open(t, file.Open(t)))
}

// FillEncrypted puts something into every encrypted column.
func FillEncrypted(t *testing.T, o Opened) {
	t.Helper()
	Crowd(t, o, 20)
	for n := range int64(8) {
		must(t, Settle(t.Context(), o.Store, n))
	}
	q := settlement.Quote{ID: "q-1", Tenant: "t", Request: "q", Beneficiary: settlement.Beneficiary{ID: "c-1"}, Year: 2012}
	must(t, o.Quotes.Hold(t.Context(), lifecycle.AccumulatorKey{Beneficiary: "c-1", Year: 2012}, func(lifecycle.YearRow) (lifecycle.HoldChange, error) {
		return lifecycle.HoldChange{Quote: &q, Holds: settlement.Holds{q.Hold()}, Events: []settlement.QuoteEvent{{Quote: q.ID, Act: settlement.QuoteHold}}}, nil
	}))
	must(t, o.Notices.KeepNotice(t.Context(), lifecycle.Notice{ID: "n-1", Tenant: "t", Request: "n", Person: "c-1"}))
	must(t, o.adding(t, stayEvent("y-1", 1)))
	o.keeps(t, eligibility.Batch{Review: &registry.Review{ID: "r-1"}})
	must(t, o.Reconciliations.BeginRun(t.Context(), reconciliation.Kept{ID: "run-1", Attempt: 1}))
	line := reconciliation.FindingID{Run: "run-1", Line: 1}
	must(t, o.Reconciliations.KeepFindings(t.Context(), []reconciliation.Finding{{FindingID: line}}, []reconciliation.Remark{{FindingID: line, Number: 1}}))
	o.suggests(t, suggestion("c-1", "360827"))
	seals(t, o.links(t))
}

// stillThere reads persons, settlements and answers of FillEncrypted or Crowd.
func stillThere(t *testing.T, o Opened) {
	t.Helper()
	for i := range 3 {
		p := inCrowd(i)
		o.finds(t, p.ID, p.Certificate, p)
		same(t, "history", len(o.history(t, p.ID)), 1)
		refused(t, "another's identity number", o.put(t.Context(), person("other", p.Certificate.Reveal())), settlement.KindExists)
	}
	listed, err := o.Store.List(t.Context(), lifecycle.Query{Limit: 1000})
	same(t, "error", err, nil)
	if len(listed) == 0 {
		t.Error("no settlement is listed")
	}
}

// anew runs once, to the end.
func anew(t *testing.T, w Rewrapping, keys *sealing.Ring) store.Rewrapped {
	t.Helper()
	so, err := store.Vault{Ring: keys}.Rewrap(t.Context(), w.Rewraps(t, keys), store.Pace{Rows: 7}, func(string, store.Rewrapped) {})
	must(t, err)
	return so
}

// underLoad settles all the while, kills the first runs at their third batch,
// and lets one come to its end.
func underLoad(t *testing.T, w Rewrapping, o Opened, keys *sealing.Ring) {
	t.Helper()
	var stop atomic.Bool
	var working sync.WaitGroup
	var settled atomic.Int64
	for worker := range int64(3) {
		working.Go(func() {
			for n := int64(0); !stop.Load(); n++ {
				if err := Settle(t.Context(), o.Store, 1_000_000*(worker+1)+n); err != nil {
					t.Errorf("settling beside the run: %v", err)
					return
				}
				settled.Add(1)
			}
		})
	}
	for range 3 {
		ctx, kill := context.WithCancel(t.Context())
		batches := 0
		_, err := store.Vault{Ring: keys}.Rewrap(ctx, w.Rewraps(t, keys), store.Pace{Rows: 2, Rest: 10}, func(string, store.Rewrapped) {
			if batches++; batches == 3 {
				kill()
			}
		})
		if err == nil || !errors.Is(err, context.Canceled) && settlement.KindOf(err) != settlement.KindUnavailable {
			t.Errorf("a run that was killed: %v", err)
		}
		kill()
	}
	so := anew(t, w, keys)
	stop.Store(true)
	working.Wait()
	if settled.Load() == 0 || so.Written == 0 || so.Unreadable > 0 {
		t.Errorf("%d settled beside %+v", settled.Load(), so)
	}
}

// census is how many values each column has by key.
func census(t *testing.T, in store.Rewrappable) map[string]map[string]int64 {
	t.Helper()
	all, err := store.Census(t.Context(), in)
	must(t, err)
	found := map[string]map[string]int64{}
	for _, one := range all {
		if found[one.Column] == nil {
			found[one.Column] = map[string]int64{}
		}
		found[one.Column][one.Key] += one.Values
	}
	return found
}

// onlyUnder asserts that nothing is in the clear or under another key.
func onlyUnder(t *testing.T, w Rewrapping, keys *sealing.Ring, key string) {
	t.Helper()
	for column, under := range census(t, w.Rewraps(t, keys)) {
		if len(under) != 1 || under[key] == 0 {
			t.Errorf("%s: values by key %v, want all under %s", column, under, key)
		}
	}
}
