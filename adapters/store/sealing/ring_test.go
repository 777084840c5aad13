package sealing_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"pgregory.net/rapid"
)

var at = sealing.Place{Column: "person.document", A: "b-1"}

func opens(t *testing.T, r *sealing.Ring, at sealing.Place, kept, want []byte) {
	t.Helper()
	got, err := r.Unseal(at, kept)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("opened %q, %v; want %q", got, err, want)
	}
}

func refuses(t *testing.T, r *sealing.Ring, at sealing.Place, kept []byte, want error) {
	t.Helper()
	got, err := r.Unseal(at, kept)
	if !errors.Is(err, want) || got != nil || settlement.KindOf(err) != settlement.KindInternal {
		t.Fatalf("opened %q, %v; want %v", got, err, want)
	}
}

func TestSealed(t *testing.T) {
	plain := []byte("张测试 360827194910010018")
	for _, algorithm := range []sealing.Algorithm{sealing.AES, sealing.SM4} {
		t.Run(string(algorithm), func(t *testing.T) {
			file := storetest.NewRingFile(t, algorithm).Use(t)
			r := file.Open(t)
			for name, seal := range map[string]func(sealing.Place, []byte) []byte{"seal": r.Seal, "again": r.SealAgain} {
				kept := seal(at, plain)
				if bytes.Contains(kept, plain[:9]) || len(kept) != len(plain)+sealing.Overhead || !sealing.Sealed(kept) {
					t.Errorf("%s: kept as %q", name, kept)
				}
				opens(t, r, at, kept, plain)
				opens(t, file.Open(t), at, kept, plain) // another process
				refuses(t, nil, at, kept, sealing.ErrNoKey)
			}
			if bytes.Equal(r.Seal(at, plain), r.Seal(at, plain)) {
				t.Error("two values sealed alike can be told to be equal")
			}
			if !bytes.Equal(r.SealAgain(at, plain), file.Open(t).SealAgain(at, plain)) {
				t.Error("sealed again in another process, the value is another")
			}
		})
	}
}

// Nothing stays nothing: a column that may be NULL stays so.
func TestSealedNothing(t *testing.T) {
	r := storetest.NewRingFile(t, sealing.AES).Use(t).Open(t)
	if kept := r.Seal(at, nil); kept != nil {
		t.Errorf("kept as %q", kept)
	}
	opens(t, r, at, nil, nil)
}

// Whatever begins as a sealed value does is kept so that it is not taken for
// one, with keys and without.
func TestSealedMark(t *testing.T) {
	for name, r := range map[string]*sealing.Ring{"none": nil, "idle": storetest.NewRingFile(t, sealing.AES).Open(t)} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				plain := append([]byte("\x00PII"), rapid.SliceOf(rapid.Byte()).Draw(t, "rest")...)
				kept := r.Seal(at, plain)
				got, err := r.Unseal(at, kept)
				if err != nil || !bytes.Equal(got, plain) || sealing.Sealed(kept) {
					t.Fatalf("%q kept as %q, read as %q, %v", plain, kept, got, err)
				}
			})
			if kept := r.Seal(at, []byte("p")); string(kept) != "p" {
				t.Errorf("kept as %q", kept)
			}
		})
	}
}

// Any change of a sealed value is found, and any other place.
func TestSealedAltered(t *testing.T) {
	r := storetest.NewRingFile(t, sealing.AES).Use(t).Open(t)
	kept := r.Seal(at, []byte("张测试"))
	for i := range kept {
		for _, bit := range []byte{1, 0x80} {
			altered := bytes.Clone(kept)
			altered[i] ^= bit
			got, err := r.Unseal(at, altered)
			if i >= 4 && err == nil && altered[4] != 0 || bytes.Contains(got, []byte("张测试")) {
				t.Fatalf("bit %x of byte %d changed: read %q", bit, i, got)
			}
		}
	}
	for size := 4; size < len(kept); size++ {
		refuses(t, r, at, kept[:size], sealing.ErrAltered)
	}
	for _, other := range []sealing.Place{
		{Column: "person.document", A: "b-2"}, {Column: "person.documen", A: "tb-1"}, {Column: "review.document", A: "b-1"},
		{Column: "person.document", B: "b-1"}, {Column: "person.document", A: "b-1", N: 1}, {Column: "person.document", A: "b-1", M: 1},
		{Column: "person.document", A: "b-1", C: "x"},
	} {
		refuses(t, r, other, kept, sealing.ErrAltered)
	}
}

// A ring of other keys has none that opens the value.
func TestSealedElsewhere(t *testing.T) {
	kept := storetest.NewRingFile(t, sealing.AES).Use(t).Open(t).Seal(at, []byte("张测试"))
	refuses(t, storetest.NewRingFile(t, sealing.AES).Use(t).Open(t), at, kept, sealing.ErrNoKey)
}

// A gateway whose ring is older than a value finds the key in the file, at once:
// whoever reads a value encrypted anew cannot wait.
func TestRotated(t *testing.T) {
	file := storetest.NewRingFile(t, sealing.AES).Use(t)
	early := file.Open(t)
	before := early.Seal(at, []byte("张测试"))
	file.Rotate(t, sealing.SM4)
	late := file.Open(t)
	after := late.Seal(at, []byte("李测试"))
	opens(t, late, at, before, []byte("张测试"))
	if early.Active() == late.Active() {
		t.Fatal("the key in use did not change")
	}
	opens(t, early, at, after, []byte("李测试")) // at once, though the file was only just read
	if early.Active() != late.Active() {
		t.Error("it seals with the older key")
	}
}

