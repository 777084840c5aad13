package gate

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

const poor, rich settlement.PayerCode = "poor", "rich"

// tight lets two wait and is closed by half of four calls, for a second.
func tight(changed func(settlement.PayerCode, bool)) *Gate {
	limits := Limits{AtOnce: 2, Silent: 50, CallsMin: 4, Within: 10 * time.Second, Rest: time.Second}
	return New(map[settlement.PayerCode]Limits{poor: limits, rich: limits}, changed)
}

func enter(t *testing.T, g *Gate, code settlement.PayerCode) lifecycle.Pass {
	t.Helper()
	pass, err := g.Enter(code)
	if err != nil {
		t.Fatalf("entering %s: %v", code, err)
	}
	return pass
}

func refused(t *testing.T, g *Gate, code settlement.PayerCode, kind settlement.Kind, reason settlement.Reason) {
	t.Helper()
	_, err := g.Enter(code)
	if settlement.KindOf(err) != kind || settlement.ReasonOf(err) != reason {
		t.Fatalf("entering %s: %v, want %s", code, err, reason)
	}
}

func hear(g *Gate, code settlement.PayerCode, results ...settlement.Result) {
	for _, result := range results {
		g.Heard(code, result)
	}
}

func TestAPayerHoldsNoMoreThanItsPlaces(t *testing.T) {
	g := tight(nil)
	first, _ := enter(t, g, poor), enter(t, g, poor)
	refused(t, g, poor, settlement.KindOverloaded, settlement.ReasonPayerBusy)
	enter(t, g, rich)

	first.Leave()
	enter(t, g, poor)
	refused(t, g, poor, settlement.KindOverloaded, settlement.ReasonPayerBusy)
}

func TestASilentPayerIsSparedAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []bool
		g := tight(func(_ settlement.PayerCode, suspended bool) { told = append(told, suspended) })
		hear(g, poor, settlement.ResultApplied, settlement.ResultInDoubt, settlement.ResultRefused)
		enter(t, g, poor).Leave()

		hear(g, poor, settlement.ResultUnsent)
		refused(t, g, poor, settlement.KindUnavailable, settlement.ReasonPayerSuspended)
		if !g.Suspended(poor) || g.Suspended(rich) {
			t.Error("the wrong payer is suspended")
		}
		enter(t, g, rich).Leave()

		time.Sleep(time.Second)
		trial := enter(t, g, poor)
		if !trial.OnTrial {
			t.Fatal("a payer that was silent is entered without trial")
		}
		refused(t, g, poor, settlement.KindUnavailable, settlement.ReasonPayerSuspended) // one trial at a time
		hear(g, poor, settlement.ResultRefused)
		trial.Leave()

		pass := enter(t, g, poor)
		if pass.OnTrial || g.Suspended(poor) {
			t.Error("a payer that answered is still on trial")
		}
		pass.Leave()
		if told[0] != true || slices.Index(told, false) != len(told)-1 {
			t.Errorf("told of changes %v, want suspended first and back last", told)
		}
	})
}

// TestATrialThatFails rests again, whether the call failed or was never made.
func TestATrialThatFails(t *testing.T) {
	for name, heard := range map[string][]settlement.Result{"silence": {settlement.ResultInDoubt}, "nothing was sent": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := tight(nil)
				hear(g, poor, settlement.ResultInDoubt, settlement.ResultInDoubt, settlement.ResultInDoubt, settlement.ResultInDoubt)
				for range 5 { // its places come back each time
					time.Sleep(time.Second)
					trial := enter(t, g, poor)
					hear(g, poor, heard...)
					trial.Leave()
					refused(t, g, poor, settlement.KindUnavailable, settlement.ReasonPayerSuspended)
				}
			})
		})
	}
}

// TestFewSilencesAreForgiven: less than half, or too few calls to say, or long
// ago.
func TestFewSilencesAreForgiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := tight(nil)
		hear(g, poor, settlement.ResultInDoubt, settlement.ResultInDoubt, settlement.ResultInDoubt)
		time.Sleep(time.Minute)
		hear(g, poor, settlement.ResultInDoubt)
		enter(t, g, poor).Leave()
		time.Sleep(time.Minute)
		hear(g, poor, settlement.ResultApplied, settlement.ResultReversed, settlement.ResultNotFound, settlement.ResultInDoubt)
		enter(t, g, poor).Leave()
	})
}

func TestAnUnknownPayerIsNotEntered(t *testing.T) {
	g := tight(nil)
	refused(t, g, "nobody", settlement.KindUnavailable, settlement.ReasonPayerSuspended)
	g.Heard("nobody", settlement.ResultApplied)
	if !g.Suspended("nobody") {
		t.Error("a payer nobody configured may be entered")
	}
}

func TestStandard(t *testing.T) {
	want := Limits{AtOnce: 7, Silent: 50, CallsMin: 10, Within: 30 * time.Second, Rest: 5 * time.Second}
	if got := Standard(7); got != want {
		t.Errorf("standard limits %+v, want %+v", got, want)
	}
}
