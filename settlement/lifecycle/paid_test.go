package lifecycle_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// listener is a payer that notes what it is told of the payers before it.
type listener struct {
	lifecycle.Payer
	told *sync.Map // of "operation payer" the amount
}

func (l listener) Prepare(call lifecycle.Call) (lifecycle.Wire, error) {
	l.told.Store(string(call.Operation)+" "+string(l.Code()), call.Paid)
	return l.Payer.Prepare(call)
}

// TestALaterPayerIsToldWhatEarlierOnesPay: in a quote, when settling, when
// asking what became of a lost answer, and when taking it back.
func TestALaterPayerIsToldWhatEarlierOnesPay(t *testing.T) {
	two := func(w *world) {
		best("A")(w)
		best("B")(w)
		w.payers[0].basic, w.payers[1].basic = 300_000, 200_000
	}
	live(t, two, func(h *house) {
		var told sync.Map
		for code, payer := range h.g.Directory.Payers {
			h.g.Directory.Payers[code] = listener{payer, &told}
		}
		if _, err := h.g.Quote(context.Background(), discharge(1, 0)); err != nil {
			t.Fatal(err)
		}
		h.script["settle B"] = answers("applied, answer lost")
		settled := h.settled(discharge(1, 0))
		if settled.Settlement.State != settlement.StateCommitted {
			t.Fatalf("%s", settled.Body)
		}
		_, err := h.g.Reverse(context.Background(), lifecycle.ReverseAsk{
			Tenant: settlement.TenantID(hospital), Actor: "cashier", Request: "undo-1", Settlement: settled.Settlement.ID, Cause: "test",
		})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]settlement.Money{}
		told.Range(func(key, value any) bool { got[key.(string)] = value.(settlement.Money); return true })
		want := map[string]settlement.Money{
			"quote A": 0, "quote B": 300_000, "settle A": 0, "settle B": 300_000, "inquire B": 300_000, "reverse A": 0, "reverse B": 300_000,
		}
		delete(got, "identify A")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}
