package identity

import (
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/onestop-gateway/onestop/settlement"
)

// Credentials are what a caller shows: nothing else of a request is believed.
type Credentials struct {
	// Certificate is the client's, its chain verified; nil: none was shown.
	Certificate *x509.Certificate
	// Authorization is every header of that name.
	Authorization []string
	// From is the address the connection came from.
	From string
}

// origin tells apart who shows credentials: by the certificate, whose key they
// have, or else by the address.
func (c *Credentials) origin() string {
	if c.Certificate == nil {
		return network(c.From)
	}
	print := sha256.Sum256(c.Certificate.Raw)
	return "certificate " + string(print[:])
}

// Guard knows callers by their credentials and the policy.
type Guard struct {
	Tokens *Verifier
	// Certificates demands a client certificate of every caller, whose tenant
	// is the token's.
	Certificates bool
	Now          func() time.Time
	Revoked      *Revocations // nil: none
	Lockout      *Lockout     // nil: none
}

// Caller proves who calls. The kind is Unauthorized, the same
// whatever is wrong; what that is, is the cause, and for the log only. Of one who
// was proved and is revoked (CREDENTIAL_REVOKED) the object is the actor.
// Overloaded (LOCKED_OUT): too much was not believed that came from there.
func (g *Guard) Caller(shown Credentials) (*Caller, error) {
	if len(shown.Authorization) == 0 || g.Certificates && shown.Certificate == nil {
		return nil, &settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated}
	}
	origin := shown.origin()
	if g.Lockout.Locked(origin) && !g.remembers(shown) {
		return nil, &settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonLockedOut}
	}
	caller, err := g.caller(shown)
	if err != nil {
		if !errors.Is(err, jwt.ErrTokenExpired) { // which the issuer did give
			g.Lockout.Failed(origin)
		}
		return nil, &settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated, Cause: err}
	}
	if err := cmp.Or(g.Revoked.Certificate(shown.Certificate), g.Revoked.Caller(caller)); err != nil {
		return nil, &settlement.Error{
			Kind: settlement.KindUnauthorized, Reason: settlement.ReasonRevoked, Object: caller.Actor(), Cause: err,
		}
	}
	return caller, nil
}

// remembers reports whether the token shown was proved before.
func (g *Guard) remembers(shown Credentials) bool {
	_, token, _ := strings.Cut(shown.Authorization[0], " ")
	return g.Tokens.known.find(digestOf(token), g.Tokens.keys.current(), g.Now()) != nil
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
