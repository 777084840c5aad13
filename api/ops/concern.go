package ops

import (
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
)

// concern is something an operator should look at, with the section of the
// runbook that says what to do.
type concern struct {
	Grave   bool // cashiers meet it now
	Says    words.Text
	Runbook string // heading of a section
}

// The bounds beyond which something is a concern: those of the alerts in
// deploy/prometheus.
const (
	stuckAfter = 15 * time.Minute
	callsMin   = 3 // to a payer, before its silence says anything
)

// concerns are what needs people, the gravest first.
func concerns(f *facts) []concern {
	var grave, other []concern
	add := func(is bool, c concern) {
		switch {
		case is && c.Grave:
			grave = append(grave, c)
		case is:
			other = append(other, c)
		}
	}
	add(f.standing.Err != nil, concern{true, words.Text{Zh: "无法读取存储", En: "The store cannot be read"}, "OnestopStandingUnknown"})
	failed := f.live.Window.Failed
	add(failed > 0, concern{true, text("五分钟内有 %d 次请求因我方故障失败", "Failed through our own fault in five minutes: %d", failed), "OnestopAvailabilityBurnsFast"})
	for _, p := range payersOf(f) {
		add(p.Suspended, concern{true, text("支付方 %s 无应答，已暂停发送新结算", "Payer %s does not answer; nothing new is sent to it", p.Code), "OnestopPayerDown"})
		silent := p.InDoubt + p.Unsent
		add(!p.Suspended && p.Calls >= callsMin && silent*20 > p.Calls,
			concern{false, text("支付方 %s 的 %d 次调用中有 %d 次无可用应答", "Payer %s: of %d calls, %d got no usable answer", p.Code, p.Calls, silent), "OnestopPayerInDoubt"})
	}
	for _, room := range f.rooms {
		add(room.taken*5 > room.room*4, concern{false, text("%s即将占满：%d / %d", "%s: nearly full, %d of %d", room.name, room.taken, room.room), "OnestopAdmissionFilling"})
	}
	for _, m := range moving {
		aged := f.standing.States[m.state]
		add(aged.Number > 0 && f.at.Sub(aged.Oldest) > stuckAfter,
			concern{false, text("有结算停留在 %s 已 %s", "A settlement has been %s for %s", m.state, age(f.at.Sub(aged.Oldest))), "OnestopSagaStuck"})
	}
	waiting := f.standing.States[settlement.StateAttention].Number
	add(waiting > 0, concern{false, text("%d 笔结算等待双人处理", "Waiting for two people: %d", waiting), "OnestopAttentionWaiting"})
	add(f.compared.concern())
	warning := 0
	for i := range f.funds {
		if f.funds[i].Warning != fund.NoWarning {
			warning++
		}
	}
	add(warning > 0, concern{Says: text("%d 个救助基金有预警，见下文", "Assistance funds that warn: %d, see below", warning)})
	return append(grave, other...)
}

// text is a sentence in both languages; arguments that are texts speak the
// language of their side.
func text(zh, en string, arguments ...any) words.Text {
	side := func(language words.Language) []any {
		out := make([]any, len(arguments))
		for i, argument := range arguments {
			if both, ok := argument.(words.Text); ok {
				argument = both.In(language)
			}
			out[i] = argument
		}
		return out
	}
	return words.Text{Zh: fmt.Sprintf(zh, side(words.Chinese)...), En: fmt.Sprintf(en, side(words.English)...)}
}
