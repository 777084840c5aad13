package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

var chainScenarios = []scenario{
	{"seals what every verb appends, once", chainSealsAll},
	{"goes on after a restart", chainReopened},
	{"lets nothing slip in behind a block", chainConcurrent},
	{"keeps one of two blocks of a height", chainHeights},
	{"keeps notes", chainNotes},
	{"refuses notes that no column may hold", chainNotesUnsound},
}

// links skips a store that has no chain.
func (o Opened) links(t *testing.T) *chain.Sealer {
	t.Helper()
	if o.Chain == nil {
		t.Skip("there is no audit chain")
	}
	return &chain.Sealer{Store: o.Chain, Hash: chain.SHA256(), Now: time.Now}
}

// seals seals what is new and gives the last block.
func seals(t *testing.T, s *chain.Sealer) *chain.Block {
	t.Helper()
	tip, err := s.Seal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tip
}

// Proves walks a chain and gives every breach.
func Proves(t *testing.T, archive chain.Archive, heads []chain.Head, keys ...chain.Signer) (chain.Proof, []chain.Breach) {
	t.Helper()
	var found []chain.Breach
	v := chain.Verifier{
		Archive: archive, Hashes: chain.Hashes{chain.SHA256()}, Heads: heads, Keys: keys,
		Report: func(b chain.Breach) { found = append(found, b) },
	}
	proof, err := v.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return proof, found
}

// sound asserts that a chain holds and has sealed all there is.
func sound(t *testing.T, archive chain.Archive) chain.Proof {
	t.Helper()
	proof, breaches := Proves(t, archive, nil)
	if len(breaches) > 0 || proof.Behind != 0 {
		t.Errorf("%d rows behind, breaches %v", proof.Behind, breaches)
	}
	return proof
}

// AppendAll has every verb that appends write something.
func AppendAll(t *testing.T, o Opened, settlements int64) {
	t.Helper()
	for n := range settlements {
		if err := Settle(t.Context(), o.Store, n); err != nil {
			t.Fatal(err)
		}
	}
	o.posts(t, posting("audit"))
	o.grants(t, quoted("audit", 100))
	f := form("audit")
	o.notes(t, submission(f), decided(f, 2, approval.Approved))
	o.puts(t, person("p-audit", oneCertificate))
	o.appendRest(t)
	err := o.Chain.Note(t.Context(), []chain.Note{{At: moment, Times: 3, Actor: "facility/H1", Action: "CreateSettlement", Reason: "OVERLOADED", Instance: "a"}})
	if err != nil {
		t.Fatal(err)
	}
}

// appendRest appends what two people put forward and decided, what was reviewed,
// imported and compared, and a stay.
func (o Opened) appendRest(t *testing.T) {
	t.Helper()
	o.publishes(t, proposal("pub-audit", "town"), ruled("pub-audit", "town", 1))
	o.suggests(t, suggestion("c-audit", "360827"), agreed("c-audit", correction.Declined))
	o.addsStay(t, stayEvent("stay-audit", 1))
	review := registry.ReviewID("360827-2012Q3")
	o.keeps(t, eligibility.Batch{Review: &registry.Review{ID: review}, Record: &eligibility.Record{Key: eligibility.Key{Request: "audit"}}})
	o.keeps(t, eligibility.Batch{Decision: &registry.Decision{Review: review, Line: 1}, Imported: &eligibility.Progress{File: "audit", Rows: 1}})
	must(t, o.Reconciliations.BeginRun(t.Context(), reconciliation.Kept{ID: "run-audit", Attempt: 1}))
	found := reconciliation.FindingID{Run: "run-audit", Line: 1}
	must(t, o.Reconciliations.KeepFindings(t.Context(), []reconciliation.Finding{{FindingID: found}}, []reconciliation.Remark{{FindingID: found, Number: 1}}))
	must(t, o.Reconciliations.EndRun(t.Context(), found.Run, reconciliation.Ending{}, nil))
	frozen := line(1, 2, clearing.Frozen)
	frozen.Positions = []clearing.Position{{Facility: facility, Account: "fund/rural/360827/2012/county", Settled: 600}}
	o.enters(t, line(1, 1, clearing.Opened), frozen)
}

func chainSealsAll(t *testing.T, o Opened) {
	s := o.links(t)
	AppendAll(t, o, 3)
	tip := seals(t, s)
	proof := sound(t, o.Chain)
	// Two events to open and at least one to close, a posting with two entries,
	// a quote and its event, an approval and two events, a person's change, a note.
	if proof.Rows < 3*3+3+2+3+1+1 || proof.Blocks != 2 {
		t.Errorf("%d rows in %d blocks", proof.Rows, proof.Blocks)
	}
	same(t, "the tip where nothing is new", seals(t, s).Height, tip.Height)
}

func chainReopened(t *testing.T, o Opened) {
	s := o.links(t)
	if o.Reopen == nil {
		t.Skip("nothing outlives this store")
	}
	AppendAll(t, o, 2)
	tip := seals(t, s)
	o = o.Reopen(t)
	if err := Settle(t.Context(), o.Store, 7); err != nil {
		t.Fatal(err)
	}
	next := seals(t, o.links(t))
	same(t, "height", next.Height, tip.Height+1)
	sound(t, o.Chain)
}

// Writers settle without a pause while the chain is sealed without a pause: at
// the end every row is in the block in which its turn lies.
func chainConcurrent(t *testing.T, o Opened) {
	s := o.links(t)
	const writers, each = 8, 25
	var group sync.WaitGroup
	var left atomic.Int64
	left.Store(writers)
	for w := range int64(writers) {
		group.Go(func() {
			defer left.Add(-1)
			for n := range int64(each) {
				if err := Settle(context.Background(), o.Store, w*each+n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 { // two gateways seal
		group.Go(func() {
			for left.Load() > 0 {
				if _, err := s.Seal(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	seals(t, s)
	if proof := sound(t, o.Chain); proof.Blocks < 4 {
		t.Errorf("only %d blocks: nothing was sealed while others wrote", proof.Blocks)
	}
}

func chainHeights(t *testing.T, o Opened) {
	s := o.links(t)
	AppendAll(t, o, 1)
	tip := seals(t, s)
	refused(t, "a second block of a height", o.Chain.Append(t.Context(), *tip), settlement.KindExists)
	sound(t, o.Chain)
}

func chainNotes(t *testing.T, o Opened) {
	o.links(t)
	var notes []chain.Note
	for n := range int64(3) {
		notes = append(notes, chain.Note{
			At: moment, Times: n + 1, Actor: fmt.Sprint("facility/", n), Action: "GetSettlement", Reason: "NOT_FOUND", Object: "s-1", Instance: "gateway-1",
		})
	}
	if err := o.Chain.Note(t.Context(), notes); err != nil {
		t.Fatal(err)
	}
	rows, _, err := o.Chain.Rows(t.Context(), 0, 1<<40, 9)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		same(t, "table", r.Table, "audit")
		same(t, "values", r.Values, []any{notes[i].At.UnixMicro(), notes[i].Times, notes[i].Actor, "GetSettlement", "NOT_FOUND", "s-1", "gateway-1"})
	}
	same(t, "notes", len(rows), len(notes))
}

func chainNotesUnsound(t *testing.T, o Opened) {
	o.links(t)
	refused(t, "a NUL", o.Chain.Note(t.Context(), []chain.Note{{At: moment, Times: 1, Actor: "a\x00"}}), settlement.KindInvalid)
}
