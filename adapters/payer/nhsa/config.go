package nhsa

import (
	"crypto/tls"
	"net/url"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Layout is how transactions are spread over addresses.
type Layout string

// The two layouts in the field.
const (
	LayoutA Layout = "A" // one URL for all transactions
	LayoutB Layout = "B" // a path of its own for each
)

// Account is under which name and secret a facility speaks to the payer.
type Account struct {
	AccessID string             // x-tif-paasid
	Token    settlement.Private // secret behind the signature
	// FacilityCode is the payer's own code of the facility; "" uses the
	// national code the directory has.
	FacilityCode string
}

// Operator is the person or machine named as acting in every request.
type Operator struct {
	ID   string // at most 30
	Name string // at most 50
	Type string // 1 person, 2 kiosk, 3 mobile
}

// Config is everything one payer needs. Capabilities default to the worst:
// what is not claimed is not assumed.
type Config struct {
	Code settlement.PayerCode
	// BaseURL is the service's whole address in layout A, and what stands
	// before /fsi/api/ in layout B.
	BaseURL string
	Layout  Layout

	// Account speaks for every facility, unless Accounts is filled: then each
	// facility needs one of its own.
	Account  Account
	Accounts map[settlement.FacilityID]Account

	Operator Operator
	Receiver string // recer_sys_code, at most 10
	Version  string // infver, as in "V1.0"
	SignType string // signtype, "" where the payer asks for none

	// Schemes are the payer's codes of the schemes it settles, as in
	// resident_bmi: "390". A code may stand only once.
	Schemes map[settlement.Scheme]string
	// CertificateType is the voucher presented when settling: 01 token, 02
	// identity number, 03 card.
	CertificateType string
	// PersonalAccount lets the payer draw on the person's own account money.
	PersonalAccount bool

	// Office settles with the facilities (setl_optins) and is named when
	// accounts are compared; "" is the division of the facility.
	Office string

	CallTimeout   time.Duration // more than 0
	QuietPeriod   time.Duration // at least CallTimeout
	ReversibleFor time.Duration // 0: no limit

	InquireByEncounter bool // 5203 answers by encounter, without the payer's own id
	ReversalConfirms   bool // a successful 2601 proves the reversal

	// NotFoundMarks and AlreadyReversedMarks are bracketed codes at the head
	// of err_msg, without the brackets.
	NotFoundMarks        []string
	AlreadyReversedMarks []string

	// Connections is the most that are open to the payer at once, at least 1;
	// a call that gets none before its deadline is unsent.
	Connections int
	TLS         *tls.Config // nil: the system's roots, TLS 1.2 or newer

	// Signing signs every request and opens every answer; nil: neither is
	// signed.
	Signing Signing
}

// Signing is how messages are signed and encrypted, both ways.
type Signing interface {
	// Seal is the request as it goes out. The same request gives the same bytes.
	Seal(request []byte) ([]byte, error)
	// Open is an answer to message in plain; an error if the payer's signature
	// is wrong, or missing where one is demanded.
	Open(answer []byte, message string) ([]byte, error)
}

// check says what is wrong with c, naming the setting.
func (c Config) check() error {
	address, err := url.Parse(c.BaseURL)
	rules := []struct {
		field string
		holds bool
	}{
		{"code", c.Code != ""},
		{"base_url", err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Host != "" && address.User == nil},
		{"layout", c.Layout == LayoutA || c.Layout == LayoutB},
		{"account", len(c.Accounts) > 0 || c.Account.usable()},
		{"operator.id", within(c.Operator.ID, 30)},
		{"operator.name", within(c.Operator.Name, 50)},
		{"operator.type", c.Operator.Type == "1" || c.Operator.Type == "2" || c.Operator.Type == "3"},
		{"receiver", within(c.Receiver, 10)},
		{"version", within(c.Version, 6)},
		{"schemes", distinct(c.Schemes)},
		{"certificate_type", within(c.CertificateType, 3)},
		{"settlement_office", c.Office == "" || within(c.Office, 6)},
		{"call_timeout", c.CallTimeout > 0},
		{"quiet_period", c.QuietPeriod >= c.CallTimeout},
		{"reversible_for", c.ReversibleFor >= 0},
		{"connections", c.Connections > 0},
	}
	for _, rule := range rules {
		if !rule.holds {
			return invalid(rule.field)
		}
	}
	for facility, account := range c.Accounts {
		if !account.usable() {
			return invalid("accounts." + string(facility))
		}
	}
	return nil
}

func (a Account) usable() bool { return a.AccessID != "" && a.Token != "" }

// distinct reports whether there is at least one scheme and no code stands
// for two of them.
func distinct(schemes map[settlement.Scheme]string) bool {
	seen := make(map[string]bool, len(schemes))
	for _, code := range schemes {
		if !within(code, 6) || seen[code] {
			return false
		}
		seen[code] = true
	}
	return len(schemes) > 0
}

// within reports whether text is there and at most longest characters.
func within(text string, longest int) bool {
	return text != "" && len([]rune(text)) <= longest
}

func invalid(field string) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field}
}
