package lifecycle

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// seal gives the lines that a change appends to the audit trail their epoch
// and their seals, and the settlement the last of these. It goes on from the
// seal that the record had when it was read, which the fence keeps true. It
// may be called for the same lines again.
func (c *Change) seal() {
	s := &c.Settlement
	c.Events = slices.Clone(c.Events)
	for i := range c.Events {
		event := &c.Events[i]
		event.Epoch = s.Epoch
		event.Seal = event.after(s.ID, s.Seal)
		s.Seal = event.Seal
	}
}

// after is the seal of a line of the settlement's trail that follows a line
// sealed with before: a change of the line, or of any before it, or of their
// order, is another seal. It is a digest without a key, so it shows what was
// altered, but not by one who makes all later seals anew.
func (e *Event) after(id settlement.SettlementID, before settlement.Seal) settlement.Seal {
	text := slices.Clone(before[:])
	for _, field := range []string{string(id), e.Actor, e.Action, string(e.Reason), string(e.State)} {
		text = binary.AppendUvarint(text, uint64(len(field)))
		text = append(text, field...)
	}
	text = binary.AppendVarint(text, e.At.UnixMicro())
	text = binary.AppendVarint(text, e.Epoch)
	return sha256.Sum256(text)
}
