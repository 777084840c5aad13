package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The size of a history, and how many are made. One with more operations on one
// key than about two hundred takes a checker too long.
const (
	linearHistories = 50
	linearWithin    = 8 * time.Second // no further history is begun after it
	linearClients   = 10
	linearEach      = 12 // operations of one client
	linearCheck     = 20 * time.Second
)

// Linear makes clients settle, reverse and read the same few persons' years at
// once, and has every history checked for linearizability: there must be one
// order of what happened that explains every answer, and in which nothing
// happens before it was asked or after it was answered. A commit that got no
// answer may have happened at any time later, or never. open is called once.
func Linear(t *testing.T, open func(t *testing.T) Opened) {
	histories := linearHistories
	if testing.Short() {
		histories /= 5
	}
	found := judgeHistories(t, open(t).Store, histories)
	t.Logf("%d histories, %d operations, %d of them without an answer", found.histories, found.operations, found.unknown)
	if found.illegal > 0 {
		t.Errorf("%d histories have no order that explains them", found.illegal)
	}
	if found.undecided*100 > found.histories {
		t.Errorf("%d of %d histories were not decided in time", found.undecided, found.histories)
	}
}

// judged is what came of a number of histories.
type judged struct {
	histories, operations, unknown, illegal, undecided int
}

// judgeHistories makes up to n histories and checks each. It stops at the first
// that has no order, of which it keeps a picture, and when time is up.
func judgeHistories(t *testing.T, s lifecycle.Store, n int) (found judged) {
	t.Helper()
	begun := time.Now()
	for i := 0; i < n && time.Since(begun) < linearWithin && found.illegal == 0; i++ {
		history, unknown := makeHistory(t, s, i)
		found.histories++
		found.operations += len(history)
		found.unknown += unknown
		result, info := porcupine.CheckOperationsVerbose(accumulatorModel, history, linearCheck)
		switch result {
		case porcupine.Unknown:
			found.undecided++
		case porcupine.Illegal:
			found.illegal++
			picture := filepath.Join(t.ArtifactDir(), "history.html")
			err := porcupine.VisualizePath(accumulatorModel, info, picture)
			t.Logf("history %d has no order; its picture is kept with -artifacts, %v", i, err)
		}
	}
	return found
}

// makeHistory lets the clients of history number n work at once on persons of
// their own, and reads what is left.
func makeHistory(t *testing.T, s lifecycle.Store, n int) (history []porcupine.Operation, unknown int) {
	t.Helper()
	begun := time.Now()
	clients := make([]*client, linearClients)
	var group sync.WaitGroup
	for i := range clients {
		clients[i] = &client{
			store: s, history: n, no: i, begun: begun, errs: map[string]error{},
			dice: rand.New(rand.NewPCG(uint64(n), uint64(i))),
		}
		group.Go(func() { clients[i].work(t.Context()) })
	}
	group.Wait()
	last := &client{store: s, history: n, no: linearClients, begun: begun, errs: map[string]error{}}
	for i := range linearKeys {
		last.read(t.Context(), linearKey(n, i))
	}
	for _, c := range append(clients, last) {
		for verb, err := range c.errs {
			t.Fatalf("%s: %v", verb, err)
		}
		history = append(history, c.done...)
		unknown += c.unknown
	}
	return history, unknown
}

// linearKeys are the accumulators of one history: two persons' two years.
const linearKeys = 4

func linearKey(history, i int) lifecycle.AccumulatorKey {
	return lifecycle.AccumulatorKey{Beneficiary: settlement.BeneficiaryID(fmt.Sprintf("linear-%03d-%d", history, i%2)), Year: 2012 + i/2}
}

// client is one caller of a store, that remembers what it asked and was told.
type client struct {
	store   lifecycle.Store
	history int
	no      int
	begun   time.Time
	dice    *rand.Rand
	made    int
	settled []settlement.Settlement // by it, and not reversed yet
	done    []porcupine.Operation
	unknown int
	errs    map[string]error // what no store may answer, by what was done
}

func (c *client) work(ctx context.Context) {
	for range linearEach {
		key := linearKey(c.history, c.dice.IntN(linearKeys))
		switch throw := c.dice.IntN(10); {
		case throw < 5:
			c.settle(ctx, key)
		case throw < 7 && len(c.settled) > 0:
			c.reverse(ctx)
		default:
			c.read(ctx, key)
		}
	}
}

// settle draws what it wants from a cap, as far as it goes.
func (c *client) settle(ctx context.Context, key lifecycle.AccumulatorKey) {
	c.made++
	s := record(fmt.Sprintf("linear-%03d-%02d-%02d", c.history, c.no, c.made))
	s.Beneficiary.ID, s.Year = key.Beneficiary, key.Year
	err := c.store.Open(ctx, opening(s))
	if err != nil {
		c.errs["opening"] = err
		return
	}
	s.Revision = 1
	asked := wanted{key: key, verb: "settle", id: s.ID, amount: settlement.Money(100 + c.dice.IntN(3_000))}
	var told answer
	closed, known := c.close(ctx, asked, &told, s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		told.found = ground.Used.Used[total]
		told.amount = min(asked.amount, linearLimit-told.found)
		return committing(s, ground.Sequence, told.amount), nil
	})
	if known {
		c.settled = append(c.settled, closed)
	}
}

// reverse undoes one of the settlements it knows to stand.
func (c *client) reverse(ctx context.Context) {
	s := c.settled[0]
	c.settled = c.settled[1:]
	key := lifecycle.AccumulatorKey{Beneficiary: s.Beneficiary.ID, Year: s.Year}
	asked := wanted{key: key, verb: "reverse", id: s.ID}
	told := answer{amount: s.Adjudication.Benefit}
	c.close(ctx, asked, &told, s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		told.found = ground.Used.Used[total]
		return reversing(s), nil
	})
}

// close closes s. One answer in fifteen is lost on its way, whether the store
// was reached or not, and then only the record itself could tell.
func (c *client) close(ctx context.Context, asked wanted, told *answer, s settlement.Settlement, decide lifecycle.Decide) (settlement.Settlement, bool) {
	call := time.Since(c.begun)
	fate := c.dice.IntN(30)
	if fate == 0 {
		c.note(asked, answer{}, call, never)
		return s, false
	}
	closed, err := c.store.Close(ctx, s, decide)
	kind := settlement.KindOf(err)
	switch {
	case fate == 1 || err != nil && kind == settlement.KindInDoubt:
		c.note(asked, answer{}, call, never)
		return s, false
	case err != nil && kind == settlement.KindUnavailable: // nothing was done
		return s, false
	case err != nil:
		c.errs["closing for "+asked.verb] = err
		return s, false
	}
	told.known = true
	c.note(asked, *told, call, time.Since(c.begun))
	return closed, true
}

func (c *client) read(ctx context.Context, key lifecycle.AccumulatorKey) {
	call := time.Since(c.begun)
	used, err := c.store.Accumulator(ctx, key)
	if err != nil {
		c.errs["reading"] = err
		return
	}
	c.note(wanted{key: key, verb: "read"}, answer{known: true, found: used.Used[total]}, call, time.Since(c.begun))
}

func (c *client) note(asked wanted, told answer, call, back time.Duration) {
	if !told.known {
		c.unknown++
	}
	c.done = append(c.done, porcupine.Operation{ClientId: c.no, Input: asked, Call: int64(call), Output: told, Return: int64(back)})
}
