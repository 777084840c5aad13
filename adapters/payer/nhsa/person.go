package nhsa

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// identityNumber is the voucher and certificate type of an identity number:
// voucher 02, certificate 01.
const (
	voucherIdentity     = "02"
	certificateIdentity = "01"
)

// insuredNormally is the state of an insurance in force (psn_insu_stas).
const insuredNormally = "1"

// personQuery asks who a person is (1101).
type personQuery struct {
	VoucherType     string `json:"mdtrt_cert_type"`
	Voucher         string `json:"mdtrt_cert_no"`
	CertificateType string `json:"psn_cert_type"`
	Certificate     string `json:"certno"`
}

func encodePersonQuery(call lifecycle.Call) personQuery {
	number := call.Person.Reveal()
	return personQuery{voucherIdentity, number, certificateIdentity, number}
}

// personReply is what the payer knows of a person: baseinfo and insuinfo.
type personReply struct {
	Number      string
	Name        string
	Certificate string
	Insurances  []insurance
}

// insurance is one row of insuinfo; a person may hold several at once.
type insurance struct {
	Code  string // insutype
	Area  string // insuplc_admdvs
	State string // psn_insu_stas, "" where the payer does not say
}

func decodePersonReply(output node) (personReply, error) {
	base := open("baseinfo", output.fields["baseinfo"])
	person := personReply{
		Number:      base.id("psn_no"),
		Name:        base.text("psn_name"),
		Certificate: base.text("certno"),
	}
	if person.Number == "" {
		base.fail("psn_no", "missing")
	}
	if base.first != nil {
		return personReply{}, base.first
	}
	rows := open("output", output)
	for _, row := range rows.list("insuinfo") {
		s := open("insuinfo", row)
		person.Insurances = append(person.Insurances, insurance{
			Code: s.code("insutype"), Area: s.code("insuplc_admdvs"), State: s.code("psn_insu_stas"),
		})
		if s.first != nil {
			return personReply{}, s.first
		}
	}
	return person, rows.first
}

// insured is the person in the words of the domain, with the insurance that
// fits the call best: of the scheme asked for, then of the region, then as the
// payer orders them. A person without one in force that this payer settles is
// SchemeNone.
func (p *Payer) insured(person personReply, call lifecycle.Call) lifecycle.Insured {
	found := lifecycle.Insured{
		Number: settlement.Private(person.Number), Name: settlement.Private(person.Name), Scheme: settlement.SchemeNone,
	}
	best := 0
	for _, row := range person.Insurances {
		scheme, known := p.schemes[row.Code]
		if !known || row.State != "" && row.State != insuredNormally {
			continue
		}
		fit := 1
		if scheme == call.Scheme {
			fit += 2
		}
		if row.Area == string(call.Region) {
			fit++
		}
		if fit > best {
			best, found.Scheme, found.Region = fit, scheme, settlement.RegionID(row.Area)
		}
	}
	return found
}

// readPerson is the answer to an identification. An answer about another
// identity number than the one asked for is not believed.
func (p *Payer) readPerson(call lifecycle.Call, output node) lifecycle.PayerAnswer {
	person, err := decodePersonReply(output)
	if err != nil {
		return inDoubt(err)
	}
	if !strings.EqualFold(person.Certificate, call.Person.Reveal()) {
		return inDoubt(&breach{"baseinfo.certno", "of another person"})
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultApplied, Insured: p.insured(person, call)}
}
