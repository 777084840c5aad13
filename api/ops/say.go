package ops

import (
	"strconv"
	"time"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// latency is a duration in three digits at most, with its unit; the units are
// written alike in both languages.
func latency(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return strconv.FormatInt(d.Microseconds(), 10) + " µs"
	case d < 10*time.Millisecond:
		return tenths(d, time.Millisecond) + " ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	return tenths(d, time.Second) + " s"
}

// tenths is d in units with one decimal, cut off.
func tenths(d, unit time.Duration) string {
	n := int64(d / (unit / 10))
	return strconv.FormatInt(n/10, 10) + "." + strconv.FormatInt(n%10, 10)
}

// age is how long something has lasted, in its largest unit.
func age(d time.Duration) words.Text {
	count := func(n time.Duration, zh, en string) words.Text {
		number := strconv.FormatInt(int64(n), 10)
		return words.Text{Zh: number + " " + zh, En: number + " " + en}
	}
	switch {
	case d < 2*time.Minute:
		return count(max(d, 0)/time.Second, "秒", "s")
	case d < 2*time.Hour:
		return count(d/time.Minute, "分钟", "min")
	case d < 48*time.Hour:
		return count(d/time.Hour, "小时", "h")
	}
	return count(d/(24*time.Hour), "天", "days")
}

// perSecond is a count over a stretch of time, to one decimal.
func perSecond(n int, lasted time.Duration) string {
	if lasted <= 0 {
		return "0"
	}
	return strconv.FormatFloat(float64(n)/lasted.Seconds(), 'f', 1, 64)
}

// percent is part of whole, to one decimal; "–" of nothing.
func percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + " %"
}

// shareNames are what the shares are called.
var shareNames = map[lifecycle.Share]words.Text{
	lifecycle.ShareGateway:  {Zh: "网关", En: "gateway"},
	lifecycle.ShareRecovery: {Zh: "愈合", En: "healing"},
	lifecycle.ShareStore:    {Zh: "存储", En: "store"},
	lifecycle.ShareQueue:    {Zh: "排队", En: "queue"},
	lifecycle.SharePayer:    {Zh: "支付方", En: "payer"},
}

// moving are the states the gateway has something to do for, and what it does.
var moving = []struct {
	state settlement.State
	does  words.Text
}{
	{settlement.StateReceived, words.Text{Zh: "已收到，尚未发送", En: "received, nothing was sent yet"}},
	{settlement.StateSettling, words.Text{Zh: "正在询问支付方", En: "payers are being asked"}},
	{settlement.StateAborting, words.Text{Zh: "不能结算，正在向支付方撤销", En: "will not be settled; payers are being reversed"}},
	{settlement.StateReversing, words.Text{Zh: "正在冲正", En: "being reversed"}},
}
