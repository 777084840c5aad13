package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/adapters/payer/gate"
	"github.com/onestop-gateway/onestop/api/admission"
	"github.com/onestop-gateway/onestop/api/ops"
	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// operations is what the operations page looks at.
type operations struct {
	*gateway
	live     *lifecycle.Live
	standing *measure.Standing
	payers   *gate.Gate
	admitted *admission.Gate
	// differences are counted once a minute.
	differences *measure.Reconciliation
}

// config ties the page to the gateway.
func (o *operations) config() (ops.Config, error) {
	settings, err := o.gateway.config.effective()
	if err != nil {
		return ops.Config{}, fmt.Errorf("configuration in effect: %w", err)
	}
	shown := ops.Config{
		Now: time.Now, Live: o.live, Standing: o.count, Suspended: o.payers.Suspended, Rooms: o.rooms(), Funds: o.funds.Standings, Compared: o.compared,
		About: ops.About{
			Version: version(), Go: runtime.Version(), Store: o.store.name, Started: time.Now(),
			Instance: fmt.Sprintf("%s-%d", hostName(), o.gateway.config.Instance), Settings: settings,
		},
	}
	for _, payer := range o.gateway.config.Payers {
		shown.Payers = append(shown.Payers, settlement.PayerCode(payer.Code))
	}
	return shown, nil
}

func (o *operations) count(ctx context.Context) ops.Standing {
	count := o.standing.Count(ctx)
	states := make(map[settlement.State]ops.Aged, len(count.States))
	for state, aged := range count.States {
		states[state] = ops.Aged(aged)
	}
	return ops.Standing{States: states, Err: count.Err}
}

// compared reads the last run of each payer, and of the assistance share.
func (o *operations) compared(ctx context.Context) (shown ops.Compared) {
	last := func(query reconciliation.RunQuery) {
		query.Limit = 1
		found, err := o.store.runs.KeptRuns(ctx, query)
		shown.Last, shown.Err = append(shown.Last, found...), errors.Join(shown.Err, err)
	}
	for _, payer := range o.gateway.config.Payers {
		last(reconciliation.RunQuery{Share: reconcile.InsuranceShare, Payer: settlement.PayerCode(payer.Code)})
	}
	last(reconciliation.RunQuery{Share: reconcile.AssistanceShare})
	open, err := o.differences.Counted()
	if err = errors.Join(shown.Err, err); err != nil {
		return ops.Compared{Err: err}
	}
	shown.Open = open
	return shown
}

// rooms are the places that run out before requests are refused.
func (o *operations) rooms() []ops.Room {
	limits := o.gateway.config.Limits
	return []ops.Room{
		{Name: words.Text{Zh: "正在处理的请求（不含等待支付方的）", En: "Requests worked on, those apart that wait for payers"}, Load: func() (int, int) {
			inside, _ := o.admitted.Load()
			return inside, limits.Calls
		}},
		{Name: words.Text{Zh: "排队等待的请求", En: "Requests that wait"}, Load: func() (int, int) {
			_, waiting := o.admitted.Load()
			return waiting, limits.Waiting
		}},
		{Name: words.Text{Zh: "正在处理的结算", En: "Settlements worked on"}, Load: o.lifecycle.Load},
		{Name: words.Text{Zh: "等待提交的写入", En: "Writes that wait for a commit"}, Load: o.store.queue},
	}
}

// version is what was built, as the toolchain noted it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	is := info.Main.Version
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			is += " " + setting.Value[:min(12, len(setting.Value))]
		case setting.Key == "vcs.modified" && setting.Value == "true":
			is += " (modified)"
		}
	}
	return is
}
