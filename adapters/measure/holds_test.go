package measure

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func TestWhatIsHeld(t *testing.T) {
	now, reads := time.Unix(1_700_000_000, 0), 0
	var failing error
	holds := NewHolds(func(context.Context) (map[settlement.RegionID]lifecycle.Held, error) {
		reads++
		return map[settlement.RegionID]lifecycle.Held{"360827": {Quotes: 2, Promised: 1_234_50}}, failing
	}, []settlement.RegionID{"360827", "511425"}, func() time.Time { return now })
	want := `# HELP onestop_quotes_held Quotes that hold room of annual caps now, by region of the person; absent while the store cannot be read.
# TYPE onestop_quotes_held gauge
onestop_quotes_held{region="360827"} 2
onestop_quotes_held{region="511425"} 0
# HELP onestop_quotes_held_yuan Assistance these quotes promise.
# TYPE onestop_quotes_held_yuan gauge
onestop_quotes_held_yuan{region="360827"} 1234.5
onestop_quotes_held_yuan{region="511425"} 0
`
	for range 2 {
		if err := testutil.CollectAndCompare(holds, strings.NewReader(want)); err != nil {
			t.Error(err)
		}
	}
	if reads != 1 {
		t.Errorf("read %d times within a minute", reads)
	}
	now, failing = now.Add(heldEvery), errors.New("no store")
	if n := testutil.CollectAndCount(holds); n != 0 || reads != 2 {
		t.Errorf("%d told after %d reads", n, reads)
	}
	failing = nil
	if n := testutil.CollectAndCount(holds); n != 4 {
		t.Errorf("%d told once it can be read again", n)
	}
}
