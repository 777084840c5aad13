package oracle

// The keys of the rules most regions do not have.
type (
	// Local is what a version may say beside the usual.
	Local struct {
		Identity  *Identity  `json:"identity,omitempty" yaml:"identity,omitempty"`
		Rounding  *Rounding  `json:"rounding,omitempty" yaml:"rounding,omitempty"`
		Stages    []*Stage   `json:"stages,omitempty" yaml:"stages,omitempty"`
		Lists     []*List    `json:"disease_lists,omitempty" yaml:"disease_lists,omitempty"`
		Choice    *Choice    `json:"choice,omitempty" yaml:"choice,omitempty"`
		Late      *Late      `json:"late_claims,omitempty" yaml:"late_claims,omitempty"`
		CrossYear *CrossYear `json:"cross_year,omitempty" yaml:"cross_year,omitempty"`
		Newborns  *Newborns  `json:"newborn,omitempty" yaml:"newborn,omitempty"`
	}
	// Identity says on which days of a stay a category counts.
	Identity struct {
		Counts string `json:"counts" yaml:"counts"`
		Source string `json:"source" yaml:"source"`
	}
	// Rounding is to whole yuan.
	Rounding struct {
		To     string `json:"to" yaml:"to"`
		Source string `json:"source" yaml:"source"`
	}
	// Stage is a payment computed after assistance.
	Stage struct {
		Payer      string   `json:"payer" yaml:"payer"`
		Schemes    []string `json:"schemes" yaml:"schemes,flow"`
		Categories []string `json:"categories,omitempty" yaml:"categories,omitempty,flow"`
		Above      string   `json:"above" yaml:"above"`
		Bands      []Band   `json:"bands" yaml:"bands"`
		Over       string   `json:"over" yaml:"over"`
		Bucket     string   `json:"bucket,omitempty" yaml:"bucket,omitempty"`
		Caps       []Cap    `json:"caps" yaml:"caps"`
		Source     string   `json:"source" yaml:"source"`
	}
	// List is a dated list of illnesses by code.
	List struct {
		ID     string   `json:"id" yaml:"id"`
		Class  string   `json:"class" yaml:"class"`
		Modes  []string `json:"modes,omitempty" yaml:"modes,omitempty,flow"`
		From   string   `json:"effective_from" yaml:"effective_from"`
		To     *string  `json:"effective_to" yaml:"effective_to"`
		Codes  []string `json:"codes" yaml:"codes,flow"`
		Source string   `json:"source" yaml:"source"`
	}
	// Choice is a set of categories of which one is used.
	Choice struct {
		Between []string `json:"between" yaml:"between,flow"`
		Source  string   `json:"source" yaml:"source"`
	}
	// Late is until when a claim counts to its own year.
	Late struct {
		Until  string `json:"until" yaml:"until"`
		After  string `json:"after" yaml:"after"`
		Source string `json:"source" yaml:"source"`
	}
	// CrossYear is how a stay across 31 December is settled.
	CrossYear struct {
		Settle     string `json:"settle" yaml:"settle"`
		Deductible string `json:"deductible,omitempty" yaml:"deductible,omitempty"`
		Source     string `json:"source" yaml:"source"`
	}
	// Newborns are entitled from birth if registered within the days.
	Newborns struct {
		Days   int    `json:"register_within_days" yaml:"register_within_days"`
		Source string `json:"source" yaml:"source"`
	}
	// BaseOf is what a category's base starts from.
	BaseOf struct {
		Of     string `json:"of" yaml:"of"`
		Source string `json:"source" yaml:"source"`
	}
	// When narrows a rule.
	When struct {
		Levels    []string `json:"levels,omitempty" yaml:"levels,omitempty,flow"`
		InArea    *bool    `json:"in_area,omitempty" yaml:"in_area,omitempty"`
		Schemes   []string `json:"schemes,omitempty" yaml:"schemes,omitempty,flow"`
		Residence string   `json:"residence,omitempty" yaml:"residence,omitempty"`
	}
	// Newborn is what a step says of one.
	Newborn struct {
		Born       string `json:"born" yaml:"born"`
		Registered string `json:"registered" yaml:"registered"`
	}
)
