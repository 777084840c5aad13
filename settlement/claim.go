package settlement

// The identifiers of the domain. Each is its own type, so that one cannot be
// passed where another is meant.
type (
	SettlementID  string // random, made by the gateway
	QuoteID       string // of a quote that holds; random, made by the gateway
	NoticeID      string // of an admission notice; random, made by the gateway
	AdmissionID   string // of a stay that is registered before its discharge; random, made by the gateway
	TenantID      string // who is asking: the facility a credential belongs to
	RequestID     string // the caller's key, made and kept before sending
	DischargeID   string // the facility's own number of the discharge or visit
	EncounterID   string // the payer's number of the stay (mdtrt_id)
	FacilityID    string // national code of the hospital or clinic
	BeneficiaryID string // pseudonym of a person in the registry
	RegionID      string // six-digit division code
	ListID        string // a disease list's name inside a policy
	MessageID     string // our id of one message to a payer (msgid, at most 30)
	PayerCode     string // a configured payer, as in "nhsa-360827"
	PolicyID      string // as in "suichuan_style"
	VersionID     string // as in "suichuan_style/2"
	CategoryID    string // as in "rural_dibao"
	BucketID      string // an annual cap's name inside a policy, as in "total"
	// ApprovalNumber is the bureau's number of an approval form (审批表编号).
	ApprovalNumber string
)

// Mode is the form of assistance asked for.
type Mode string

// The four modes: outpatient 门诊, inpatient 住院, inclined 倾斜, care 关怀.
const (
	Outpatient Mode = "outpatient"
	Inpatient  Mode = "inpatient"
	Inclined   Mode = "inclined"
	Care       Mode = "care"
)

// Scheme is the insurance a person comes with.
type Scheme string

// The schemes a bill can arrive under.
const (
	SchemeNCMS     Scheme = "ncms"         // 新农合
	SchemeResident Scheme = "resident_bmi" // 城乡居民基本医保
	SchemeEmployee Scheme = "employee_bmi" // 职工基本医保
	SchemeNone     Scheme = "none"         // uninsured
)

// DiseaseClass says under which list an illness falls.
type DiseaseClass string

// The classes of illness; AnyDisease stands only in rules.
const (
	General       DiseaseClass = "general"
	Serious       DiseaseClass = "serious"
	Special       DiseaseClass = "special"        // special outpatient illness 门诊特殊病
	FreeTreatment DiseaseClass = "free_treatment" // treated free 免费救治
	AnyDisease    DiseaseClass = "any"
)

// Referral is the state of an out-of-area filing.
type Referral string

// Referral states.
const (
	ReferralNone     Referral = "none"
	ReferralApproved Referral = "approved"
)

// Bill is what a facility charged, in the four parts of the national platform.
type Bill struct {
	Submitted    Money // total charged (medfee_sumamt)
	SelfFunded   Money // wholly outside cover (fulamt_ownpay_amt 全自费)
	FirstSelfPay Money // paid before ratios apply (preselfpay_amt 先行自付)
	OverLimit    Money // above the price ceiling (overlmt_selfpay 超限价)
	Eligible     Money // within policy scope (inscp_scp_amt 符合政策范围)
}

// Balanced reports identity A02: the four parts add up to what was submitted.
func (b Bill) Balanced() bool {
	return b.Submitted == b.SelfFunded+b.FirstSelfPay+b.OverLimit+b.Eligible
}

// Treatment is where and under what circumstances care was given.
type Treatment struct {
	Designated bool // the facility is a designated one (定点)
	Emergency  bool
	InArea     bool // inside the beneficiary's own coordination area
	Referral   Referral
	Level      string // of the facility, in the words of the directory
}

// Claim is what a facility asks to be paid for one encounter.
type Claim struct {
	Mode         Mode
	DiseaseClass DiseaseClass
	Disease      string // listed illness or code, for care grants and lists
	Admission    Date
	Discharge    Date // service date for outpatient care
	Bill         Bill
	Treatment    Treatment
	Choice       CategoryID // of categories a person must choose between, "" for none
	Continued    bool       // the part from 1 January of a stay settled up to 31 December
	Filed        Date       // when it was handed in
	Born         Date       // a newborn's, where Registered is given
	Registered   Date       // when a newborn was registered
	// Approval is the number of the approval it is made by, "" for none.
	Approval ApprovalNumber
}

// Year is the calendar year of the discharge: the benefit year, unless the
// version has a rule for late claims (A08).
func (c Claim) Year() int { return c.Discharge.Year() }

// Stay is the period of care, both ends inclusive.
func (c Claim) Stay() Period { return Period{c.Admission, c.Discharge} }

// Source names one of the payers beside basic insurance, critical illness and
// assistance. The policy says which of them come before assistance and which
// after.
type Source string

// The other sources of payment a policy can place.
const (
	Commercial     Source = "commercial"      // 商业保险
	HospitalDerate Source = "hospital_derate" // 医院减免
	SpecialCare    Source = "special_care"    // 优抚
	Charity        Source = "charity"         // 慈善
	// What follows is computed by a stage of the policy, never offered.
	CriticalAgain    Source = "critical_again"    // 大病保险再次支付
	SecondAssistance Source = "second_assistance" // 另一级医疗救助
)

// Share is what one source pays, or offers to pay, on one settlement.
type Share struct {
	Source Source
	Amount Money
}

// Coverage is what others pay on a claim before assistance is computed.
type Coverage struct {
	Scheme Scheme
	Basic  Money // basic insurance or NCMS
	// CriticalIllness is the insurer's own figure; it plays no part where
	// ComputeCriticalIllness asks the policy to compute it.
	CriticalIllness        Money
	ComputeCriticalIllness bool
	Others                 []Share // what the other sources pay or offer
}

// Other is the sum of what source pays or offers. However many shares there
// are, it stays within a fen above the largest amount, which no bill can bear.
func (c Coverage) Other(source Source) (sum Money) {
	for _, share := range c.Others {
		if share.Source == source {
			sum = min(sum+share.Amount, MoneyMax+1)
		}
	}
	return sum
}
