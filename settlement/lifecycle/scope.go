package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Scope is what a caller may meet: what was done at any of the facilities, what
// is of persons who live in any of the regions, and what was drawn on a fund of
// any of the regions in Funds, whoever lives where now. The zero Scope is
// nothing.
type Scope struct {
	Facilities []settlement.FacilityID
	Regions    []settlement.RegionID
	Funds      []settlement.RegionID
}

type scopeKey struct{}

// Within bounds what is read under ctx to a scope, whatever is asked for. It is
// the second wall behind the conditions of each query: a store that can, has its
// database leave out everything else. Reads of the saga itself are not bounded:
// a settlement stands on persons and years that its caller may not list.
func Within(ctx context.Context, scope Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, scope)
}

// ScopeOf is the scope that reads under ctx are bound to, if they are.
func ScopeOf(ctx context.Context) (Scope, bool) {
	scope, bound := ctx.Value(scopeKey{}).(Scope)
	return scope, bound
}
