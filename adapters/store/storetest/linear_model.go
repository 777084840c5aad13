package storetest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// linearLimit is the cap of every accumulator in a history: a few settlements
// reach it.
const linearLimit = settlement.Money(10_000)

// never is when an operation returns that got no answer.
const never = time.Duration(math.MaxInt64)

// wanted is what an operation asks of one accumulator.
type wanted struct {
	key    lifecycle.AccumulatorKey
	verb   string // "settle", "reverse" or "read"
	id     settlement.SettlementID
	amount settlement.Money // for settle: what is wanted
}

// answer is what came of an operation, if that is known: what it found used,
// and what it drew or gave back.
type answer struct {
	known         bool
	found, amount settlement.Money
}

// year is the whole state of one accumulator in the model: what is used, and
// which settlement drew how much of it.
type year struct {
	used  settlement.Money
	drawn map[settlement.SettlementID]settlement.Money
}

// accumulatorModel says what one accumulator does when asked one thing after
// the other. It never changes a state it was handed.
var accumulatorModel = porcupine.Model{
	Partition: partitionByKey,
	Init:      func() any { return year{} },
	Step: func(state, input, output any) (bool, any) {
		return state.(year).step(input.(wanted), output.(answer))
	},
	Equal: func(one, other any) bool {
		a, b := one.(year), other.(year)
		return a.used == b.used && maps.Equal(a.drawn, b.drawn)
	},
	DescribeOperation: func(input, output any) string {
		asked, told := input.(wanted), output.(answer)
		if !told.known {
			return fmt.Sprintf("%s %s of %s: no answer", asked.verb, asked.id, asked.amount)
		}
		return fmt.Sprintf("%s %s of %s: found %s, moved %s", asked.verb, asked.id, asked.amount, told.found, told.amount)
	},
	DescribeState: func(state any) string { return fmt.Sprintf("used %s", state.(year).used) },
}

// step is the year after one operation, and whether the answer fits.
func (y year) step(asked wanted, told answer) (bool, year) {
	if told.known && told.found != y.used {
		return false, y
	}
	moved := settlement.Money(0)
	drawn := maps.Clone(y.drawn)
	switch asked.verb {
	case "settle":
		if drawn == nil {
			drawn = map[settlement.SettlementID]settlement.Money{}
		}
		moved = min(asked.amount, linearLimit-y.used)
		drawn[asked.id] = moved
		y.used += moved
	case "reverse":
		given, found := drawn[asked.id]
		if !found {
			return false, y
		}
		moved = given
		delete(drawn, asked.id)
		y.used -= moved
	}
	y.drawn = drawn
	return !told.known || told.amount == moved, y
}

// partitionByKey gives each accumulator its own history: they share nothing.
func partitionByKey(history []porcupine.Operation) [][]porcupine.Operation {
	parts := map[lifecycle.AccumulatorKey][]porcupine.Operation{}
	for _, operation := range history {
		key := operation.Input.(wanted).key
		parts[key] = append(parts[key], operation)
	}
	return slices.Collect(maps.Values(parts))
}
