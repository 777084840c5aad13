package registry

import (
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Touches reports whether what is known of a person after a change would have
// settled a stay on other ground than what was known before it: other
// categories in force on any of its days, or another region, residence or
// scheme on its last day. before and after are the two histories.
func Touches(before, after []Change, stay settlement.Period) bool {
	was, known := At("", before, lastRecorded(before), stay.To)
	is, still := At("", after, lastRecorded(after), stay.To)
	if known != still || was.Person.Region != is.Person.Region ||
		was.Person.Residence != is.Person.Residence || was.Person.Scheme != is.Person.Scheme {
		return true
	}
	return !slices.Equal(inForce(was.Person.Entitlements, stay), inForce(is.Person.Entitlements, stay))
}
