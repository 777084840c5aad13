package payertest

import (
	"testing"
)

// scenario is one case of the suite.
type scenario struct {
	name string
	run  func(b *bench)
}

// Run proves an adapter: every answer is what is certain and nothing more, no
// call is sent twice, and what the payer holds is what the answers allow.
func Run(t *testing.T, h Harness) {
	for _, group := range []struct {
		name      string
		scenarios []scenario
	}{
		{"settle", settleScenarios()},
		{"doubt", doubtScenarios()},
		{"read", readScenarios},
		{"reverse", reverseScenarios()},
		{"inquire", inquireScenarios},
		{"send", sendScenarios},
		{"prepare", prepareScenarios()},
		{"sign", signScenarios(h.Signed)},
	} {
		for _, s := range group.scenarios {
			t.Run(group.name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				s.run(h.bench(t))
			})
		}
	}
}
