package main

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// Everybody has a number of their own. That the numbers are sound is shown
// by the import in TestBench.
func TestCrowdIsManyPersons(t *testing.T) {
	c, err := newCrowd(3000)
	if err != nil {
		t.Fatal(err)
	}
	seen, wards := map[string]bool{}, map[string]int{}
	for _, p := range c.people {
		if len(p.IDNumber) != 18 || seen[p.IDNumber] {
			t.Fatalf("%s: %s has no number of 18 characters, or one for a second time", p.ID, p.IDNumber)
		}
		seen[p.IDNumber] = true
		wards[p.Category+" "+p.Region]++
	}
	if len(c.people) != 3000 || wards["rural_dibao 360827"] != 1200 || wards["dibao 520199"] != 600 {
		t.Errorf("%d persons: %v", len(c.people), wards)
	}
	var read struct {
		Persons []struct {
			IDNumber string `json:"id_number"`
		} `json:"persons"`
	}
	text, err := c.registry()
	if err != nil || json.Unmarshal(text, &read) != nil || len(read.Persons) != 3000 || !seen[read.Persons[7].IDNumber] {
		t.Errorf("%d persons to import, %v", len(read.Persons), err)
	}
}

func TestThousandths(t *testing.T) {
	for _, c := range []struct {
		of   settlement.Money
		rate int64
		want settlement.Money
	}{
		{100_00, 550, 55_00}, {1, 500, 1}, {1, 499, 0}, {3, 500, 2}, {135_79, 700, 95_05}, {0, 750, 0},
	} {
		if got := thousandths(c.of, c.rate); got != c.want {
			t.Errorf("%d thousandths of %s are %s, want %s", c.rate, c.of, got, c.want)
		}
	}
}

// The same seed makes the same claims, no two of one key, with shares that
// make up the bill.
func TestClaims(t *testing.T) {
	c, err := newCrowd(100)
	if err != nil {
		t.Fatal(err)
	}
	stream := func(seed uint64) *claims {
		return &claims{chance: rand.New(rand.NewPCG(seed, 0)), prefix: "00000001-001-0000-", choose: spread(c.people)}
	}
	one, same, other := stream(1), stream(1), stream(2)
	keys, differs := map[string]bool{}, false
	for range 200 {
		a, b, o := one.next(), same.next(), other.next()
		if a.request.String() != b.request.String() {
			t.Fatal("the same seed makes another claim")
		}
		differs = differs || a.submitted != o.submitted
		if key := a.request.GetRequestId(); keys[key] || len(key) < 16 {
			t.Errorf("key %q, or a second time", key)
		}
		keys[a.request.GetRequestId()] = true
		if encounter := a.request.GetEncounterId(); len(encounter) > 30-4 { // the payers' limit, and room for 10,000 times as many
			t.Errorf("encounter %q", encounter)
		}
		if a.pooled+a.benefit+a.patientPays != a.submitted || min(a.pooled, a.benefit, a.patientPays) <= 0 {
			t.Errorf("%s + %s + %s of %s", a.pooled, a.benefit, a.patientPays, a.submitted)
		}
	}
	if !differs {
		t.Error("two seeds make the same bills")
	}
}
