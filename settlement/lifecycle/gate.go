package lifecycle

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Gate bounds how much of the gateway one payer can hold, and spares a payer
// that does not answer. Only new quotes and settlements pass it, before
// anything is stored, and what package stay sends; what is under way is inquired
// after and reversed whatever the gate says. Its methods return at once and may be called from several
// goroutines.
type Gate interface {
	// Enter takes a place at a payer. On trial, the place is for one call that
	// changes nothing, or changes no more if it comes twice: if its result, as Heard, is an answer, the payer may be
	// entered again. Overloaded: the payer is asked all it may be asked at
	// once. Unavailable: it has not answered of late.
	Enter(payer settlement.PayerCode) (Pass, error)

	// Heard is told the result of every call, of new work and old, that tells
	// whether the payer answers.
	Heard(payer settlement.PayerCode, result settlement.Result)
}

// Pass is a place at a payer.
type Pass struct {
	OnTrial bool
	Leave   func() // gives the place back; to be called once
}

// open is the Gate of a Lifecycle without one.
type open struct{}

func (open) Enter(settlement.PayerCode) (Pass, error)      { return Pass{Leave: func() {}}, nil }
func (open) Heard(settlement.PayerCode, settlement.Result) {}

// telling reports whether what came of a call tells if its payer answers. It does
// not where the caller did not wait for it; nor where a question about old work
// was answered with what proves nothing, or a few settlements that cannot be
// proved would keep their payer from all new ones.
func telling(caller context.Context, step *Step, answer *PayerAnswer) bool {
	old := step.Settlement != "" && step.Verb != string(settlement.OpSettle)
	return caller.Err() == nil && !(old && answer.proofless())
}

// proofless reports whether the payer answered with what cannot be believed or
// proves nothing.
func (a *PayerAnswer) proofless() bool {
	return settlement.ReasonOf(a.Cause) == settlement.ReasonPayerAnswer
}

// places are what one request holds: a place among those worked on at once and
// one at each of its payers. Whoever has them gives them back, whatever happens:
// a place lost is lost until the gateway starts anew.
type places struct{ held []place }

// place is one of them, which back gives back; payer is empty for that among
// those worked on.
type place struct {
	payer settlement.PayerCode
	back  func()
}

func (p *places) take(payer settlement.PayerCode, back func()) {
	p.held = append(p.held, place{payer, back})
}

// leave gives all places back. Nothing is held any more then.
func (p *places) leave() {
	for _, one := range p.held {
		one.back()
	}
	p.held = nil
}

// leavePayer gives back the place at a payer, if it is held: the payer has
// answered, and what the store takes from then on is not its time. Work that
// recovery carries on holds none.
func (p *places) leavePayer(payer settlement.PayerCode) {
	if p == nil {
		return
	}
	for i, one := range p.held {
		if one.payer == payer {
			p.held = slices.Delete(p.held, i, i+1)
			one.back()
			return
		}
	}
}

// handOver gives the places to whoever carries the request on.
func (p *places) handOver() *places {
	given := &places{p.held}
	p.held = nil
	return given
}

// enter takes a place at every payer of p.
func (l *Lifecycle) enter(ctx context.Context, p *prepared, held *places) error {
	for _, payer := range p.payers {
		if err := l.enterOne(ctx, p, payer, held); err != nil {
			return err
		}
	}
	return nil
}

// enterOne takes a place at one payer, which passes its trial first if it is on
// one.
func (l *Lifecycle) enterOne(ctx context.Context, p *prepared, payer Payer, held *places) error {
	pass, err := l.Gate.Enter(payer.Code())
	if err == nil && pass.OnTrial {
		if err = l.passTrial(ctx, p, payer, pass); err == nil {
			pass, err = l.Gate.Enter(payer.Code())
		}
		if err == nil && pass.OnTrial { // it fell silent again meanwhile
			pass.Leave()
			err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerSuspended, Value: string(payer.Code())}
		}
	}
	if err != nil {
		return err
	}
	held.take(payer.Code(), pass.Leave)
	return nil
}

// passTrial asks a payer on trial who the person is, which changes nothing; any
// answer is a good one.
func (l *Lifecycle) passTrial(ctx context.Context, p *prepared, payer Payer, pass Pass) error {
	defer pass.Leave()
	_, err := l.ask(ctx, p, payer, settlement.OpIdentify)
	if settlement.KindOf(err) == settlement.KindRefused {
		return nil
	}
	return err
}
