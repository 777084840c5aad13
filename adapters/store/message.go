package store

import (
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Sent are the message ids under which change sends calls, each once. A
// message id belongs to one settlement for ever, so a store refuses one that
// another settlement has; the same call may be sent again under its own.
func Sent(change lifecycle.Change) []settlement.MessageID {
	var ids []settlement.MessageID
	for i := range change.Attempts {
		if change.Attempts[i].Phase == lifecycle.PhaseSent {
			ids = once(ids, change.Attempts[i].Message)
		}
	}
	return ids
}

// Allocated are the message ids that an opened settlement comes with, sent or
// not, each once.
func Allocated(change lifecycle.Change) []settlement.MessageID {
	ids := Sent(change)
	for i := range change.Settlement.Legs {
		ids = once(ids, change.Settlement.Legs[i].Message)
		ids = once(ids, change.Settlement.Legs[i].Undo)
	}
	return ids
}

func once(ids []settlement.MessageID, id settlement.MessageID) []settlement.MessageID {
	if id == "" || slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}
