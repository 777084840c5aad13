package lifecycle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A payer of two schemes of a region insures in it once.
func TestInsures(t *testing.T) {
	settles := func(codes map[settlement.Scheme][]settlement.PayerCode) lifecycle.Region {
		return lifecycle.Region{Payers: codes}
	}
	d := lifecycle.Directory{
		Payers: map[settlement.PayerCode]lifecycle.Payer{"A": nil, "B": nil, "C": nil},
		Regions: map[settlement.RegionID]lifecycle.Region{
			"2": settles(map[settlement.Scheme][]settlement.PayerCode{settlement.SchemeNCMS: {"A"}, settlement.SchemeResident: {"A", "B"}}),
			"1": settles(map[settlement.Scheme][]settlement.PayerCode{settlement.SchemeNCMS: {"A"}}),
		},
	}
	want := map[settlement.PayerCode][]settlement.RegionID{"A": {"1", "2"}, "B": {"2"}}
	if diff := cmp.Diff(want, d.Insures()); diff != "" {
		t.Error(diff)
	}
}
