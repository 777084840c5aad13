package identity

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Credentials are what a caller shows: nothing else of a request is believed.
type Credentials struct {
	// Certificate is the client's, its chain verified; nil: none was shown.
	Certificate *x509.Certificate
	// Authorization is every header of that name.
	Authorization []string
}

// Guard knows callers by their credentials and the policy.
type Guard struct {
	Tokens *Verifier
	// Certificates demands a client certificate of every caller, whose tenant
	// is the token's.
	Certificates bool
	Now          func() time.Time
}

// Caller proves who calls. The kind is Unauthorized, the same
// whatever is wrong; what that is, is the cause, and for the log only.
func (g *Guard) Caller(shown Credentials) (*Caller, error) {
	if len(shown.Authorization) == 0 || g.Certificates && shown.Certificate == nil {
		return nil, &settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated}
	}
	caller, err := g.caller(shown)
	if err != nil {
		return nil, &settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated, Cause: err}
	}
	return caller, nil
}

func (g *Guard) caller(shown Credentials) (*Caller, error) {
	if len(shown.Authorization) != 1 {
		return nil, errors.New("several headers authorization")
	}
	scheme, token, _ := strings.Cut(shown.Authorization[0], " ")
	if !strings.EqualFold(scheme, "bearer") {
		return nil, errors.New("authorization is not Bearer")
	}
	caller, err := g.Tokens.Verify(token)
	if err != nil || shown.Certificate == nil {
		return caller, err
	}
	if err := inForce(shown.Certificate, g.Now()); err != nil {
		return nil, err
	}
	tenant, err := TenantOf(shown.Certificate)
	if err != nil {
		return nil, err
	}
	if tenant != caller.Tenant {
		return nil, fmt.Errorf("the token is of tenant %s, the certificate of %s", caller.Tenant, tenant)
	}
	return caller, nil
}

// Permit says what the policy lets a caller do with a method; Forbidden
// (PERMISSION_DENIED) where it lets them do nothing.
func (g *Guard) Permit(caller *Caller, fullMethod string) (Permit, error) {
	permit := Table.Of(caller, fullMethod)
	if permit == Deny {
		return Deny, &settlement.Error{Kind: settlement.KindForbidden, Reason: settlement.ReasonPermissionDenied, Value: RowOf(fullMethod)}
	}
	return permit, nil
}
