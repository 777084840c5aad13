package lifecycle_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// events are the lines of a dossier's trail, not shared with the store.
func events(d *lifecycle.Dossier) []lifecycle.Event {
	d.Events = slices.Clone(d.Events)
	return d.Events
}

// where is the place of a line in a dossier's trail.
func where(d *lifecycle.Dossier, action string) int {
	return slices.IndexFunc(d.Events, func(e lifecycle.Event) bool { return e.Action == action })
}

// A change of the audit trail that leaves the seals alone is found whatever it
// is; one by somebody who seals anew is found where it does not tell the story
// of the settlement.
func TestEveryBreachOfTheAuditTrailIsFound(t *testing.T) {
	tests := []struct {
		name      string
		invariant string
		discharge settlement.DischargeID
		sealed    bool // anew
		change    func(*lifecycle.Dossier)
	}{
		{"a line's actor", "I15", "D1", false, func(d *lifecycle.Dossier) { events(d)[1].Actor = "x" }},
		{"a line's reason", "I15", "D1", false, func(d *lifecycle.Dossier) { events(d)[1].Reason = "x" }},
		{"a line's time", "I15", "D1", false, func(d *lifecycle.Dossier) {
			line := &events(d)[1]
			line.At = line.At.Add(time.Microsecond)
		}},
		{"a line's epoch", "I15", "D1", false, func(d *lifecycle.Dossier) { events(d)[1].Epoch++ }},
		{"a line's seal", "I15", "D1", false, func(d *lifecycle.Dossier) { events(d)[1].Seal[31]++ }},
		{"the record's seal", "I15", "D1", false, func(d *lifecycle.Dossier) { d.Settlement.Seal[0]++ }},
		{"a line that changed nothing is gone", "I15", "D1", false, func(d *lifecycle.Dossier) { d.Events = slices.Delete(events(d), 2, 3) }},
		{"the last line is gone", "I15", "D1", false, func(d *lifecycle.Dossier) { d.Events = d.Events[:len(d.Events)-1] }},
		{"the first line is gone", "I15", "D1", false, func(d *lifecycle.Dossier) { d.Events = d.Events[1:] }},
		{"all lines are gone", "I15", "D1", false, func(d *lifecycle.Dossier) { d.Events = nil }},
		{"a line twice", "I15", "D1", false, func(d *lifecycle.Dossier) { d.Events = slices.Insert(events(d), 2, d.Events[1]) }},
		{"two lines in another order", "I15", "D1", false, func(d *lifecycle.Dossier) {
			e := events(d)
			e[1], e[2] = e[2], e[1]
		}},
		{"the trail of another settlement", "I15", "D1", false, func(d *lifecycle.Dossier) { d.Settlement.ID += "x" }},
		{"the seals are gone", "I15", "D1", false, func(d *lifecycle.Dossier) {
			for i := range events(d) {
				d.Events[i].Seal, d.Events[i].Epoch = settlement.Seal{}, 0
			}
		}},
		{"the seals of the last lines are gone", "I15", "D1", false, func(d *lifecycle.Dossier) {
			last := &events(d)[len(d.Events)-1]
			last.Seal, last.Epoch, d.Settlement.Seal = settlement.Seal{}, 0, d.Events[len(d.Events)-2].Seal
		}},

		{"a commit without a line", "I15", "D1", true, func(d *lifecycle.Dossier) {
			d.Events = slices.Delete(events(d), where(d, "settle.commit"), where(d, "settle.commit")+1)
		}},
		{"a decision against it without a line", "I15", "D5", true, func(d *lifecycle.Dossier) {
			d.Events = slices.Delete(events(d), where(d, "settle.abort"), where(d, "settle.abort")+1)
		}},
		{"a reversal asked for without a line", "I15", "D4", true, func(d *lifecycle.Dossier) {
			d.Events = slices.Delete(events(d), where(d, "reverse.open"), where(d, "reverse.open")+1)
		}},
		{"a change of state with two lines", "I15", "D5", true, func(d *lifecycle.Dossier) {
			at := where(d, "settle.abort")
			d.Events = slices.Insert(events(d), at, d.Events[at])
		}},
		{"a change of state by a line that makes none", "I15", "D5", true, func(d *lifecycle.Dossier) {
			events(d)[where(d, "settle.abort")].Action = "inquire.send"
		}},
		{"a step that there is not", "I15", "D1", true, func(d *lifecycle.Dossier) {
			events(d)[where(d, "settle.send")].State = settlement.StateReversing
		}},
		{"another state than the record's", "I15", "D1", true, func(d *lifecycle.Dossier) {
			d.Settlement.State = settlement.StateReversing
		}},

		{"an epoch that falls", "I13", "D1", true, func(d *lifecycle.Dossier) {
			d.Settlement.Epoch, d.Settlement.Revision = 2, 9
			events(d)[1].Epoch = 2
		}},
		{"an epoch that does not begin with one", "I13", "D1", true, func(d *lifecycle.Dossier) {
			d.Settlement.Epoch = 2
			for i := range events(d) {
				d.Events[i].Epoch = 2
			}
		}},
		{"a write in an epoch that the record never had", "I13", "D1", true, func(d *lifecycle.Dossier) {
			events(d)[len(d.Events)-1].Epoch++
		}},
		{"a record without an epoch", "I13", "D1", true, func(d *lifecycle.Dossier) { d.Settlement.Epoch = 0 }},
		{"more changes of owner than writes", "I13", "D1", true, func(d *lifecycle.Dossier) { d.Settlement.Epoch = d.Settlement.Revision + 1 }},
		{"closed and still owned", "I13", "D1", true, func(d *lifecycle.Dossier) { d.Settlement.Owner = "gateway-1" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				history(h)
				plant := func(d *lifecycle.Dossier) {
					if d.Settlement.Discharge != tt.discharge {
						return
					}
					tt.change(d)
					if tt.sealed {
						d.Reseal(0)
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

// What stores kept before there were seals is counted, and what is appended to
// it is checked.
func TestAnOlderTrailIsCounted(t *testing.T) {
	older := func(lines int) func(*lifecycle.Dossier) {
		return func(d *lifecycle.Dossier) {
			e := events(d)
			for i := range e[:min(lines, len(e))] {
				e[i].Epoch, e[i].State = 0, ""
			}
			d.Reseal(lines)
		}
	}
	live(t, best("A"), func(h *house) {
		history(h)
		for lines, want := range map[int]int{0: 0, 2: 0, 99: 6} {
			a := unbooked()
			found, _ := verified(t, tampered{Store: h.store, dossier: older(lines)}, a)
			if len(found) != 0 || a.Older() != want {
				t.Errorf("%d old lines: found %v, %d older, want %d", lines, found, a.Older(), want)
			}
		}
	})
}
