package reconcile

// pair is a booking of each side that are the same settlement, or one without
// the other.
type pair struct {
	theirs, ours *Booking
	twin         *Booking // of theirs: what it repeats, where nothing of ours is left for it
}

// match pairs the bookings of one encounter: by the payer's own name of its
// record, by our message, and then whatever nothing keeps apart, what agrees
// in standing and amounts before what does not.
func match(theirs, ours []Booking) []pair {
	var pairs []pair
	taken := map[*Booking]bool{}
	ways := []func(t, o *Booking) bool{
		func(t, o *Booking) bool { return sameReference(&t.Line, &o.Line) && alike(t, o) },
		func(t, o *Booking) bool { return sameReference(&t.Line, &o.Line) },
		func(t, o *Booking) bool { return named(t, o) && sameMessage(&t.Line, &o.Line) && alike(t, o) },
		func(t, o *Booking) bool { return named(t, o) && sameMessage(&t.Line, &o.Line) },
		func(t, o *Booking) bool { return loose(t, o) && alike(t, o) && t.Amounts == o.Amounts },
		func(t, o *Booking) bool { return loose(t, o) && alike(t, o) },
		loose,
	}
	for _, same := range ways {
		for i := range theirs {
			for j := range ours {
				t, o := &theirs[i], &ours[j]
				if taken[t] || taken[o] || !same(t, o) {
					continue
				}
				taken[t], taken[o] = true, true
				pairs = append(pairs, pair{theirs: t, ours: o})
			}
		}
	}
	for i := range theirs {
		if t := &theirs[i]; !taken[t] {
			pairs = append(pairs, pair{theirs: t, twin: twin(theirs, t, taken)})
			taken[t] = true
		}
	}
	for j := range ours {
		if o := &ours[j]; !taken[o] {
			pairs = append(pairs, pair{ours: o})
		}
	}
	return pairs
}

// alike: both stand, or neither does.
func alike(t, o *Booking) bool { return (t.Status == Standing) == (o.Status == Standing) }

// named: the payer's names of the record do not keep the two apart.
func named(t, o *Booking) bool {
	return t.Reference == "" || o.Reference == "" || t.Reference == o.Reference
}

// loose: nothing keeps the two apart, and theirs is no row that takes back.
func loose(t, o *Booking) bool {
	messages := t.Message == "" || o.Message == "" || t.Message == o.Message
	return !t.Reverses && named(t, o) && messages && samePerson(&t.Line, &o.Line)
}

// twin is the booking of theirs that t repeats: seen before it, standing, of
// the same record, message or person and amounts.
func twin(theirs []Booking, t *Booking, seen map[*Booking]bool) *Booking {
	if t.Status != Standing {
		return nil
	}
	for _, same := range []func(a, b *Line) bool{sameReference, sameMessage, sameMoney} {
		for i := range theirs {
			other := &theirs[i]
			if other != t && seen[other] && other.Status == Standing && same(&t.Line, &other.Line) {
				return other
			}
		}
	}
	return nil
}

// sameMoney: the same amounts for the same person.
func sameMoney(a, b *Line) bool {
	return a.Amounts == b.Amounts && a.Person != "" && a.Person == b.Person && !a.Reverses && !b.Reverses
}
