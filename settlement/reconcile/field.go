package reconcile

// differing are the fields that two lines do not agree on. A text that theirs
// leaves empty says nothing.
func differing(theirs, ours *Line) []Differing {
	var found []Differing
	text := func(field, t, o string) {
		if t != "" && t != o {
			found = append(found, Differing{field, t, o})
		}
	}
	text("facility", string(theirs.Facility), string(ours.Facility))
	text("day", theirs.Day.String(), ours.Day.String())
	text("insurance", string(theirs.Insurance), string(ours.Insurance))
	text("clearing", string(theirs.Clearing), string(ours.Clearing))
	text("category", string(theirs.Category), string(ours.Category))
	text("message", string(theirs.Message), string(ours.Message))
	if theirs.Person != "" && theirs.Person != ours.Person {
		found = append(found, Differing{"person", theirs.Person.String(), ours.Person.String()})
	}
	for a, name := range amountNames {
		if t, o := theirs.Amounts[a], ours.Amounts[a]; t != o {
			found = append(found, Differing{name, t.String(), o.String()})
		}
	}
	return found
}

// amountNames are the words for the amounts of a line.
var amountNames = [amounts]string{Bill: "bill", Fund: "fund", Account: "account", Assistance: "assistance"}
