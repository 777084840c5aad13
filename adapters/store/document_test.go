package store

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/registry"
	"github.com/onestop-gateway/onestop/settlement/stay"
	"pgregory.net/rapid"
)

// whole is every document of a store in one value.
type whole struct {
	Settlement settlement.Settlement
	Person     settlement.Person
	Change     registry.Change
	Review     registry.Review
	Decision   registry.Decision
	Record     eligibility.Record
	Progress   eligibility.Progress
	Quote      settlement.Quote
	Holds      settlement.Holds
	Run        reconciliation.Kept
	Ending     reconciliation.Ending
	Finding    reconciliation.Finding
	Remark     reconciliation.Remark
	Notice     lifecycle.Notice
	Matter     correction.Matter
	Stay       stay.Event
	Summary    stay.Summary
}

// documents are the encoded documents of a whole, by name.
func (w *whole) documents() map[string][]byte {
	return map[string][]byte{
		"asked":        EncodeAsked(&w.Settlement),
		"moved":        EncodeMoved(&w.Settlement),
		"adjudication": EncodeAdjudication(w.Settlement.Adjudication),
		"person":       EncodePerson(&w.Person),
		"change":       EncodeChange(&w.Change),
		"review":       EncodeReview(&w.Review),
		"decision":     EncodeDecision(&w.Decision),
		"record":       EncodeRecord(&w.Record),
		"progress":     EncodeProgress(&w.Progress),
		"quote":        EncodeQuote(&w.Quote),
		"holds":        EncodeHolds(w.Holds),
		"run":          EncodeRun(&w.Run),
		"ending":       EncodeEnding(&w.Ending),
		"finding":      EncodeFinding(&w.Finding),
		"remark":       EncodeRemark(&w.Remark),
		"notice":       EncodeNotice(&w.Notice),
		"matter":       EncodeMatter(&w.Matter),
		"stay":         EncodeStayEvent(&w.Stay),
		"summary":      EncodeStaySummary(&w.Summary),
	}
}

// read adds the documents to a whole.
func (w *whole) read(documents map[string][]byte) error {
	err := DecodeAsked(documents["asked"], &w.Settlement)
	if err != nil {
		return err
	}
	err = DecodeMoved(documents["moved"], &w.Settlement)
	if err != nil {
		return err
	}
	w.Settlement.Adjudication, err = DecodeAdjudication(documents["adjudication"])
	if err != nil {
		return err
	}
	w.Person, err = DecodePerson(documents["person"])
	if err != nil {
		return err
	}
	w.Quote, err = DecodeQuote(documents["quote"])
	if err != nil {
		return err
	}
	w.Holds, err = DecodeHolds(documents["holds"])
	if err != nil {
		return err
	}
	w.Notice, err = DecodeNotice(documents["notice"])
	if err != nil {
		return err
	}
	w.Stay, err = DecodeStayEvent(documents["stay"])
	if err != nil {
		return err
	}
	w.Summary, err = DecodeStaySummary(documents["summary"])
	if err != nil {
		return err
	}
	return w.readRegister(documents)
}

// readRegister adds the documents of the register.
func (w *whole) readRegister(documents map[string][]byte) (err error) {
	w.Matter, err = DecodeMatter(documents["matter"])
	if err != nil {
		return err
	}
	w.Change, err = DecodeChange(documents["change"])
	if err != nil {
		return err
	}
	w.Review, err = DecodeReview(documents["review"])
	if err != nil {
		return err
	}
	w.Decision, err = DecodeDecision(documents["decision"])
	if err != nil {
		return err
	}
	w.Record, err = DecodeRecord(documents["record"])
	if err != nil {
		return err
	}
	w.Progress, err = DecodeProgress(documents["progress"])
	if err != nil {
		return err
	}
	return w.readReconciliation(documents)
}

// columned is a whole with only what a store keeps in columns.
func columned(w whole) whole {
	s := w.Settlement
	return whole{Settlement: settlement.Settlement{
		ID: s.ID, Tenant: s.Tenant, Facility: s.Facility, Discharge: s.Discharge, Year: s.Year, OpenedAt: s.OpenedAt,
		State: s.State, Decision: s.Decision, Sequence: s.Sequence, Review: s.Review,
		Revision: s.Revision, Epoch: s.Epoch, Owner: s.Owner, LeaseUntil: s.LeaseUntil, NextAt: s.NextAt, Seal: s.Seal,
		Claim: settlement.Claim{Approval: s.Claim.Approval},
	}}
}

