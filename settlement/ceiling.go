package settlement

// Ceiling is the most that a year can lawfully have of a bucket, whichever of
// the policy's rules and versions draw on it; not bounded where one of them
// counts without a limit.
func (p *Policy) Ceiling(bucket BucketID) (limit Money, bounded bool) {
	c := ceiling{bucket: bucket}
	for i := range p.Versions {
		c.version(&p.Versions[i])
	}
	return c.limit, c.limited && !c.open
}

// ceiling is the largest limit met so far of one bucket.
type ceiling struct {
	bucket  BucketID
	limit   Money
	limited bool
	open    bool // counted somewhere without a limit
}

func (c *ceiling) version(v *Version) {
	for _, category := range v.Categories {
		for _, rule := range category.Rules {
			c.caps(rule.Caps)
			c.counts(rule.Ratio.Bucket)
		}
	}
	if v.Inclined != nil {
		c.caps(v.Inclined.Caps)
	}
	for _, stage := range v.Stages {
		c.caps(stage.Caps)
		c.counts(stage.Bucket)
	}
}

func (c *ceiling) caps(caps []Cap) {
	for _, one := range caps {
		switch {
		case one.Bucket != c.bucket:
		case one.Limit == nil:
			c.open = true
		default:
			c.limit, c.limited = max(c.limit, *one.Limit), true
		}
	}
}

// counts takes in a bucket by which bands are climbed.
func (c *ceiling) counts(bucket BucketID) { c.open = c.open || bucket == c.bucket }
