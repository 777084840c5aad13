package settlement

// Posting is a settlement as the later ones of the same person see it.
type Posting struct {
	ID          SettlementID
	Person      BeneficiaryID
	Year        int   // of discharge
	Sequence    int64 // the gateway's order (A24)
	CapLimited  bool
	Accumulated bool
	Reversed    bool
}

// ReviewAfterReversal names the settlements a person should look at again once
// reversed is: later ones of the same person and year that a cap cut or whose
// amounts accumulated over the year, for their figures saw what is now given back. They
// are flagged and never recomputed (A21). others may hold any postings, in any
// order of theirs, which the answer keeps; one that is itself reversed needs
// no review.
func ReviewAfterReversal(reversed Posting, others []Posting) []SettlementID {
	var flagged []SettlementID
	for _, other := range others {
		switch {
		case other.Person != reversed.Person, other.Year != reversed.Year:
		case other.Sequence <= reversed.Sequence, other.Reversed:
		case other.CapLimited || other.Accumulated:
			flagged = append(flagged, other.ID)
		}
	}
	return flagged
}
