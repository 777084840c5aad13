package lifecycle_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// What no constraint of a store keeps apart here is found by the auditor.
func TestEveryBreachAcrossSettlementsIsFound(t *testing.T) {
	tests := []struct {
		name      string
		invariant string
		change    func(*lifecycle.Dossier)
	}{
		{"a discharge settled twice", "I7", func(d *lifecycle.Dossier) { d.Settlement.Discharge = "D1" }},
		{"a discharge being settled twice", "I7", func(d *lifecycle.Dossier) {
			d.Settlement.Discharge, d.Settlement.State = "D1", settlement.StateAttention
		}},
		{"a message of another settlement", "I14", func(d *lifecycle.Dossier) {
			d.Settlement.Legs = slices.Clone(d.Settlement.Legs)
			d.Settlement.Legs[0].Message = "of D1"
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				history(h)
				plant := func(d *lifecycle.Dossier) {
					switch d.Settlement.Discharge {
					case "D1":
						d.Settlement.Legs = slices.Clone(d.Settlement.Legs)
						d.Settlement.Legs[0].Message = "of D1"
					case "D6": // of another person, far away in the walk
						tt.change(d)
					}
				}
				found, _ := verified(t, tampered{Store: h.store, dossier: plant}, unbooked())
				if !slices.Contains(found, tt.invariant) {
					t.Errorf("found %v, want %s among them", found, tt.invariant)
				}
			})
		})
	}
}

// One discharge of two tenants is two, and one that was aborted or reversed
// may be settled again.
func TestDischargesAreToldApart(t *testing.T) {
	live(t, best("A"), func(h *house) {
		history(h)
		for _, discharge := range []settlement.DischargeID{"D4", "D5"} { // reversed, aborted
			plant := func(d *lifecycle.Dossier) {
				if d.Settlement.Discharge == "D1" {
					d.Settlement.Discharge = discharge
				}
			}
			if found, _ := verified(t, tampered{Store: h.store, dossier: plant}, unbooked()); len(found) != 0 {
				t.Errorf("%s settled again: found %v", discharge, found)
			}
		}
		plant := func(d *lifecycle.Dossier) {
			if d.Settlement.Discharge == "D2" {
				d.Settlement.Discharge, d.Settlement.Tenant = "D1", "another"
				d.Requests = slices.Clone(d.Requests)
				d.Requests[0].Key.Tenant = "another"
			}
		}
		if found, _ := verified(t, tampered{Store: h.store, dossier: plant}, unbooked()); len(found) != 0 {
			t.Errorf("two tenants: found %v", found)
		}
	})
}

// bookLine is one line of a payer's book.
type bookLine struct {
	message settlement.MessageID
	net     int
}

func TestEveryBreachOfABookIsFound(t *testing.T) {
	tests := []struct {
		name  string
		lines func(settled, aborted, reversed settlement.MessageID) []bookLine
		want  []string
	}{
		{"as it should be", func(settled, _, _ settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}}
		}, nil},
		{"a line for each booking", func(settled, aborted, reversed settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {aborted, 1}, {reversed, 1}, {reversed, -1}, {aborted, -1}}
		}, nil},
		{"nothing of it", func(_, _, _ settlement.MessageID) []bookLine { return nil }, []string{"I5"}},
		{"reversed without the gateway", func(settled, _, _ settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {settled, -1}}
		}, []string{"I5"}},
		{"reversed twice", func(settled, _, reversed settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {reversed, 1}, {reversed, -1}, {reversed, -1}}
		}, []string{"I5", "I7"}},
		{"applied twice", func(settled, _, _ settlement.MessageID) []bookLine {
			return []bookLine{{settled, 2}}
		}, []string{"I5", "I7"}},
		{"applied twice and reversed once", func(settled, _, _ settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {settled, 1}, {settled, -1}}
		}, []string{"I7"}},
		{"what was reversed stands", func(settled, _, reversed settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {reversed, 1}}
		}, []string{"I5"}},
		{"what was aborted stands", func(settled, aborted, _ settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {aborted, 1}}
		}, []string{"I5"}},
		{"a settle that nobody sent", func(settled, _, _ settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {"unknown", 1}}
		}, []string{"I5"}},
		{"a settle that nobody sent, reversed", func(settled, _, _ settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {"unknown", 1}, {"unknown", -1}}
		}, []string{"I5"}},
		{"a reversal of nothing", func(settled, _, _ settlement.MessageID) []bookLine {
			return []bookLine{{settled, 1}, {"unknown", -1}}
		}, []string{"I5", "I7"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				settled := h.settled(discharge(1, 0)).Settlement
				reversed := h.settled(discharge(2, 0)).Settlement
				h.reversed(reversed.ID, 2)
				h.script["settle A"] = answers("refused")
				aborted := h.settled(discharge(3, 1)).Settlement
				a := unbooked()
				give := a.Book("A")
				for _, line := range tt.lines(settled.Legs[0].Message, aborted.Legs[0].Message, reversed.Legs[0].Message) {
					if err := give(line.message, line.net); err != nil {
						t.Fatal(err)
					}
				}
				if found, _ := verified(t, h.store, a); !slices.Equal(found, tt.want) {
					t.Errorf("found %v, want %v", found, tt.want)
				}
			})
		})
	}
}

// The book of one payer says nothing about another's messages.
func TestABookIsOfOnePayer(t *testing.T) {
	live(t, best("A"), func(h *house) {
		message := h.settled(discharge(1, 0)).Settlement.Legs[0].Message
		a := unbooked()
		if err := a.Book("B")(message, 1); err != nil {
			t.Fatal(err)
		}
		if found, _ := verified(t, h.store, a); !slices.Equal(found, []string{"I5"}) {
			t.Errorf("found %v: B holds what was sent to A", found)
		}
	})
}

// full is a sorter that has no room.
type full struct{ lifecycle.Sorter }

var errFull = errors.New("no room")

func (full) Add([]byte) error { return errFull }

func TestVerifySaysThatThereIsNoRoom(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.settled(discharge(1, 0))
		a := unbooked()
		a.Lines = full{&lines{}}
		if _, err := lifecycle.Verify(t.Context(), h.store, a, func(lifecycle.Finding) {}, nil); !errors.Is(err, errFull) {
			t.Error(err)
		}
	})
}
