package api

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// tenantOf is on whose behalf a call is made. The gateway does not know its
// callers by credentials yet: the facility a request names is taken at its
// word, and where it names none the call is not restricted. That is why it
// must listen on a loopback address only. An identity in ctx belongs here.
func tenantOf(_ context.Context, claimed settlement.FacilityID) settlement.TenantID {
	return settlement.TenantID(claimed)
}

// actorOf is how the audit trail names the caller.
func actorOf(tenant settlement.TenantID) string {
	if tenant == "" {
		return "loopback"
	}
	return "facility/" + string(tenant)
}
