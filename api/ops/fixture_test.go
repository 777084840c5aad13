package ops

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// world is everything the page looks at, to be set by a test.
type world struct {
	now       time.Time
	live      *lifecycle.Live
	standing  Standing
	payers    []settlement.PayerCode
	suspended map[settlement.PayerCode]bool
	load      [2]int
	funds     []fund.Standing
	compared  Compared
	asked     int // how often it was counted
}

var errAway = errors.New("the store is errAway")

// quiet is a gateway that just started, at 09:00 in China.
func quiet() *world {
	w := &world{now: time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC), payers: []settlement.PayerCode{"nhsa"}, load: [2]int{1, 256}}
	w.live = lifecycle.NewLive(func() time.Time { return w.now })
	return w
}

func (w *world) config() Config {
	return Config{
		Now: func() time.Time { return w.now }, Live: w.live, Payers: w.payers,
		Standing:  func(context.Context) Standing { w.asked++; return w.standing },
		Suspended: func(code settlement.PayerCode) bool { return w.suspended[code] },
		Rooms:     []Room{{Name: words.Text{Zh: "正在应答", En: "Answering"}, Load: func() (int, int) { return w.load[0], w.load[1] }}},
		Compared:  func(context.Context) Compared { return w.compared },
		Funds:     func() []fund.Standing { return w.funds },
		About: About{
			Version: "v1.2.3", Go: "go1.26", Store: "sqlite onestop.db", Instance: "county-1", Started: w.now.Add(-3 * time.Hour),
			Settings: []Setting{{"limits.lease", "1m0s", "file"}},
		},
	}
}

// facts are those of now.
func (w *world) facts() *facts {
	b := &board{Config: w.config()}
	b.gather(context.Background(), w.now)
	return &b.last
}

// answered notes n requests now.
func (w *world) answered(n int, failed bool, spent lifecycle.Spent) {
	for range n {
		w.live.Answered(failed, spent)
	}
}

// get is what the page answers; headers are pairs.
func get(t *testing.T, handler http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		t.Fatalf("%s answers %d %s", target, recorder.Code, recorder.Body)
	}
	return recorder
}
