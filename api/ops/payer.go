package ops

import (
	"maps"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// payer is how one payer did in the last five minutes.
type payer struct {
	Code      settlement.PayerCode
	Suspended bool
	Calls     int
	Answered  int // with anything that is certain
	InDoubt   int
	Unsent    int
	Took      lifecycle.Quantiles
}

// Unknown is how many of the calls got no usable answer, in percent.
func (p *payer) Unknown() string { return percent(p.InDoubt+p.Unsent, p.Calls) }

// payersOf are the configured payers by code, whether they were called or not.
func payersOf(f *facts) []payer {
	payers := make([]payer, 0, len(f.suspended))
	for _, code := range slices.Sorted(maps.Keys(f.suspended)) {
		moments := f.live.Payers[code]
		p := payer{Code: code, Suspended: f.suspended[code], Took: moments.Took}
		for result, n := range moments.Results {
			p.Calls += n
			switch result {
			case settlement.ResultInDoubt:
				p.InDoubt += n
			case settlement.ResultUnsent:
				p.Unsent += n
			default:
				p.Answered += n
			}
		}
		payers = append(payers, p)
	}
	return payers
}
