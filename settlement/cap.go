package settlement

// capped is an amount with the caps it has to pass.
type capped struct {
	caps       []Cap
	article    string
	calculated Money
}

// limit is the amount within every remaining cap (A14). Being exactly equal to
// what remains is not a cut. Of several cuts the last, which leaves the least,
// decides the reason; a cut of ordinary assistance does so before one of
// inclined assistance.
func (w *working) limit(c *candidate, kind string, amount capped) Money {
	paid, binding := amount.calculated, 0
	for _, bucket := range amount.caps {
		before := paid
		if bucket.Limit != nil {
			room := bucket.Limit.Less(w.drawn(c, bucket.Bucket))
			free := w.beside(room, bucket.Bucket, amount.article)
			c.squeezed = c.squeezed || free < min(paid, room)
			paid = min(paid, free)
		}
		w.step(Step{Rule: kind, Subject: string(bucket.Bucket), Article: amount.article, Input: before, Output: paid})
		if paid < before {
			binding = w.last()
		}
	}
	if paid < amount.calculated && !c.cut {
		c.cut, c.decided = true, binding
	}
	return paid
}

// beside is the room of a bucket less what live quotes of others hold of it.
func (w *working) beside(room Money, bucket BucketID, article string) Money {
	held := w.used.Held[bucket]
	if held == 0 {
		return room
	}
	free := room.Less(held)
	w.step(Step{Rule: StepHeld, Subject: string(bucket), Article: article, Input: room, Output: free})
	return free
}

// drawn is what the year has used of a bucket, ordinary assistance of this
// same settlement included: automatic inclined assistance comes after it.
func (w *working) drawn(c *candidate, bucket BucketID) Money {
	used := w.used.Used[bucket]
	if c.ordinary == 0 {
		return used
	}
	for _, other := range c.rule.Caps {
		if other.Bucket == bucket {
			return used + c.ordinary
		}
	}
	return used
}

// draw adds an amount to every bucket of a rule, limited or not.
func (a *Accumulator) draw(caps []Cap, amount Money) {
	if amount == 0 {
		return
	}
	if a.Used == nil {
		a.Used = make(map[BucketID]Money, len(caps))
	}
	for _, bucket := range caps {
		a.Used[bucket.Bucket] += amount
	}
}
