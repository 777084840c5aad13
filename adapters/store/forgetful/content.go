package forgetful

import "math/rand/v2"

// sector is what a disk writes whole or not at all, bytes.
const sector = 512

// change is a piece of writing that was not synced yet: data at a place, or a
// new size.
type change struct {
	at   int64
	data []byte
	size int64 // with data nil
}

// applied is content after a change.
func (c change) applied(content []byte) []byte {
	if c.data == nil {
		return resized(content, c.size)
	}
	if end := c.at + int64(len(c.data)); end > int64(len(content)) {
		content = resized(content, end)
	}
	copy(content[c.at:], c.data)
	return content
}

// resized is content cut or filled up with zeros. It grows in leaps, because
// files grow by small pieces.
func resized(content []byte, size int64) []byte {
	if size <= int64(len(content)) {
		return content[:size]
	}
	if size <= int64(cap(content)) {
		grown := content[:size]
		clear(grown[len(content):])
		return grown
	}
	grown := make([]byte, size, size+size/2)
	copy(grown, content)
	return grown
}

// sectors splits a piece of writing where a disk would.
func (c change) sectors() []change {
	if c.data == nil {
		return []change{c}
	}
	var pieces []change
	for at, rest := c.at, c.data; len(rest) > 0; {
		n := min(sector-at%sector, int64(len(rest)))
		pieces = append(pieces, change{at: at, data: rest[:n]})
		at, rest = at+n, rest[n:]
	}
	return pieces
}

// Loss is what a cut does to what was not synced.
type Loss int

// The kinds of loss.
const (
	Everything Loss = iota // nothing that was not synced survives
	Tail                   // it survives up to a sector, and nothing after it
	Scattered              // any of its sectors survive, and any do not
)

// surviving are the pieces of pending that outlive a cut.
func (l Loss) surviving(pending []change, chance *rand.Rand) []change {
	var pieces []change
	for _, c := range pending {
		pieces = append(pieces, c.sectors()...)
	}
	switch l {
	case Tail:
		return pieces[:chance.IntN(len(pieces)+1)]
	case Scattered:
		var kept []change
		for _, piece := range pieces {
			if chance.IntN(2) == 0 {
				kept = append(kept, piece)
			}
		}
		return kept
	}
	return nil
}
