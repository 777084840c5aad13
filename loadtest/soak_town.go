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

	"github.com/onestop-gateway/onestop/settlement"
)

// soakFiles are the configuration and the groups of persons of the soak.
//
//go:embed soak
var soakFiles embed.FS

// group is a kind of person, as soak/groups.yaml has it.
type group struct {
	Category     string   `yaml:"category"`
	Region       string   `yaml:"region"`
	Residence    string   `yaml:"residence"`
	Scheme       string   `yaml:"scheme"`
	Persons      int      `yaml:"persons"`
	Years        []int    `yaml:"years"`
	Mode         string   `yaml:"mode"`
	DiseaseClass string   `yaml:"disease_class"`
	Disease      string   `yaml:"disease"`
	Eligible     [2]int   `yaml:"eligible"`
	Payers       []string `yaml:"payers"`
}

// person is one invented person.
type person struct {
	*group
	ID, Name, IDNumber, Insured string
}

// facility is the hospital of the person's region.
func (p *person) facility() string { return "H" + p.Region + "00001" }

// town is everybody who is discharged during a soak.
type town struct {
	people []*person
	byID   map[string]*person
}

// newTown invents the persons of a seed.
func newTown(seed uint64) (*town, error) {
	text, err := soakFiles.ReadFile("soak/groups.yaml")
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var groups []*group
	if err := decoder.Decode(&groups); err != nil {
		return nil, fmt.Errorf("groups of persons: %w", err)
	}
	t := &town{byID: map[string]*person{}}
	chance := rand.New(rand.NewPCG(seed, 0))
	for _, g := range groups {
		for range g.Persons {
			t.move(g, chance)
		}
	}
	return t, nil
}

// move adds one person of a group.
func (t *town) move(g *group, chance *rand.Rand) {
	n := len(t.people) + 1
	born := time.Date(1930, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, chance.IntN(60*365))
	p := &person{
		group: g, ID: fmt.Sprintf("b-soak-%d", n), Name: "测试" + strconv.Itoa(n),
		IDNumber: identityNumber(g.Region, born, n), Insured: fmt.Sprintf("%s%06d", g.Region, n),
	}
	t.people, t.byID[p.ID] = append(t.people, p), p
}

// identityNumber is a synthetic number with the check character of GB 11643.
func identityNumber(area string, born time.Time, sequence int) string {
	digits := fmt.Sprintf("%s%s%03d", area, born.Format("20060102"), sequence)
	sum := 0
	for _, digit := range digits {
		sum = (sum + int(digit-'0')) * 2 % 11
	}
	return digits + string("10X98765432"[sum])
}

// registry is the town as `person import` reads it; JSON is YAML too.
func (t *town) registry() ([]byte, error) {
	type entitlement struct {
		ID       string  `json:"id"`
		From     string  `json:"from"`
		To       *string `json:"to"`
		Document string  `json:"document"`
	}
	type entry struct {
		ID         string        `json:"id"`
		Name       string        `json:"name"`
		IDNumber   string        `json:"id_number"`
		Region     string        `json:"region"`
		Residence  string        `json:"residence"`
		Scheme     string        `json:"scheme"`
		Insured    string        `json:"insured_number"`
		Categories []entitlement `json:"categories"`
	}
	entries := make([]entry, len(t.people))
	for i, p := range t.people {
		entries[i] = entry{
			ID: p.ID, Name: p.Name, IDNumber: p.IDNumber, Region: p.Region, Residence: p.Residence, Scheme: p.Scheme,
			Insured: p.Insured, Categories: []entitlement{{ID: p.Category, From: "2008-01-01", Document: "soak"}},
		}
	}
	return json.Marshal(map[string]any{"persons": entries})
}

// discharge is one stay that ends, with its bill.
type discharge struct {
	*person
	ID, Encounter      string
	Admission, Leaving string
}

// leaves lets a person leave hospital. A few persons leave often: everybody
// draws on their caps at once.
func (t *town) leaves(chance *rand.Rand, id string) *discharge {
	p := t.people[min(chance.IntN(len(t.people)), chance.IntN(len(t.people)))]
	day := time.Date(p.Years[chance.IntN(len(p.Years))], time.January, 16, 0, 0, 0, 0, time.UTC).AddDate(0, 0, chance.IntN(340))
	admission := day.AddDate(0, 0, -chance.IntN(15))
	if p.Mode == "MODE_OUTPATIENT" {
		admission = day
	}
	return &discharge{person: p, ID: "D" + id, Encounter: "E" + id, Admission: admission.Format(time.DateOnly), Leaving: day.Format(time.DateOnly)}
}

// settling is the request to settle d under a key, with a bill of its own.
func (d *discharge) settling(chance *rand.Rand, key string) (*ask, error) {
	eligible := settlement.Money(100 * (d.Eligible[0] + chance.IntN(d.Eligible[1]-d.Eligible[0])))
	selfFunded, firstSelfPay, overLimit := settlement.Money(chance.IntN(50_000)), settlement.Money(chance.IntN(20_000)), settlement.Money(chance.IntN(10_000))
	content := map[string]any{
		"request_id": key, "facility_id": d.facility(), "discharge_id": d.ID, "encounter_id": d.Encounter,
		"beneficiary": map[string]string{"id_number": d.IDNumber, "name": d.Name}, "mode": d.Mode,
		"admission_date": d.Admission, "discharge_date": d.Leaving,
		"bill": map[string]string{
			"submitted": (eligible + selfFunded + firstSelfPay + overLimit).String(), "self_funded": selfFunded.String(),
			"first_self_pay": firstSelfPay.String(), "over_limit": overLimit.String(), "eligible": eligible.String(),
		},
	}
	if d.Disease != "" {
		content["disease_class"], content["disease"] = d.DiseaseClass, d.Disease
	}
	body, err := json.Marshal(content)
	return &ask{Key: key, Verb: verbSettle, Discharge: d.ID, Encounter: d.Encounter, Person: d.person.ID, Body: body}, err
}

// reversing is the request to reverse what was settled, under a key.
func (d *discharge) reversing(key string, settled said) (*ask, error) {
	body, err := json.Marshal(map[string]string{"request_id": key, "cause": "费用明细录入有误"})
	return &ask{
		Key: key, Verb: verbReverse, Discharge: d.ID, Encounter: d.Encounter, Person: d.person.ID,
		Of: settled.ID, OfKey: settled.Key, Body: body,
	}, err
}
