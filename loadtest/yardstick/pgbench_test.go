package yardstick

import "testing"

// what pgbench 15 prints
const printed = `pgbench (15.18 (Debian 15.18-0+deb12u1))
transaction type: <builtin: TPC-B (sort of)>
number of failed transactions: 0 (0.000%)
latency average = 2.186 ms
initial connection time = 17.211 ms
tps = 3660.711253 (without initial connection time)
`

func TestParseRate(t *testing.T) {
	if got, err := parseRate([]byte(printed)); err != nil || got != 3660.711253 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := parseRate([]byte("pgbench: error: client 0 aborted\n")); err == nil {
		t.Error("a rate of nothing")
	}
}
