package oracle

// The format of worked cases, field by field as a file writes it. Amounts,
// ratios and dates are texts.
type (
	// File is what a file of worked cases holds beside its cases.
	File struct {
		Meta     map[string]string  `json:"meta" yaml:"meta"`
		Policies map[string]*Policy `json:"policies" yaml:"policies"`
	}
	// Policy is dated rules.
	Policy struct {
		Title    string            `json:"title" yaml:"title"`
		Aliases  map[string]string `json:"aliases,omitempty" yaml:"aliases,omitempty"`
		Versions []*Version        `json:"versions" yaml:"versions"`
	}
	// Version is the rules of one period.
	Version struct {
		ID         string            `json:"id" yaml:"id"`
		From       string            `json:"effective_from" yaml:"effective_from"`
		To         *string           `json:"effective_to" yaml:"effective_to"`
		Income     map[string]string `json:"prior_year_income,omitempty" yaml:"prior_year_income,omitempty"`
		Before     []string          `json:"payers_before" yaml:"payers_before,flow"`
		After      []string          `json:"payers_after" yaml:"payers_after,flow"`
		Uninsured  Uninsured         `json:"uninsured" yaml:"uninsured"`
		Provider   ProviderRule      `json:"provider" yaml:"provider"`
		Critical   *Critical         `json:"critical_illness" yaml:"critical_illness"`
		Inclined   *Inclined         `json:"inclined,omitempty" yaml:"inclined,omitempty"`
		Local      `yaml:",inline"`
		Categories []*Category `json:"categories" yaml:"categories"`
	}
	// Uninsured is the rule for people without insurance (A06).
	Uninsured struct {
		Covered   bool              `json:"covered" yaml:"covered"`
		Factor    string            `json:"factor,omitempty" yaml:"factor,omitempty"`
		Overrides map[string]string `json:"overrides,omitempty" yaml:"overrides,omitempty"`
		Source    string            `json:"source" yaml:"source"`
	}
	// ProviderRule is the rule for care out of area (A25).
	ProviderRule struct {
		Unreferred struct {
			Rule   string `json:"rule" yaml:"rule"`
			Points string `json:"points,omitempty" yaml:"points,omitempty"`
		} `json:"unreferred" yaml:"unreferred"`
		Source string `json:"source" yaml:"source"`
	}
	// Critical is critical-illness insurance (A16).
	Critical struct {
		Schemes    []string `json:"schemes" yaml:"schemes,flow"`
		Deductible string   `json:"deductible,omitempty" yaml:"deductible,omitempty"`
		IncomeRate string   `json:"deductible_income_rate,omitempty" yaml:"deductible_income_rate,omitempty"`
		Tilt       Tilt     `json:"tilt" yaml:"tilt"`
		Bands      []Band   `json:"bands" yaml:"bands"`
		Cap        string   `json:"cap" yaml:"cap"`
		Source     string   `json:"source" yaml:"source"`
	}
	// Tilt is what critical illness grants the poor on top.
	Tilt struct {
		Factor   string `json:"deductible_factor" yaml:"deductible_factor"`
		Extra    string `json:"extra_rate" yaml:"extra_rate"`
		Uncapped bool   `json:"uncapped" yaml:"uncapped"`
	}
	// Band is a range of amount with one rate.
	Band struct {
		UpTo *string `json:"up_to" yaml:"up_to"`
		Rate string  `json:"rate" yaml:"rate"`
	}
	// Inclined is automatic inclined assistance (A17).
	Inclined struct {
		Auto      bool   `json:"auto" yaml:"auto"`
		Threshold string `json:"threshold" yaml:"threshold"`
		Rate      string `json:"rate" yaml:"rate"`
		Caps      []Cap  `json:"caps" yaml:"caps"`
		Source    string `json:"source" yaml:"source"`
	}
	// Cap is a bucket's annual cap; a nil limit only counts.
	Cap struct {
		Bucket string  `json:"bucket" yaml:"bucket"`
		Limit  *string `json:"limit" yaml:"limit"`
	}
	// Category is one category's rules.
	Category struct {
		ID    string  `json:"id" yaml:"id"`
		Fund  string  `json:"fund" yaml:"fund"`
		Tilt  bool    `json:"ci_tilt" yaml:"ci_tilt"`
		Base  *BaseOf `json:"base,omitempty" yaml:"base,omitempty"`
		Rules []*Rule `json:"rules" yaml:"rules"`
	}
	// Rule is the terms of one mode and class of disease, or a care grant.
	Rule struct {
		Mode       string      `json:"mode" yaml:"mode"`
		Class      string      `json:"disease_class,omitempty" yaml:"disease_class,omitempty"`
		When       *When       `json:"when,omitempty" yaml:"when,omitempty"`
		Deductible *Deductible `json:"deductible,omitempty" yaml:"deductible,omitempty"`
		Ratio      *Ratio      `json:"ratio,omitempty" yaml:"ratio,omitempty"`
		Caps       []Cap       `json:"caps,omitempty" yaml:"caps,omitempty"`
		Diseases   []string    `json:"diseases,omitempty" yaml:"diseases,omitempty"`
		List       string      `json:"disease_list,omitempty" yaml:"disease_list,omitempty"`
		Grant      string      `json:"amount,omitempty" yaml:"amount,omitempty"`
		Source     string      `json:"source" yaml:"source"`
	}
	// Deductible is what the person bears first (A12).
	Deductible struct {
		Kind       string `json:"kind" yaml:"kind"`
		Amount     string `json:"amount,omitempty" yaml:"amount,omitempty"`
		IncomeRate string `json:"income_rate,omitempty" yaml:"income_rate,omitempty"`
	}
	// Ratio is a reimbursement ratio (A13).
	Ratio struct {
		Kind   string `json:"kind" yaml:"kind"`
		Rate   string `json:"rate,omitempty" yaml:"rate,omitempty"`
		Bands  []Band `json:"bands,omitempty" yaml:"bands,omitempty"`
		Over   string `json:"over,omitempty" yaml:"over,omitempty"`
		Bucket string `json:"bucket,omitempty" yaml:"bucket,omitempty"`
	}
)