// settle takes out what a record never has: a difference holds nothing, no hold
// is no document, and what is unkept.
func (w *whole) settle() {
	if len(w.Notice.Answer) == 0 { // no answer is an empty one
		w.Notice.Answer = nil
	}
	drop := func(a *settlement.Accumulator) { a.Held, a.GrantsHeld = nil, 0 }
	if a := w.Settlement.Adjudication; a != nil {
		drop(&a.Delta)
	}
	drop(&w.Quote.Adjudication.Delta)
	for i := range w.Holds {
		drop(&w.Holds[i].Reserved)
	}
	if len(w.Holds) == 0 {
		w.Holds = nil
	}
	w.Run.End, w.Run.Void, w.Finding.History = nil, nil, nil // rows of their own
	w.Finding.Until = time.Time{}
	for i := range w.Ending.Result.BadRows {
		w.Ending.Result.BadRows[i].Column, w.Ending.Result.BadRows[i].Form, w.Ending.Result.BadRows[i].Figures = 0, "", nil
	}
}

// comesBack asserts that columns and documents together are all there is.
func comesBack(t interface{ Fatalf(string, ...any) }, w whole) {
	w.settle()
	got := columned(w)
	err := got.read(w.documents())
	if err != nil {
		t.Fatalf("reading: %v", err)
	}
	if !reflect.DeepEqual(got, w) {
		t.Fatalf("a document lost something (-want +got):\n%s", cmp.Diff(w, got))
	}
}

func TestDocumentsKeepEveryField(t *testing.T) { comesBack(t, filled[whole]()) }

func TestDocumentsKeepNothing(t *testing.T) { comesBack(t, whole{}) }

// A record of any content, empty and absent lists and negative amounts
// included, comes back bit for bit.
func TestDocumentsKeepAnything(t *testing.T) {
	times := rapid.Custom(func(t *rapid.T) any {
		return Time(rapid.Int64Range(-62_135_596_800_000_000, 253_402_300_799_999_999).Draw(t, "micros"))
	})
	wholes := rapid.MakeCustom[whole](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{
		reflect.TypeFor[time.Time](): times, reflect.TypeFor[[]any](): rapid.Just[any]([]any{1}),
	}})
	rapid.Check(t, func(t *rapid.T) { comesBack(t, wholes.Draw(t, "whole")) })
}

// Equal records are equal bytes: maps have no order of their own.
func TestDocumentsAreStable(t *testing.T) {
	w := filled[whole]()
	used := map[settlement.BucketID]settlement.Money{}
	for _, bucket := range "abcdefghijkl" {
		used[settlement.BucketID(bucket)] = 1
	}
	w.Settlement.Adjudication.Delta.Used = used
	first := EncodeAdjudication(w.Settlement.Adjudication)
	for range 20 {
		if !bytes.Equal(EncodeAdjudication(w.Settlement.Adjudication), first) {
			t.Fatal("one adjudication, two documents")
		}
	}
}

// Writing must not reach into the record it is given: the race detector sees
// a write even of what was there before.
func TestWritingChangesNothing(t *testing.T) {
	w := filled[whole]()
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() { w.documents() })
	}
	group.Wait()
	if diff := cmp.Diff(filled[whole](), w); diff != "" {
		t.Errorf("writing changed the record:\n%s", diff)
	}
}

func TestNoAdjudicationIsNoDocument(t *testing.T) {
	if got := EncodeAdjudication(nil); got != nil {
		t.Errorf("document %x of nothing", got)
	}
	got, err := DecodeAdjudication(nil)
	if got != nil || err != nil {
		t.Errorf("%v, %v of no document", got, err)
	}
}

// The sizes bound what a row costs; a growth here is a growth of every write.
func TestDocumentsAreSmall(t *testing.T) {
	w := filled[whole]()
	for name, most := range map[string]int{"asked": 320, "moved": 900, "adjudication": 420, "person": 150, "change": 200, "review": 150, "decision": 40, "record": 60, "progress": 40, "quote": 1_500, "holds": 500, "run": 220, "ending": 480, "finding": 300, "remark": 120} {
		if got := len(w.documents()[name]); got > most {
			t.Errorf("%s takes %d bytes, at most %d", name, got, most)
		}
	}
}

