package api

import (
	"context"
	"net"
	"strings"

	"google.golang.org/grpc/peer"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
)

// tenantOf is on whose behalf a call is made, and to whose objects it is
// restricted: a hospital's caller to its own, an agency's or a bureau's by
// regions rather than by tenant. Where callers are not known, which is on
// loopback only, the facility a request names is taken at its word, and where
// it names none the call is not restricted.
func tenantOf(ctx context.Context, claimed settlement.FacilityID) settlement.TenantID {
	caller := identity.Of(ctx)
	switch {
	case caller == nil:
		return settlement.TenantID(claimed)
	case caller.Hospital():
		return caller.Tenant
	}
	return ""
}

// refusedOf is how the audit trail names whom it refused: a caller who is not
// known by the address, so that one who tries many names is one line a minute.
func (c *Config) refusedOf(ctx context.Context, address string, tenant settlement.TenantID) string {
	switch caller := identity.Of(ctx); {
	case caller != nil:
		return "caller/" + caller.Actor()
	case c.Identity != nil:
		return "address/" + address
	}
	return actorOf(ctx, tenant)
}

// addressOf is where a call over gRPC comes from, without the port.
func addressOf(ctx context.Context) string {
	from, known := peer.FromContext(ctx)
	if !known || from.Addr == nil {
		return ""
	}
	return hostOf(from.Addr)
}

// hostIn is an address as HTTP tells it, without its port.
func hostIn(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

// keyTenantOf is in whose scope the request keys of a bureau's calls are.
func keyTenantOf(ctx context.Context) settlement.TenantID {
	if caller := identity.Of(ctx); caller != nil {
		return caller.Tenant
	}
	return ""
}

// actorOf is how the audit trail names the caller.
func actorOf(ctx context.Context, tenant settlement.TenantID) string {
	caller := identity.Of(ctx)
	switch {
	case caller != nil:
		return "caller/" + caller.Acting()
	case tenant == "":
		return "loopback"
	}
	return "facility/" + string(tenant)
}

// operatorOf is which person acts, by the staff id of a request: acting has seen
// to it that it is the caller's own, where callers are known. The contract
// allows one spelling of it only.
func operatorOf(staff string) string { return operatorPrefix + staff }

// operatorID is the staff id of a person as a request names it.
func operatorID(person string) string {
	return strings.TrimPrefix(person, operatorPrefix)
}

// operatorPrefix tells staff from all others who act in the audit trail.
const operatorPrefix = "operator/"
