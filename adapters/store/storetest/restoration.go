package storetest

import (
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var restorationScenarios = []scenario{
	{"none to begin with", restorationNone},
	{"pending until it is done", restorationDone},
	{"the latest of several", restorationLatest},
	{"neither put nor read when given up", restorationGivenUp},
}

func (o Opened) restorations(t *testing.T) lifecycle.Restorations {
	t.Helper()
	kept, ok := o.Store.(lifecycle.Restorations)
	if !ok {
		t.Fatal("the store keeps no restorations")
	}
	return kept
}

func (o Opened) restored(t *testing.T, want lifecycle.Restoration, pending bool) {
	t.Helper()
	found, err := o.restorations(t).Restoration(t.Context())
	same(t, "error", err, nil)
	same(t, "restoration", found, want)
	same(t, "pending", found.Pending(), pending)
}

func restorationNone(t *testing.T, o Opened) { o.restored(t, lifecycle.Restoration{}, false) }

func restorationDone(t *testing.T, o Opened) {
	r := lifecycle.Restoration{BegunAt: time.UnixMicro(1_790_000_000_123_456).UTC()}
	same(t, "error", o.restorations(t).PutRestoration(t.Context(), r), nil)
	o.restored(t, r, true)
	r.DoneAt = r.BegunAt.Add(time.Hour)
	same(t, "error", o.restorations(t).PutRestoration(t.Context(), r), nil)
	o.restored(t, r, false)
}

func restorationLatest(t *testing.T, o Opened) {
	late := lifecycle.Restoration{BegunAt: time.UnixMicro(1_790_000_000_000_000).UTC()}
	early := lifecycle.Restoration{BegunAt: late.BegunAt.Add(-time.Hour), DoneAt: late.BegunAt}
	same(t, "error", o.restorations(t).PutRestoration(t.Context(), late), nil)
	same(t, "error", o.restorations(t).PutRestoration(t.Context(), early), nil)
	o.restored(t, late, true)
}

func restorationGivenUp(t *testing.T, o Opened) {
	r := lifecycle.Restoration{BegunAt: time.UnixMicro(1_790_000_000_000_000).UTC()}
	refused(t, "putting", o.restorations(t).PutRestoration(cancelled(t), r), settlement.KindUnavailable)
	o.restored(t, lifecycle.Restoration{}, false)
	_, err := o.restorations(t).Restoration(cancelled(t))
	unread(t, "a restoration", err)
}
