package settlement

import "slices"

// stages reads the payments computed after assistance. Each is of one of the
// computed sources, at most once.
func (d *policyDecoder) stages(p *Place) (stages []Stage) {
	for _, place := range p.Items() {
		stage := d.stage(place)
		for _, earlier := range stages {
			if earlier.Source == stage.Source && stage.Source != "" {
				place.Get("payer").Refuse("another stage of this version has this payer")
			}
		}
		stages = append(stages, stage)
	}
	return stages
}

// stage reads one. Nothing of it has a default but the categories, which left
// out mean everybody.
func (d *policyDecoder) stage(p *Place) (stage Stage) {
	if !p.Map("payer", "schemes", "categories", "above", "bands", "over", "bucket", "caps", "source") {
		return stage
	}
	stage = Stage{
		Source:  Word(p.Need("payer"), computedSources...),
		Schemes: decodeSchemes(p.Need("schemes")),
		Above:   p.Need("above").Amount(),
		Bands:   decodeBands(p.Need("bands")),
		Caps:    decodeCaps(p.Need("caps")),
		Article: p.Need("source").Text(),
	}
	stage.Over, stage.Bucket = decodeSpan(p, p.Need("over"))
	if categories := p.Get("categories"); categories != nil {
		stage.Categories = decodeWords(categories, d.vocabulary...)
	}
	return stage
}

// decodeSpan reads over what bands are climbed, and for the year the bucket
// that remembers how far.
func decodeSpan(p, over *Place) (Span, BucketID) {
	span := Word(over, OverStay, OverYear)
	if span != OverYear {
		p.Get("bucket").Refuse("has a meaning only with over: year")
		return span, ""
	}
	return span, Name[BucketID](p.Need("bucket"))
}

// checkStages refuses a stage without a place among the payers after, a place
// without a stage, and a bucket that both accumulates and caps: one of the two
// would count the other's amounts.
func checkStages(p *Place, v *Version) {
	for i, place := range p.Get("stages").Items() {
		if source := v.Stages[i].Source; source != "" && !slices.Contains(v.After, source) {
			place.Get("payer").Refuse("has no place in payers_after")
		}
	}
	for i, place := range p.Get("payers_after").Items() {
		if slices.Contains(computedSources, v.After[i]) && v.stage(v.After[i]) == nil {
			place.Refuse("is computed, and this version has no stage for it")
		}
	}
	for _, bucket := range v.climbed() {
		if slices.ContainsFunc(v.allCaps(), func(c Cap) bool { return c.Bucket == bucket }) {
			p.Get("id").Refuse("bucket %s accumulates for bands and caps too", bucket)
		}
	}
}

// climbed are the buckets in which amounts accumulate over the year.
func (v *Version) climbed() (buckets []BucketID) {
	for _, stage := range v.Stages {
		if stage.Over == OverYear {
			buckets = append(buckets, stage.Bucket)
		}
	}
	for _, category := range v.Categories {
		for _, rule := range category.Rules {
			if rule.Ratio.Over == OverYear {
				buckets = append(buckets, rule.Ratio.Bucket)
			}
		}
	}
	return buckets
}

// allCaps are the caps of every rule.
func (v *Version) allCaps() (caps []Cap) {
	if v.Inclined != nil {
		caps = append(caps, v.Inclined.Caps...)
	}
	for _, stage := range v.Stages {
		caps = append(caps, stage.Caps...)
	}
	for _, category := range v.Categories {
		for _, rule := range category.Rules {
			caps = append(caps, rule.Caps...)
		}
	}
	return caps
}
