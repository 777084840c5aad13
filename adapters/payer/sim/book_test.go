package sim

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// noted puts a settlement of message into b.
func noted(t *testing.T, b *book, message, undoes string) (e entry) {
	t.Helper()
	if err := b.visit(func() { e = b.add(entry{Message: message, Undoes: undoes, Encounter: "e", Person: "p"}) }); err != nil {
		t.Fatal(err)
	}
	return e
}

func opened(t *testing.T, path string) *book {
	t.Helper()
	b, err := openBook(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.close() })
	return b
}

func TestBookIsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book")
	b := opened(t, path)
	first := noted(t, b, "m1", "")
	noted(t, b, "m2", "")
	noted(t, b, "m3", first.Reference)
	noted(t, b, "m2", "")
	again := opened(t, path)
	for message, want := range map[string]int{"m1": 0, "m2": 2, "m3": 0, "m4": 0} {
		if got := again.net(message); got != want {
			t.Errorf("net of %s is %d, want %d", message, got, want)
		}
	}
	if !again.byReference[first.Reference].reversed || len(again.byEncounter["e"]) != 3 {
		t.Error("the index is not what it was")
	}
	if next := noted(t, again, "m5", ""); next.Reference != "S000000000005" {
		t.Errorf("reference %s is not the next", next.Reference)
	}
}

// A line cut short was never answered for; a line that is whole but unreadable
// is damage, and is not passed over.
func TestBookAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book")
	noted(t, opened(t, path), "m1", "")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) - 1 {
		torn := filepath.Join(t.TempDir(), fmt.Sprint("torn", cut))
		if err := os.WriteFile(torn, append(append([]byte(nil), whole...), whole[:cut]...), 0o600); err != nil {
			t.Fatal(err)
		}
		b := opened(t, torn)
		if b.net("m1") != 1 || b.lines != 1 {
			t.Fatalf("cut at %d: net %d of %d lines", cut, b.net("m1"), b.lines)
		}
		noted(t, b, "m2", "")
		if again := opened(t, torn); again.net("m1") != 1 || again.net("m2") != 1 {
			t.Fatalf("cut at %d: what was added later is lost", cut)
		}
	}
	damaged := filepath.Join(t.TempDir(), "damaged")
	if err := os.WriteFile(damaged, append([]byte("{}x\n"), whole...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openBook(damaged); err == nil {
		t.Error("a damaged book is opened")
	}
}

// What visit has returned for is in the file, whoever wrote it.
func TestBookIsDurableBeforeItAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book")
	b := opened(t, path)
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for i := range 25 {
				message := fmt.Sprintf("m%d-%d", w, i)
				noted(t, b, message, "")
				content, err := os.ReadFile(path)
				if err != nil {
					t.Error(err)
					return
				}
				if bytes.Count(content, []byte(`"`+message+`"`)) != 1 {
					t.Errorf("%s is not in the file", message)
				}
			}
		})
	}
	writers.Wait()
	if len(b.settlements) != 200 || len(b.byReference) != 200 {
		t.Errorf("%d settlements under %d references", len(b.settlements), len(b.byReference))
	}
}

// A book that cannot be written promises nothing any more.
func TestBookThatCannotBeWritten(t *testing.T) {
	b := opened(t, filepath.Join(t.TempDir(), "book"))
	noted(t, b, "m1", "")
	b.file.Close()
	for range 2 {
		if err := b.visit(func() { b.add(entry{Message: "m2"}) }); err == nil {
			t.Fatal("a settlement that is nowhere was promised")
		}
	}
	if err := b.visit(func() {}); err == nil {
		t.Error("a broken book is read from")
	}
}

// A call that only looked must not be answered with what a crash could still
// take back: it waits for the write under way.
func TestLookingWaitsForTheWriteUnderWay(t *testing.T) {
	b := opened(t, filepath.Join(t.TempDir(), "book"))
	b.mu.Lock()
	b.writing, b.batch = true, b.batch+1 // as flush leaves it while it writes
	b.mu.Unlock()
	looked := make(chan error, 1)
	go func() { looked <- b.visit(func() {}) }()
	select {
	case err := <-looked:
		t.Errorf("answered before the write ended: %v", err)
		looked <- err
	case <-time.After(100 * time.Millisecond):
	}
	b.mu.Lock()
	b.writing, b.done = false, b.batch-1
	b.flushed.Broadcast()
	b.mu.Unlock()
	if err := <-looked; err != nil {
		t.Error(err)
	}
}
