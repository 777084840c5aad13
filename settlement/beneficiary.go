package settlement

// Residence is the household registration that decides the fund where a
// category does not.
type Residence string

// The two residences.
const (
	Urban Residence = "urban"
	Rural Residence = "rural"
)

// Entitlement is one dated category of a person: approved from a day, ended
// on a day or open. Both ends are inclusive (A09).
type Entitlement struct {
	Category CategoryID
	Period   Period
	Document string // approval document, for the file
}

// Beneficiary is a person as the arithmetic needs one: no name, no number.
type Beneficiary struct {
	ID           BeneficiaryID
	Region       RegionID
	Residence    Residence
	Entitlements []Entitlement
}

// Person is a beneficiary with what the bureau's registry and the payers know
// of them. The private fields are masked wherever they are printed.
type Person struct {
	Beneficiary
	Name        Private
	Certificate Private // citizen identity number, GB 11643
	Scheme      Scheme
	Insured     Private // the insurer's number of the person (psn_no)
}

// Private is personal data. However it is printed, formatted or marshalled as
// text, only its shape shows; Reveal is the one way to the content, so that
// every use can be found.
type Private string

// Reveal is the content, for a payer's message or the person's own statement.
func (p Private) Reveal() string { return string(p) }

// String masks the content.
func (p Private) String() string {
	if p == "" {
		return ""
	}
	return "***"
}

// GoString masks the content.
func (p Private) GoString() string { return p.String() }

// MarshalText masks the content, in JSON and in structured logs alike.
func (p Private) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
