package main

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

func TestTownIsInvented(t *testing.T) {
	town, err := newTown(7)
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{}
	for _, p := range town.people {
		if err := settlement.CheckIdentityNumber(settlement.Private(p.IDNumber)); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
		if numbers[p.IDNumber] || numbers[p.Insured] {
			t.Errorf("%s has the number of another person", p.ID)
		}
		numbers[p.IDNumber], numbers[p.Insured] = true, true
	}
	again, err := newTown(7)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(town.people, again.people, cmp.AllowUnexported(person{})); diff != "" {
		t.Errorf("the same seed tells another story:\n%s", diff)
	}
	if other, err := newTown(8); err != nil || cmp.Equal(town.people, other.people, cmp.AllowUnexported(person{})) {
		t.Errorf("another seed tells the same story, %v", err)
	}
}

// The two worked examples of GB 11643-1999, without their last character.
func TestIdentityNumberFollowsTheStandard(t *testing.T) {
	for _, c := range []struct {
		area     string
		born     time.Time
		sequence int
		want     byte
	}{
		{"110105", time.Date(1949, 12, 31, 0, 0, 0, 0, time.UTC), 2, 'X'},
		{"440524", time.Date(1880, 1, 1, 0, 0, 0, 0, time.UTC), 1, '4'},
	} {
		if got := identityNumber(c.area, c.born, c.sequence); got[17] != c.want {
			t.Errorf("%s: check character %c, want %c", c.area, got[17], c.want)
		}
	}
}

func TestRegistryHoldsTheTown(t *testing.T) {
	town, err := newTown(1)
	if err != nil {
		t.Fatal(err)
	}
	text, err := town.registry()
	if err != nil {
		t.Fatal(err)
	}
	var registry struct{ Persons []map[string]any }
	if err := json.Unmarshal(text, &registry); err != nil || len(registry.Persons) != len(town.people) {
		t.Errorf("%d persons, want %d, %v", len(registry.Persons), len(town.people), err)
	}
}

// What is asked follows the contract, adds up, and fits what payers take.
func TestDischargesAreSound(t *testing.T) {
	town, err := newTown(3)
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(3, 3))
	for range 500 {
		d := town.leaves(chance, "c000-00000003-000001")
		asked, err := d.settling(chance, "settle-c000-00000003-000002")
		if err != nil {
			t.Fatal(err)
		}
		var request onestopv1.CreateSettlementRequest
		if err := protojson.Unmarshal(asked.Body, &request); err != nil {
			t.Fatal(err)
		}
		sum := settlement.Money(0)
		for _, part := range []string{request.GetBill().GetSelfFunded(), request.GetBill().GetFirstSelfPay(), request.GetBill().GetOverLimit(), request.GetBill().GetEligible()} {
			amount, err := settlement.ParseMoney(part)
			if err != nil {
				t.Fatal(err)
			}
			sum += amount
		}
		if sum.String() != request.GetBill().GetSubmitted() {
			t.Errorf("parts add up to %s, submitted %s", sum, request.GetBill().GetSubmitted())
		}
		if request.GetAdmissionDate() > request.GetDischargeDate() || len(asked.Encounter) > 30 || len(asked.Key) < 16 || len(asked.Key) > 64 {
			t.Errorf("impossible: %s", asked.Body)
		}
		reversing, err := d.reversing("reverse-c000-00000003-000003", said{Key: asked.Key, ID: "s1"})
		if err != nil || reversing.Of != "s1" || reversing.OfKey != asked.Key || reversing.Discharge != asked.Discharge {
			t.Errorf("reversing %+v, %v", reversing, err)
		}
	}
}
