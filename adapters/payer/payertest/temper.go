package payertest

import (
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Temper decides how a Fake takes a call. nth counts the calls of the same
// operation under the same message, from 1. It is called by one at a time.
type Temper func(call lifecycle.Call, nth int) Behaviour

// Scripted takes the calls of each operation by its list, in the order in
// which they arrive, and answers after its end.
func Scripted(script map[settlement.Operation][]Behaviour) Temper {
	next := map[settlement.Operation]int{}
	return func(call lifecycle.Call, _ int) Behaviour {
		list, i := script[call.Operation], next[call.Operation]
		next[call.Operation]++
		if i < len(list) {
			return list[i]
		}
		return Answer
	}
}

// Drawn picks behaviours by weight from a seed. What is drawn depends on the
// seed, the operation, the message and nth alone, not on the order of calls;
// after drawsMax calls of a message it answers, so that what is tried again
// heals. 0 is without end.
func Drawn(seed uint64, weights map[Behaviour]int, drawsMax int) Temper {
	behaviours := slices.Sorted(maps.Keys(weights))
	sum := 0
	for _, weight := range weights {
		sum += weight
	}
	return func(call lifecycle.Call, nth int) Behaviour {
		if sum == 0 || drawsMax > 0 && nth > drawsMax {
			return Answer
		}
		hash := fnv.New64a()
		io.WriteString(hash, strconv.FormatUint(seed, 10)+" "+string(call.Operation)+" "+string(call.Message)+" "+strconv.Itoa(nth))
		place := int(spread(hash.Sum64()) % uint64(sum))
		for _, behaviour := range behaviours {
			place -= weights[behaviour]
			if place < 0 {
				return behaviour
			}
		}
		return Answer
	}
}

// spread evens out a hash whose low bits are uneven (the finaliser of
// splitmix64).
func spread(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
