package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Gate bounds how much of the gateway one payer can hold, and spares a payer
// that does not answer. Only new quotes and settlements pass it, before
// anything is stored; what is under way is inquired after and reversed whatever
// the gate says. Its methods return at once and may be called from several
// goroutines.
type Gate interface {
	// Enter takes a place at a payer. On trial, the place is for one call that
	// changes nothing: if its result, as Heard, is an answer, the payer may be
	// entered again. Overloaded: the payer is asked all it may be asked at
	// once. Unavailable: it has not answered of late.
	Enter(payer settlement.PayerCode) (Pass, error)

	// Heard is told the result of every call, of new work and old.
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

// enter takes a place at every payer of p until leave is called.
func (l *Lifecycle) enter(ctx context.Context, p *prepared) (leave func(), err error) {
	var taken []func()
	leave = func() {
		for _, give := range taken {
			give()
		}
	}
	for _, payer := range p.payers {
		give, err := l.enterOne(ctx, p, payer)
		if err != nil {
			leave()
			return nil, err
		}
		taken = append(taken, give)
	}
	return leave, nil
}

// enterOne takes a place at one payer. One on trial is first asked who the
// person is, which changes nothing; any answer is a good one.
func (l *Lifecycle) enterOne(ctx context.Context, p *prepared, payer Payer) (leave func(), err error) {
	pass, err := l.Gate.Enter(payer.Code())
	if err != nil || !pass.OnTrial {
		return pass.Leave, err
	}
	_, err = l.ask(ctx, p, payer, settlement.OpIdentify)
	pass.Leave()
	if err != nil && settlement.KindOf(err) != settlement.KindRefused {
		return nil, err
	}
	pass, err = l.Gate.Enter(payer.Code())
	if err == nil && pass.OnTrial { // it fell silent again meanwhile
		pass.Leave()
		return nil, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerSuspended, Value: string(payer.Code())}
	}
	return pass.Leave, err
}
