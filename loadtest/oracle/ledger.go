package oracle

import (
	"maps"
	"math/big"
	"slices"
)

// ledger is the accumulators of one year, by name: the buckets as
// "bucket/<name>" and the others by the names below.
type ledger map[string]*big.Rat

const (
	metName      = "met"
	criticalIn   = "critical/base"
	criticalPaid = "critical/paid"
	grantsName   = "grants"
	bucketPrefix = "bucket/"
)

func (l ledger) get(name string) *big.Rat {
	if l[name] == nil {
		return new(big.Rat)
	}
	return l[name]
}

// post adds what changes holds, times sign.
func (l ledger) post(changes ledger, sign int64) {
	for name, amount := range changes {
		l[name] = plus(l.get(name), new(big.Rat).Mul(amount, big.NewRat(sign, 1)))
	}
}

// openLedger reads a year as a case writes it.
func openLedger(y *Year) ledger {
	l := ledger{}
	if y == nil {
		return l
	}
	for bucket, amount := range y.Buckets {
		l[bucketPrefix+bucket] = yuan(amount)
	}
	l[metName], l[criticalIn], l[criticalPaid] = yuan(y.Met), yuan(y.CriticalIn), yuan(y.Critical)
	l[grantsName] = big.NewRat(int64(y.Grants), 1)
	return l
}

// close writes the ledger as a case does, without what is nothing.
func (l ledger) close() *Year {
	y := &Year{}
	for _, name := range slices.Sorted(maps.Keys(l)) {
		amount := l[name]
		if amount.Sign() == 0 {
			continue
		}
		switch name {
		case metName:
			y.Met = money(amount)
		case criticalIn:
			y.CriticalIn = money(amount)
		case criticalPaid:
			y.Critical = money(amount)
		case grantsName:
			y.Grants = int(amount.Num().Int64())
		default:
			if y.Buckets == nil {
				y.Buckets = map[string]string{}
			}
			y.Buckets[name[len(bucketPrefix):]] = money(amount)
		}
	}
	return y
}
