package lifecycle

import (
	"maps"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Facility is a hospital or clinic known to the gateway.
type Facility struct {
	ID         settlement.FacilityID
	Name       string
	Region     settlement.RegionID
	Level      string
	Designated bool
}

// Region is how one county settles: its policy, its payers and its area.
type Region struct {
	ID     settlement.RegionID
	Name   string
	Policy settlement.PolicyID
	// Payers are asked in this order for a person of a scheme.
	Payers map[settlement.Scheme][]settlement.PayerCode
	// Area are the regions whose facilities count as in area; the region's
	// own always does.
	Area []settlement.RegionID
	// ComputeCriticalIllness: the policy computes critical-illness insurance;
	// otherwise the payer's own figure is used.
	ComputeCriticalIllness bool
}

// Directory is the configured surroundings of the gateway, fixed while it runs;
// only the policies can be replaced (Lifecycle.ReplacePolicies).
type Directory struct {
	Policies   map[settlement.PolicyID]*settlement.Policy
	Regions    map[settlement.RegionID]Region
	Facilities map[settlement.FacilityID]Facility
	Payers     map[settlement.PayerCode]Payer
}

// Insures are the regions that settle with each payer, in order; none for one
// that no region settles with.
func (d *Directory) Insures() map[settlement.PayerCode][]settlement.RegionID {
	found := make(map[settlement.PayerCode][]settlement.RegionID, len(d.Payers))
	for _, id := range slices.Sorted(maps.Keys(d.Regions)) {
		for _, codes := range d.Regions[id].Payers {
			for _, code := range codes {
				if !slices.Contains(found[code], id) {
					found[code] = append(found[code], id)
				}
			}
		}
	}
	return found
}
