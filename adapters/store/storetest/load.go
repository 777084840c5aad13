package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A load is made of settlements of the size they really have, numbered from 1.
// A thousand persons take turns.

// Settle opens and closes number n of a load.
func Settle(ctx context.Context, s lifecycle.Store, n int64) error {
	change := Opening(n)
	err := s.Open(ctx, change)
	if err != nil {
		return err
	}
	opened := change.Settlement
	opened.Revision = 1
	_, err = s.Close(ctx, opened, Closing(opened))
	return err
}

// Opening is the change that opens number n of a load, with the intent of the
// call to its one payer.
func Opening(n int64) lifecycle.Change {
	scattered := uint64(n) * 0x9E3779B97F4A7C15 // as random ids are
	at := moment.Add(time.Duration(n) * time.Millisecond)
	s := fullRecord(fmt.Sprintf("%08d", n))
	s.ID = settlement.SettlementID(fmt.Sprintf("%016x-%016x", scattered, n))
	s.Request, s.Fingerprint = settlement.RequestID("r-"+s.ID), "0123456789abcdef0123456789abcdef"
	s.Beneficiary.ID = settlement.BeneficiaryID(fmt.Sprintf("p-%016x", scattered%1000))
	s.OpenedAt, s.DecideBy, s.NextAt = at, at.Add(10*time.Minute), time.Time{}
	s.Legs = s.Legs[:1]
	s.Legs[0].Message, s.Legs[0].Undo = settlement.MessageID(fmt.Sprintf("H36082700001%018d", n)), ""
	s.Epoch, s.Owner, s.LeaseUntil = 1, "gateway-1", at.Add(40*time.Second)
	change := opening(s)
	change.Attempts[0].Body = make([]byte, 800)
	change.Events = append(change.Events, lifecycle.Event{At: at, Actor: "cashier-7", Action: "settle.send"})
	return change
}

// Closing decides a settlement of a load that stands as opened: its benefit is
// one fen of the cap bucket "total".
func Closing(opened settlement.Settlement) lifecycle.Decide {
	return func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change := committing(opened, ground.Sequence, 1)
		closed := &change.Settlement
		closed.Used, closed.Owner, closed.LeaseUntil = ground.Used, "", time.Time{}
		step := settlement.Step{
			Rule: "ratio.band", Subject: "rural_dibao", Article: "遂川县城乡医疗救助办法 第八条第一款",
			Input: 650_000, Ratio: "0.70", Output: 455_000,
		}
		for range 10 {
			closed.Adjudication.Trace = append(closed.Adjudication.Trace, step)
		}
		change.Attempts[0].Body = make([]byte, 800)
		for _, account := range []string{"payer/ncms-360827/basic", "person/p-1"} {
			change.Entries = append(change.Entries, settlement.Entry{Account: account, Debit: 500_000})
		}
		change.Events = append(change.Events, lifecycle.Event{At: closed.ClosedAt, Actor: "cashier-7", Action: "settle.applied"})
		change.Final.Body = make([]byte, 1500)
		return change, nil
	}
}

// Reversing decides that a committed settlement is undone, and flags for
// review what came later.
func Reversing(committed settlement.Settlement) lifecycle.Decide {
	return func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change := reversing(committed)
		for i := range ground.Later {
			change.Review = append(change.Review, ground.Later[i].ID)
		}
		return change, nil
	}
}
