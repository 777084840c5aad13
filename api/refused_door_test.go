package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// notebook takes notes, and seals nothing.
type notebook struct {
	chain.Store
	notes map[string]int64
}

func (n *notebook) Horizon(context.Context) (int64, error) { return 0, errors.New("nothing is sealed") }

func (n *notebook) Note(_ context.Context, notes []chain.Note) error {
	for _, note := range notes {
		n.notes[note.Actor+" "+note.Action+" "+note.Reason] += note.Times
	}
	return nil
}

// noted is what refusals become in the audit trail when a gateway ends.
func noted(t *testing.T, refusals *chain.Refusals) map[string]int64 {
	t.Helper()
	book := &notebook{notes: map[string]int64{}}
	k := chain.Keeper{Sealer: chain.Sealer{Store: book, Now: time.Now}, Refusals: refusals, SealEvery: time.Hour, HeadEvery: time.Hour, Log: slog.New(slog.DiscardHandler)}
	ended, end := context.WithCancel(t.Context())
	end()
	k.Run(ended, nil)
	return book.notes
}

// Whoever is refused at the door is in the audit trail, too: by the address,
// where nobody knows who it was, and once a minute however often they try.
func TestWhoIsRefusedAtTheDoorIsNoted(t *testing.T) {
	o := newMint(t)
	refusals := chain.NewRefusals(func() time.Time { return time.Unix(1_700_000_000, 0) })
	w := serve(t, func(c *Config) { c.Identity, c.Refusals = o.guard, refusals })
	for range 3 {
		if got := w.get("/v1/settlements/st-own"); got.status != http.StatusUnauthorized {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if _, err := w.client.GetSettlement(t.Context(), &onestopv1.GetSettlementRequest{Id: "st-own"}); err == nil {
			t.Fatal("let in")
		}
	}
	w.get("/v1/settlements/st-own", "Authorization: Bearer nonsense")
	w.get("/v1/attention", "Authorization: "+o.token(t, identity.Cashier))
	w.get("/v1/nowhere", "Authorization: "+o.token(t, identity.Cashier))
	page := &world{t: t}
	c := Config{Identity: o.guard, Refusals: refusals}
	page.serveREST(NewHTTPServer(c.OperatorsOnly(http.NotFoundHandler())))
	page.get("/metrics")
	page.get("/metrics", "Authorization: "+o.token(t, identity.BureauOfficer))
	if diff := cmp.Diff(map[string]int64{
		"address/127.0.0.1 none UNAUTHENTICATED":                 4,
		"address/127.0.0.1 GetSettlement UNAUTHENTICATED":        3,
		"caller/H36082700001/li ListAttention PERMISSION_DENIED": 1,
		"address/127.0.0.1 none NO_SUCH_PATH":                    1,
		"address/127.0.0.1 operations UNAUTHENTICATED":           1,
		"caller/MZ360827/li operations PERMISSION_DENIED":        1,
	}, noted(t, refusals)); diff != "" {
		t.Error(diff)
	}
}
