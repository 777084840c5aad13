package lifecycle

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// fingerprintForm is the version of the list of fields below. Fingerprints of
// different forms are not compared field by field.
const fingerprintForm = "2"

// field is one business field of a request, for its fingerprint.
type field struct{ name, text string }

// fields lists what makes two requests the same request, in a fixed order,
// named as the caller names them.
func (a *Ask) fields() []field {
	claim, bill := &a.Claim, &a.Claim.Bill
	fields := append(make([]field, 0, fieldsMost), []field{
		{"facility_id", string(a.Facility)},
		{"discharge_id", string(a.Discharge)},
		{"encounter_id", string(a.Encounter)},
		{"beneficiary.id_number", a.Person.Reveal()},
		{"beneficiary.name", a.Name.Reveal()},
		{"beneficiary.insured_number", a.Insured.Reveal()},
		{"scheme", string(a.Scheme)},
		{"mode", string(claim.Mode)},
		{"disease_class", string(claim.DiseaseClass)},
		{"disease", claim.Disease},
		{"admission_date", claim.Admission.String()},
		{"discharge_date", claim.Discharge.String()},
		{"chosen_category", string(claim.Choice)},
		{"continued_stay", strconv.FormatBool(claim.Continued)},
		{"newborn_registration_date", claim.Registered.String()},
		{"emergency", strconv.FormatBool(claim.Treatment.Emergency)},
		{"referral", string(claim.Treatment.Referral)},
		{"bill.stated", strconv.FormatBool(a.BillStated)},
		{"bill.submitted", bill.Submitted.String()},
		{"bill.self_funded", bill.SelfFunded.String()},
		{"bill.first_self_pay", bill.FirstSelfPay.String()},
		{"bill.over_limit", bill.OverLimit.String()},
		{"bill.eligible", bill.Eligible.String()},
	}...)
	fields = append(fields, shareFields(a.Others)...)
	// What came later stands at the end, and only where it is asked for: a
	// request without it is the same to every gateway of an upgrade.
	if a.Quote != "" {
		fields = append(fields, field{"quote_id", string(a.Quote)})
	}
	if a.Hold != 0 {
		fields = append(fields, field{"hold.minutes", strconv.Itoa(int(a.Hold / time.Minute))})
	}
	if claim.Approval != "" {
		fields = append(fields, field{"approval_number", string(claim.Approval)})
	}
	if a.Admission != "" {
		fields = append(fields, field{"admission_id", string(a.Admission)})
	}
	return fields
}

// shareFields gives each source's sum, so that the order of shares is no
// difference.
func shareFields(shares []settlement.Share) []field {
	coverage := settlement.Coverage{Others: shares}
	fields := make([]field, 0, 4)
	for _, source := range []settlement.Source{settlement.Commercial, settlement.HospitalDerate, settlement.SpecialCare, settlement.Charity} {
		fields = append(fields, field{"other_shares." + string(source), coverage.Other(source).String()})
	}
	return fields
}

func (a *ReverseAsk) fields() []field {
	return []field{{"id", string(a.Settlement)}, {"cause", a.Cause}}
}

// fingerprint is a digest of each field, so that a second request under the
// same key can be told which field differs without keeping its content.
func fingerprint(fields []field) string {
	digests := make([]byte, 0, len(fingerprintForm)+len(fields)*(1+2*digestBytes))
	digests = append(digests, fingerprintForm...)
	var whole [256]byte
	for _, f := range fields {
		content := append(append(append(whole[:0], f.name...), 0), f.text...)
		sum := sha256.Sum256(content)
		digests = hex.AppendEncode(append(digests, '.'), sum[:digestBytes])
	}
	return string(digests)
}

// fieldsMost is how many fields a request has at most.
const fieldsMost = 32

// digestBytes of each field's digest are kept: enough that two different
// contents do not meet by accident.
const digestBytes = 8

// differing names the first field in which a request differs from the
// fingerprint kept, "" if it does not differ.
func differing(kept string, fields []field) string {
	now := fingerprint(fields)
	if kept == now {
		return ""
	}
	before, after := strings.Split(kept, "."), strings.Split(now, ".")
	if before[0] != after[0] {
		return "request"
	}
	for i, f := range fields {
		if i+1 >= len(before) || before[i+1] != after[i+1] {
			return f.name
		}
	}
	return "request"
}
