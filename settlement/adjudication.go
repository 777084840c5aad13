package settlement

// Outcome is how an adjudication ended when nothing was wrong with the input.
type Outcome string

// The outcomes.
const (
	OutcomeOK   Outcome = "ok"   // assistance is paid
	OutcomeZero Outcome = "zero" // lawful, but nothing is paid; Reason says why
)

// Fund is the assistance fund that bears a benefit.
type Fund string

// The funds; NoFund where no assistance is paid (A22).
const (
	NoFund    Fund = ""
	UrbanFund Fund = "urban"
	RuralFund Fund = "rural"
)

// Warning marks an adjudication a person may want to look at.
type Warning string

// The warnings.
const (
	// WarnBaseFloored: payers before assistance paid more than the eligible
	// amount, as a guaranteed minimum can (A05).
	WarnBaseFloored Warning = "BASE_FLOORED"
	// WarnRoomHeld: less is paid than the year has left, because live quotes of
	// others hold the room; the same bill may get more once they have lapsed.
	WarnRoomHeld Warning = "ROOM_HELD"
)

// Step is one line of the working: which rule, from which article, took what
// in and gave what out. Amounts that do not apply are zero.
type Step struct {
	Rule    string // stable id of the kind of rule, one of the constants of trace.go
	Subject string // what it is about: the category, source or cap bucket, else ""
	Article string // the policy's source of the figure, or the assumption's id
	Input   Money
	Ratio   string // exact decimal text where a ratio was applied, else ""
	Output  Money
	Reason  Reason // set on the one step that decided the reason, else ""
}

// Candidate is what one category in force would have given; the largest wins
// and the others are shown, never added (A10).
type Candidate struct {
	Category CategoryID
	Benefit  Money
	Reason   Reason
}

// Adjudication is the result of applying a policy to a claim, with its
// working. It is a pure function of the version, the beneficiary, the claim,
// the coverage and the accumulator.
type Adjudication struct {
	Outcome         Outcome
	Reason          Reason
	Version         VersionID
	Category        CategoryID // the one applied, "" if none
	Fund            Fund
	CriticalIllness Money // what critical-illness insurance pays, given or computed
	Base            Money
	Deductible      Money    // applied in this settlement
	Ordinary        Money    // ordinary assistance, or the care grant
	Inclined        Money    // inclined assistance, automatic or on application
	Benefit         Money    // Ordinary + Inclined
	Funding         []Funded // the benefit by who bears it; empty where the policy does not say
	Before          []Share  // what sources placed before assistance pay
	After           []Share  // what sources placed after assistance pay
	PatientPays     Money
	CapLimited      bool // ordinary or inclined was cut by a cap, even to nothing
	Accumulated     bool // critical illness, or bands over the year, moved their accumulator here
	Warnings        []Warning
	Delta           Accumulator // what this settlement adds to the year
	Candidates      []Candidate
	Trace           []Step
}
