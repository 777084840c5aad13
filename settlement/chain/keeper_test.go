package chain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// published are the heads that a keeper gave out.
type published struct {
	lock  sync.Mutex
	heads []Head
}

func (p *published) add(h Head) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.heads = append(p.heads, h)
	return nil
}

func (p *published) all() []Head {
	p.lock.Lock()
	defer p.lock.Unlock()
	return slices.Clone(p.heads)
}

func kept(s *shelf, heads *published) *Keeper {
	return &Keeper{
		Sealer: Sealer{Store: s, Hash: SHA256(), Now: time.Now}, Refusals: NewRefusals(time.Now), Instance: "a",
		Signer: keyed{"k"}, Publish: heads.add,
		SealEvery: time.Second, HeadEvery: 5 * time.Minute, Log: silent(),
	}
}

func TestHeadsComeInTimeOnDemandAndAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, heads := filled(1), new(published)
		k := kept(s, heads)
		ctx, stop := context.WithCancel(t.Context())
		demand, done := make(chan struct{}), make(chan struct{})
		go func() { k.Run(ctx, demand); close(done) }()
		expect := func(when string, want int) {
			t.Helper()
			synctest.Wait()
			if got := len(heads.all()); got != want {
				t.Errorf("%s: %d heads, want %d", when, got, want)
			}
		}
		expect("at the start", 1)
		time.Sleep(4 * time.Minute)
		expect("before it is time", 1)
		time.Sleep(61 * time.Second)
		expect("in time", 2)
		demand <- struct{}{}
		expect("on demand", 3)
		s.put("last")
		stop()
		<-done
		expect("at the end", 4)
		if stand := k.Standing(); stand.Signed != 2 || stand.Behind != 0 || stand.Height != 2 {
			t.Errorf("%+v", stand)
		}
		if _, breaches := walked(t, s, heads.all()...); breaches != nil {
			t.Error(breaches)
		}
	})
}

func TestAChainThatCannotBeSealedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, heads := filled(1), new(published)
		k := kept(s, heads)
		k.Sign(t.Context())
		before := k.Standing()
		s.fails = errors.New("broken")
		time.Sleep(time.Hour)
		k.Sign(t.Context())
		if after := k.Standing(); !after.HeadAt.Equal(before.HeadAt) || !after.SealedAt.Equal(before.SealedAt) {
			t.Errorf("%+v, then %+v", before, after)
		}
		s.fails = nil
		k.Publish = func(Head) error { return errors.New("no disk") }
		k.Sign(t.Context())
		if after := k.Standing(); !after.HeadAt.Equal(before.HeadAt) || !after.SealedAt.After(before.SealedAt) {
			t.Errorf("%+v, then %+v", before, after)
		}
	})
}

// However many are refused, a minute has a bounded number of rows, and every
// refusal is counted in one of them.
func TestAFloodOfRefusalsIsAFewRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, heads := filled(0), new(published)
		k := kept(s, heads)
		const floods = 20_000
		for n := range floods {
			k.Refusals.Count(fmt.Sprint("facility/", n), fmt.Sprint("Method", n%1000), "OVERLOADED")
		}
		k.seal(t.Context())
		if len(s.notes) > 0 {
			t.Error("a minute that is not over was written")
		}
		time.Sleep(time.Minute)
		k.seal(t.Context())
		total := int64(0)
		for _, n := range s.notes {
			total += n.Times
		}
		if len(s.notes) > 2*refusalsMax+1 || total != floods {
			t.Errorf("%d rows for %d refusals", len(s.notes), total)
		}
	})
}

func TestRefusalsAreCountedOnWhileNothingCanBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, heads := filled(0), new(published)
		k := kept(s, heads)
		s.fails = errors.New("broken")
		for range 3 {
			k.Refusals.Count("facility/H1", "GetSettlement", "NOT_FOUND")
			k.Refusals.flush(t.Context(), k, true)
		}
		s.fails = nil
		k.Refusals.flush(t.Context(), k, true)
		if len(s.notes) != 1 || s.notes[0].Times != 3 || s.notes[0].Instance != "a" {
			t.Errorf("%+v", s.notes)
		}
	})
}

// What was done to the gateway itself is a note of its own; one that cannot be
// written stops nobody.
func TestTell(t *testing.T) {
	s := filled(1)
	k := kept(s, new(published))
	k.Sealer.Now = func() time.Time { return time.Unix(1_700_000_000, 0) }
	k.Tell(t.Context(), "signal/SIGHUP", "ReloadPolicies", "", "ab")
	s.fails = errors.New("away")
	k.Tell(t.Context(), "signal/SIGHUP", "ReloadPolicies", "", "cd")
	want := Note{At: time.Unix(1_700_000_000, 0), Times: 1, Actor: "signal/SIGHUP", Action: "ReloadPolicies", Object: "ab", Instance: "a"}
	if len(s.notes) != 1 || s.notes[0] != want {
		t.Errorf("%+v", s.notes)
	}
}
