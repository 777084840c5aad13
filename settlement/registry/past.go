package registry

import "github.com/onestop-gateway/onestop/settlement"

// DatedBack reports whether a change says something else of the past than what
// is known: it takes the place of a row or withdraws one, or changes what
// settling reads from a day before today. Deaths, surveys and the watch list are
// told afterwards by their nature and change nothing that settling reads: what
// follows from them is proposed by a review, which two people decide.
func (c *Change) DatedBack(today settlement.Date) bool {
	switch {
	case c.Corrects != 0:
		return true
	case c.Action == Died || c.Action == Surveyed || c.Action == Watched || c.Action == Released:
		return false
	}
	return c.Effective < today
}
