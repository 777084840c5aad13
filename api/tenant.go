package api

import (
	"context"
	"strings"

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

// operatorOf is which person of the operator acts. Until the gateway knows its
// callers by credentials, the staff id a request names is taken at its word;
// the contract allows one spelling of it only. An identity in ctx belongs here.
func operatorOf(_ context.Context, claimed string) string {
	return operatorPrefix + claimed
}

// operatorID is the staff id of a person as a request names it.
func operatorID(person string) string {
	return strings.TrimPrefix(person, operatorPrefix)
}

// operatorPrefix tells staff from all others who act in the audit trail.
const operatorPrefix = "operator/"