func TestDamagedDocumentsAreRefused(t *testing.T) {
	original := filled[whole]()
	for name, good := range original.documents() {
		for _, c := range []struct {
			name  string
			bytes []byte
		}{
			{"empty", []byte{}},
			{"only its letter", good[:1]},
			{"unknown letter", append([]byte{'?'}, good[1:]...)},
			{"version 0", append([]byte{good[0], 0}, good[2:]...)},
			{"a later version", append([]byte{good[0], good[1] + 1}, good[2:]...)},
			{"bytes left over", append(bytes.Clone(good), 0)},
			{"another document", otherThan(name, original.documents())},
		} {
			if c.name == "empty" && (name == "adjudication" || name == "holds") {
				continue // which is no adjudication
			}
			t.Run(name+" "+c.name, func(t *testing.T) { refuses(t, name, c.bytes) })
		}
		t.Run(name+" cut short anywhere", func(t *testing.T) {
			for i := 2; i < len(good); i++ {
				refuses(t, name, good[:i])
			}
		})
	}
}

func otherThan(name string, documents map[string][]byte) []byte {
	if name == "asked" {
		return documents["moved"]
	}
	return documents["asked"]
}

// refuses asserts that text is not read as the named document.
func refuses(t *testing.T, name string, text []byte) {
	t.Helper()
	w := filled[whole]()
	documents := w.documents()
	documents[name] = text
	err := new(whole).read(documents)
	if settlement.KindOf(err) != settlement.KindInternal || err == nil {
		t.Errorf("read %x: %v", text, err)
	}
}

// A size that lies must neither be believed nor paid for in memory.
func TestLyingSizesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"negative text":      "7001" + "01",
		"text of 2^62 bytes": "7001" + "8080808080808080" + "8001",
		"list of 2^62":       "7001" + "000000" + "8080808080808080" + "8001",
		"negative list":      "7001" + "000000" + "01",
		"varint without end": "7001" + "ffffffffffffffffffffff",
	} {
		t.Run(name, func(t *testing.T) {
			document, err := hex.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			refuses(t, "person", document)
		})
	}
}

func TestFieldsOfTheWrongWidthAreRefused(t *testing.T) {
	narrow := func(c *cursor, v *settlement.Date) { number(c, v) }
	wide := encode(document{'w', 1}, new(int64(1<<40)), func(c *cursor, v *int64) { number(c, v) })
	if err := decode(document{'w', 1}, wide, new(settlement.Date), narrow); settlement.KindOf(err) != settlement.KindInternal || err == nil {
		t.Errorf("2^40 was read as a day: %v", err)
	}
	bit := func(c *cursor, v *bool) { boolean(c, v) }
	two := encode(document{'w', 1}, new(int64(2)), func(c *cursor, v *int64) { number(c, v) })
	if err := decode(document{'w', 1}, two, new(bool), bit); settlement.KindOf(err) != settlement.KindInternal || err == nil {
		t.Errorf("2 was read as a flag: %v", err)
	}
}

var update = flag.Bool("update", false, "write the documents of this version to testdata")

// Documents that a released program wrote are read for ever. A new version
// adds its own fixtures beside the old ones.
func TestReleasedDocumentsAreRead(t *testing.T) {
	fresh := filled[whole]()
	fresh.settle()
	released(t, fresh, func(name string) string {
		if came2[name] {
			return "v2"
		}
		return "v1"
	})
	fresh.Settlement.Quote = "q-1"
	fresh.Settlement.Promise = &settlement.Promise{Quote: "q-2", Benefit: 7}
	fresh.Settlement.Used.Held, fresh.Settlement.Used.GrantsHeld = map[settlement.BucketID]settlement.Money{"total": 8}, 9
	released(t, fresh, func(name string) string {
		if name == "asked" || name == "moved" || came2[name] {
			return "v2"
		}
		return "v1"
	})
	fresh.Settlement.Adjustments = filled[[]settlement.Adjustment]()
	fresh.Settlement.Admission = "y-1"
	released(t, fresh, func(name string) string {
		switch {
		case name == "moved" || name == "asked":
			return "v3"
		case came2[name]:
			return "v2"
		}
		return "v1"
	})
}

// released reads what is kept of each document in the folder of its version.
func released(t *testing.T, fresh whole, version func(name string) string) {
	t.Helper()
	documents := fresh.documents()
	for name, document := range documents {
		path := filepath.Join("testdata", version(name), name+".hex")
		if *update {
			if err := os.WriteFile(path, []byte(hex.EncodeToString(document)+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if documents[name], err = hex.DecodeString(strings.TrimSpace(string(text))); err != nil {
			t.Fatal(err)
		}
	}
	got := columned(fresh)
	if err := got.read(documents); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fresh, got); diff != "" {
		t.Errorf("released documents read otherwise (-want +got):\n%s", diff)
	}
}
