package lifecycle_test

import (
	"context"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A discharge that is still to come is neither quoted nor settled: a mistyped
// year would draw on a cap of its own. The next day's is taken, for clocks that
// are ahead of ours; when its day has come, the same request settles.
func TestADischargeToComeIsRefused(t *testing.T) {
	live(t, best("A"), func(h *house) {
		today := settlement.DayOf(noon)
		leaving := func(day settlement.Date) lifecycle.Ask {
			ask := discharge(1, 0)
			ask.Claim.Discharge = day
			return ask
		}
		for _, day := range []settlement.Date{today.Plus(2), today.Plus(365), 29991231} {
			_, err := h.g.Settle(context.Background(), leaving(day))
			e := h.refused(err, settlement.KindInvalid, settlement.ReasonFutureDischarge)
			if e.Field != "discharge_date" || e.Value != day.String() {
				t.Errorf("field %s value %s, want discharge_date %s", e.Field, e.Value, day)
			}
			held := leaving(day)
			held.Hold = time.Minute
			for _, ask := range []lifecycle.Ask{leaving(day), held} {
				_, err = h.g.Quote(context.Background(), ask)
				h.refused(err, settlement.KindInvalid, settlement.ReasonFutureDischarge)
			}
		}
		if h.sends() != 0 || h.used(2999) != 0 {
			t.Errorf("%d calls to the payer, %s used", h.sends(), h.used(2999))
		}
		if s := h.settled(leaving(today.Plus(1))).Settlement; s.State != settlement.StateCommitted {
			t.Errorf("tomorrow's: %s", s.State)
		}
	})
	live(t, best("A"), func(h *house) {
		ask := discharge(1, 0)
		ask.Claim.Discharge = settlement.DayOf(noon).Plus(2)
		_, err := h.g.Settle(context.Background(), ask)
		h.refused(err, settlement.KindInvalid, settlement.ReasonFutureDischarge)
		time.Sleep(24 * time.Hour)
		if s := h.settled(ask).Settlement; s.State != settlement.StateCommitted {
			t.Errorf("when the day had come: %s", s.State)
		}
	})
}
