package chain

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAWholeChainIsProvenUpToItsHead(t *testing.T) {
	s := filled(3 * blockMax / 2)
	first := signed(t, sealed(t, s))
	s.put("y", "z")
	sealed(t, s)
	s.put("not sealed yet")
	proof, breaches := walked(t, s, first)
	want := Proof{Blocks: 4, Rows: 3*blockMax/2 + 3, Earlier: 1, Until: 3*blockMax/2 + 2, Behind: 1, Heads: 1, Signed: first, Unsigned: 2}
	if diff := cmp.Diff(want, proof); diff != "" || breaches != nil {
		t.Errorf("breaches %v, proof (-want +got):\n%s", breaches, diff)
	}
}

func TestNothingIsSealedTwice(t *testing.T) {
	s := filled(5)
	tip := sealed(t, s)
	if again := sealed(t, s); again.Height != tip.Height || len(s.blocks) != 2 {
		t.Errorf("%d blocks", len(s.blocks))
	}
}

func TestBreachesAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(*shelf)
		want   []BreachKind
	}{
		"a value":                       {func(s *shelf) { s.rows[3].Values[0] = "changed" }, []BreachKind{RowChanged}},
		"a kind of value":               {func(s *shelf) { s.rows[3].Values[0] = []byte("x") }, []BreachKind{RowChanged}},
		"a table":                       {func(s *shelf) { s.rows[3].Table = "other" }, []BreachKind{RowChanged}},
		"what is attached":              {func(s *shelf) { s.rows[3].Attached = []Row{{Table: "entry"}} }, []BreachKind{RowChanged}},
		"a row less":                    {func(s *shelf) { s.rows = append(s.rows[:3:3], s.rows[4:]...) }, []BreachKind{RowMissing}},
		"the last row":                  {func(s *shelf) { s.rows = s.rows[:9] }, []BreachKind{RowMissing}},
		"a row more":                    {func(s *shelf) { s.rows = append(s.rows[:5:5], s.rows[4:]...) }, []BreachKind{RowInserted}},
		"order":                         {func(s *shelf) { s.rows[2].Values, s.rows[5].Values = []any{"a"}, []any{"b"} }, []BreachKind{RowChanged}},
		"an earlier value":              {func(s *shelf) { s.earlier[0].Values[0] = "new" }, []BreachKind{RowChanged}},
		"an earlier row less":           {func(s *shelf) { s.earlier = nil }, []BreachKind{RowMissing}},
		"an earlier row more":           {func(s *shelf) { s.earlier = append(s.earlier, s.earlier[0]) }, []BreachKind{RowInserted}},
		"a row that belongs to nothing": {func(s *shelf) { s.orphans = []Row{{Table: "entry"}} }, []BreachKind{RowInserted}},
		"a seal":                        {func(s *shelf) { s.blocks[1].Seal = []byte("x") }, []BreachKind{BlockBroken, HeadStrays}},
		"leaves":                        {func(s *shelf) { s.blocks[1].Leaves[1] ^= 1 }, []BreachKind{BlockBroken}},
		"leaves cut short":              {func(s *shelf) { s.blocks[1].Leaves = s.blocks[1].Leaves[:4] }, []BreachKind{BlockBroken}},
		"a form":                        {func(s *shelf) { s.blocks[1].Form = 2 }, []BreachKind{BlockBroken}},
		"the last block":                {func(s *shelf) { s.blocks = s.blocks[:1] }, []BreachKind{ChainCut}},
		"all blocks":                    {func(s *shelf) { s.blocks = nil }, []BreachKind{ChainCut}},
		"the first block":               {func(s *shelf) { s.blocks = s.blocks[1:] }, []BreachKind{BlockBroken}},
		"everything":                    {func(s *shelf) { *s = shelf{} }, []BreachKind{ChainCut}},
		"all made anew": {func(s *shelf) {
			s.rows[0].Values[0], s.blocks = "changed", nil
			if _, err := sealer(s).Seal(t.Context()); err != nil {
				t.Error(err)
			}
		}, []BreachKind{HeadStrays}},
	} {
		t.Run(name, func(t *testing.T) {
			s := filled(10)
			head := signed(t, sealed(t, s))
			c.tamper(s)
			if _, got := walked(t, s, head); !cmp.Equal(got, c.want) && !(name == "leaves" && cmp.Equal(got, []BreachKind{BlockBroken, RowChanged})) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestForgedHeadsProveNothing(t *testing.T) {
	s := filled(4)
	tip := sealed(t, s)
	for name, forge := range map[string]func(*Head){
		"another height": func(h *Head) { h.Height = 0 },
		"another time":   func(h *Head) { h.At = h.At.AddDate(1, 0, 0) },
		"no signature":   func(h *Head) { h.Signature = nil },
		"another key":    func(h *Head) { h.Key = "q" },
		"another seal":   func(h *Head) { h.Seal = []byte("x") },
	} {
		head := signed(t, tip)
		forge(&head)
		proof, got := walked(t, s, head)
		if !cmp.Equal(got, []BreachKind{HeadForged}) || proof.Signed.Height != -1 || proof.Unsigned != 5 {
			t.Errorf("%s: %v, %+v", name, got, proof)
		}
	}
}

func TestAHeadIsReadAsItWasWritten(t *testing.T) {
	head := signed(t, sealed(t, filled(1)))
	line, err := head.Line()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadHead(line)
	if diff := cmp.Diff(head, back); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, text := range []string{"", "{", "{}", `{"height":1}`, `{"height":1,"seal":"eA==","more":1}`, "null"} {
		if _, err := ReadHead([]byte(text)); err == nil {
			t.Errorf("%q was taken for a head", text)
		}
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	broken := errors.New("broken")
	s := filled(2)
	sealed(t, s)
	s.fails = broken
	v := Verifier{Archive: s, Hashes: Hashes{SHA256()}, Report: func(Breach) {}}
	if _, err := v.Verify(t.Context()); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := sealer(s).Seal(t.Context()); !errors.Is(err, broken) {
		t.Error(err)
	}
}
