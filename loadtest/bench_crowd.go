package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// benchFiles are the configuration and the groups of persons of the bench.
//
//go:embed bench
var benchFiles embed.FS

// ward is a kind of person, as bench/groups.yaml has it.
type ward struct {
	Category  string `yaml:"category"`
	Region    string `yaml:"region"`
	Residence string `yaml:"residence"`
	Share     int    `yaml:"share"` // of the crowd, per cent
	Rate      int64  `yaml:"rate"`  // of assistance, thousandths
}

// inpatient is one invented person of the crowd.
type inpatient struct {
	*ward
	ID, Name, IDNumber, Insured string
}

// crowd is everybody who may be discharged.
type crowd struct{ people []*inpatient }

// newCrowd invents so many persons, group after group.
func newCrowd(persons int) (*crowd, error) {
	text, err := benchFiles.ReadFile("bench/groups.yaml")
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var wards []*ward
	if err := decoder.Decode(&wards); err != nil {
		return nil, fmt.Errorf("groups of persons: %w", err)
	}
	c := &crowd{}
	for _, w := range wards {
		for range max(1, persons*w.Share/100) {
			c.move(w)
		}
	}
	return c, nil
}

// bornSameDay bounds those who share a birthday: an identity number tells them
// apart by three digits.
const bornSameDay = 900

// move adds one person of a group.
func (c *crowd) move(w *ward) {
	n := len(c.people) + 1
	born := time.Date(1935, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n/bornSameDay)
	c.people = append(c.people, &inpatient{
		ward: w, ID: fmt.Sprintf("b-bench-%d", n), Name: "测试" + strconv.Itoa(n),
		IDNumber: identityNumber(w.Region, born, n%bornSameDay+1), Insured: fmt.Sprintf("%s%06d", w.Region, n),
	})
}

// registry is the crowd as `person import` reads it; JSON is YAML too.
func (c *crowd) registry() ([]byte, error) {
	entries := make([]map[string]any, len(c.people))
	for i, p := range c.people {
		entries[i] = map[string]any{
			"id": p.ID, "name": p.Name, "id_number": p.IDNumber, "region": p.Region, "residence": p.Residence,
			"scheme": "resident_bmi", "insured_number": p.Insured,
			"categories": []map[string]any{{"id": p.Category, "from": "2008-01-01", "to": nil, "document": "bench"}},
		}
	}
	return json.Marshal(map[string]any{"persons": entries})
}

// claim is a request to settle a discharge, and the answer it must get.
type claim struct {
	request              *onestopv1.CreateSettlementRequest
	benefit, patientPays settlement.Money
	pooled, submitted    settlement.Money
}

// pooledRate is what the payers of the bench pay of the eligible amount,
// thousandths.
const pooledRate = 550

// claims is a stream of claims of one worker, no two with the same key.
type claims struct {
	chance *rand.Rand
	prefix string
	made   int
	choose chooser
}

// next makes a claim for a new discharge: a small bill, so that a year's cap
// lasts for as many discharges as a bench can make, and the answer by hand.
func (c *claims) next() *claim {
	c.made++
	id := c.prefix + strconv.Itoa(c.made)
	s := c.choose(c.chance)
	eligible, selfFunded := settlement.Money(100_00+c.chance.Int64N(300_00)), settlement.Money(c.chance.Int64N(50_00))
	if s.small {
		eligible /= 100
	}
	out := &claim{pooled: thousandths(eligible, pooledRate), submitted: eligible + selfFunded}
	out.benefit = thousandths(eligible-out.pooled, s.Rate)
	out.patientPays = out.submitted - out.pooled - out.benefit
	out.request = &onestopv1.CreateSettlementRequest{
		RequestId: id, FacilityId: "H" + s.Region + "00001", DischargeId: "D-" + id, EncounterId: "E-" + id,
		Beneficiary: &onestopv1.Beneficiary{IdNumber: s.IDNumber, Name: s.Name}, Mode: onestopv1.Mode_MODE_INPATIENT,
		AdmissionDate: s.admission.Format(time.DateOnly), DischargeDate: s.leaving.Format(time.DateOnly),
		Bill: &onestopv1.Bill{Submitted: out.submitted.String(), SelfFunded: selfFunded.String(), FirstSelfPay: "0", OverLimit: "0", Eligible: eligible.String()},
	}
	return out
}

// thousandths is a share of an amount, rounded half up to the fen.
func thousandths(of settlement.Money, rate int64) settlement.Money {
	return (of*settlement.Money(rate) + 500) / 1000
}