type (
	// Case is one person's settlements and reversals in order.
	Case struct {
		ID     string           `json:"id" yaml:"id"`
		Policy string           `json:"policy" yaml:"policy"`
		Person Person           `json:"person" yaml:"person"`
		Start  map[string]*Year `json:"accumulators,omitempty" yaml:"accumulators,omitempty"`
		Steps  []*Step          `json:"steps" yaml:"steps"`
		After  map[string]*Year `json:"accumulators_after" yaml:"accumulators_after"`
	}
	// Person is whose case it is.
	Person struct {
		Residence  string `json:"residence" yaml:"residence"`
		Categories []Held `json:"categories" yaml:"categories"`
	}
	// Held is a category over a period.
	Held struct {
		ID   string  `json:"id" yaml:"id"`
		From string  `json:"from" yaml:"from"`
		To   *string `json:"to" yaml:"to"`
	}
	// Year is the accumulators of a year.
	Year struct {
		Buckets    map[string]string `json:"buckets,omitempty" yaml:"buckets,omitempty"`
		Met        string            `json:"deductible_met,omitempty" yaml:"deductible_met,omitempty"`
		CriticalIn string            `json:"ci_base,omitempty" yaml:"ci_base,omitempty"`
		Critical   string            `json:"ci_paid,omitempty" yaml:"ci_paid,omitempty"`
		Grants     int               `json:"care_grants,omitempty" yaml:"care_grants,omitempty"`
	}
	// Step is a settlement or, with Op "reverse", a reversal.
	Step struct {
		Op        string    `json:"op" yaml:"op"`
		SID       string    `json:"sid" yaml:"sid"`
		Mode      string    `json:"mode,omitempty" yaml:"mode,omitempty"`
		Class     string    `json:"disease_class,omitempty" yaml:"disease_class,omitempty"`
		Disease   string    `json:"disease,omitempty" yaml:"disease,omitempty"`
		Admission string    `json:"admission,omitempty" yaml:"admission,omitempty"`
		Discharge string    `json:"discharge,omitempty" yaml:"discharge,omitempty"`
		Choice    string    `json:"choice,omitempty" yaml:"choice,omitempty"`
		Continued bool      `json:"continued,omitempty" yaml:"continued,omitempty"`
		Filed     string    `json:"filed,omitempty" yaml:"filed,omitempty"`
		Newborn   *Newborn  `json:"newborn,omitempty" yaml:"newborn,omitempty,flow"`
		Provider  *Provider `json:"provider,omitempty" yaml:"provider,omitempty,flow"`
		Bill      *Bill     `json:"bill,omitempty" yaml:"bill,omitempty,flow"`
		Payers    *Payers   `json:"payers,omitempty" yaml:"payers,omitempty"`
		Expect    *Expect   `json:"expect" yaml:"expect"`
	}
	// Provider is where care was given.
	Provider struct {
		Designated bool   `json:"designated" yaml:"designated"`
		Emergency  bool   `json:"emergency" yaml:"emergency"`
		InArea     bool   `json:"in_area" yaml:"in_area"`
		Referral   string `json:"referral" yaml:"referral"`
		Level      string `json:"level,omitempty" yaml:"level,omitempty"`
	}
	// Bill is what was charged.
	Bill struct {
		Total        string `json:"total" yaml:"total"`
		OutOfScope   string `json:"out_of_scope" yaml:"out_of_scope"`
		FirstSelfPay string `json:"pre_self_pay" yaml:"pre_self_pay"`
		OverLimit    string `json:"over_limit" yaml:"over_limit"`
		InScope      string `json:"in_scope" yaml:"in_scope"`
	}
	// Payers is who else pays.
	Payers struct {
		Scheme     string       `json:"scheme" yaml:"scheme"`
		Basic      string       `json:"basic,omitempty" yaml:"basic,omitempty"`
		Commercial string       `json:"commercial,omitempty" yaml:"commercial,omitempty"`
		Derate     string       `json:"hospital_derate,omitempty" yaml:"hospital_derate,omitempty"`
		Special    string       `json:"special_care,omitempty" yaml:"special_care,omitempty"`
		Charity    string       `json:"charity_offer,omitempty" yaml:"charity_offer,omitempty"`
		Critical   *GivenOrMade `json:"critical_illness,omitempty" yaml:"critical_illness,omitempty"`
	}
	// GivenOrMade is critical illness as given by the insurer or to be computed.
	GivenOrMade struct {
		Source string `json:"source" yaml:"source"`
		Pay    string `json:"pay,omitempty" yaml:"pay,omitempty"`
	}
	// Expect is the answer; an error and a reversal have the first fields only.
	Expect struct {
		Status  string `json:"status" yaml:"status"`
		Reason  string `json:"reason" yaml:"reason"`
		*Answer `yaml:",inline"`
		Review  *[]string `json:"review,omitempty" yaml:"review,omitempty,flow"`
	}
	// Answer is the figures of a settlement that is no error.
	Answer struct {
		Version    string   `json:"policy_version" yaml:"policy_version"`
		Category   *string  `json:"category" yaml:"category"`
		Fund       *string  `json:"fund" yaml:"fund"`
		Critical   string   `json:"ci_pay" yaml:"ci_pay"`
		Base       string   `json:"base" yaml:"base"`
		Deductible string   `json:"deductible_applied" yaml:"deductible_applied"`
		Ordinary   string   `json:"assist_ordinary" yaml:"assist_ordinary"`
		Inclined   string   `json:"assist_inclined" yaml:"assist_inclined"`
		Benefit    string   `json:"assist" yaml:"assist"`
		Charity    string   `json:"charity_applied" yaml:"charity_applied"`
		Again      string   `json:"critical_again_applied" yaml:"critical_again_applied"`
		Second     string   `json:"second_assistance_applied" yaml:"second_assistance_applied"`
		Patient    string   `json:"patient_pay" yaml:"patient_pay"`
		Warnings   []string `json:"warnings,omitempty" yaml:"warnings,omitempty"`
	}
)