// Rotating while values are sealed and opened fails nobody.
func TestRotatedUnderLoad(t *testing.T) {
	file := storetest.NewRingFile(t, sealing.AES)
	r := file.Open(t)
	stop := make(chan struct{})
	var working sync.WaitGroup
	for worker := range 4 {
		working.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				here := sealing.Place{Column: "settlement.moved", A: fmt.Sprint(worker), N: int64(i)}
				plain := []byte(strings.Repeat("张", i%50+1))
				for _, kept := range [][]byte{r.Seal(here, plain), r.SealAgain(here, plain)} {
					got, err := r.Unseal(here, kept)
					if err != nil || !bytes.Equal(got, plain) {
						t.Errorf("%q, %v", got, err)
						return
					}
				}
			}
		})
	}
	for i := range 40 {
		file.Rotate(t, []sealing.Algorithm{sealing.AES, sealing.SM4}[i%2])
		if err := r.Reload(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	working.Wait()
}

func TestReloadedWrong(t *testing.T) {
	file := storetest.NewRingFile(t, sealing.AES).Use(t)
	r := file.Open(t)
	if err := os.WriteFile(file.Path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r.Reload() == nil {
		t.Error("a broken ring was read")
	}
	opens(t, r, at, r.Seal(at, []byte("张测试")), []byte("张测试"))
}

func TestIndex(t *testing.T) {
	const number settlement.Private = "360827194910010018"
	file := storetest.NewRingFile(t, sealing.SM4)
	idle := file.Open(t)
	used := file.Use(t).Open(t)
	var none *sealing.Ring
	if none.Index(number) != number.Reveal() || idle.Index(number) != number.Reveal() {
		t.Error("blind without a key in use")
	}
	blind := used.Index(number)
	if strings.Contains(blind, number.Reveal()) || used.Index(number) != blind || used.Index("360827194910010026") == blind {
		t.Errorf("index %q", blind)
	}
	file.Rotate(t, sealing.AES)
	if rotated := file.Open(t); rotated.Index(number) != blind {
		t.Error("rotating a data key changed the index")
	}
	if used.Index("") != "" || storetest.NewRingFile(t, sealing.AES).Use(t).Open(t).Index(number) == blind {
		t.Error("index of nothing, or the same index under another key")
	}
	for _, ways := range [][]string{idle.Indexes(number), used.Indexes(number)} {
		if len(ways) != 2 || !strings.Contains(strings.Join(ways, " "), blind) || !strings.Contains(strings.Join(ways, " "), number.Reveal()) {
			t.Errorf("ways %d", len(ways))
		}
	}
}

func TestBook(t *testing.T) {
	one, two := bytes.Repeat([]byte{1}, sealing.KeySize), bytes.Repeat([]byte{2}, sealing.KeySize)
	book, err := sealing.NewBook(sealing.AES, one, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Use(book.Keys[0].ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ring.json")
	write := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := book.Text()
	if err != nil {
		t.Fatal(err)
	}
	write(text)
	r, err := sealing.OpenRing(path, one)
	if err != nil {
		t.Fatal(err)
	}
	kept := r.Seal(at, []byte("张测试"))
	if _, err := sealing.OpenRing(path, two); err == nil {
		t.Error("opened by another master key")
	}
	if err := book.Entrust([][]byte{one}, two); err != nil {
		t.Fatal(err)
	}
	text, err = book.Text()
	if err != nil {
		t.Fatal(err)
	}
	write(text)
	if _, err := sealing.OpenRing(path, one); err == nil {
		t.Error("still opened by the old master key")
	}
	entrusted, err := sealing.OpenRing(path, one, two)
	if err != nil {
		t.Fatal(err)
	}
	opens(t, entrusted, at, kept, []byte("张测试"))
	if book.Use("00000000", time.Now()) == nil {
		t.Error("used a key that is not there")
	}
	for name, wrong := range map[string]string{
		"no JSON": "ring", "unknown field": `{"more":1}`, "two": string(text) + "{}", "no keys": `{"active":"","keys":[],"index":{}}`,
		"algorithm": strings.Replace(string(text), "AES-256-GCM", "AES-128-ECB", 1),
		"active":    strings.Replace(string(text), `"active": "`, `"active": "0`, 1),
	} {
		write([]byte(wrong))
		if _, err := sealing.OpenRing(path, two); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	book.Keys[0].Wrapped[20] ^= 1
	text, err = book.Text()
	if err != nil {
		t.Fatal(err)
	}
	write(text)
	if _, err := sealing.OpenRing(path, two); err == nil {
		t.Error("an altered key was opened")
	}
}

func benchmark(b *testing.B, algorithm sealing.Algorithm) {
	r := storetest.NewRingFile(b, algorithm).Use(b).Open(b)
	plain := bytes.Repeat([]byte("x"), 1024)
	kept := r.Seal(at, plain)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Seal(at, plain)
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			r.SealAgain(at, plain)
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.Unseal(at, kept); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			r.Index("360827194910010018")
		}
	})
}

// One value of 1 KiB.
func BenchmarkAES(b *testing.B) { benchmark(b, sealing.AES) }
func BenchmarkSM4(b *testing.B) { benchmark(b, sealing.SM4) }
