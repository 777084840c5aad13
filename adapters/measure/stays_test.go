package measure

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/onestop-gateway/onestop/settlement"
)

// A payer that owed an answer and owes none any more is told as zero.
func TestStaysInDoubt(t *testing.T) {
	registry := prometheus.NewRegistry()
	stays := NewStays(registry, []settlement.PayerCode{"ncms-a", "ncms-b"})
	for _, c := range []struct {
		owed map[settlement.PayerCode]int
		a, b string
	}{
		{nil, "0", "0"}, {map[settlement.PayerCode]int{"ncms-a": 3}, "3", "0"}, {map[settlement.PayerCode]int{"ncms-b": 1}, "0", "1"},
	} {
		stays.InDoubt(c.owed, map[settlement.PayerCode]int{"ncms-b": 7})
		want := "# HELP onestop_stays_in_doubt Stays whose registration or rows a payer has not answered for in its time, by payer.\n" +
			"# TYPE onestop_stays_in_doubt gauge\nonestop_stays_in_doubt{payer=\"ncms-a\"} " + c.a + "\nonestop_stays_in_doubt{payer=\"ncms-b\"} " + c.b + "\n" +
			"# HELP onestop_stays_for_people Stays with rows in doubt that a payer refused so often that people must end them, by payer.\n" +
			"# TYPE onestop_stays_for_people gauge\nonestop_stays_for_people{payer=\"ncms-a\"} 0\nonestop_stays_for_people{payer=\"ncms-b\"} 7\n"
		if err := testutil.GatherAndCompare(registry, strings.NewReader(want)); err != nil {
			t.Errorf("%v: %v", c.owed, err)
		}
	}
}
