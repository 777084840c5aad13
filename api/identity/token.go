package identity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/onestop-gateway/onestop/settlement"
)

// Algorithms are the signatures a token may have: asymmetric ones only, so that
// no verifier can also sign.
var Algorithms = []string{"ES256", "ES384", "EdDSA", "PS256", "RS256"}

// Limits of a token.
const (
	// LifeMax is the longest a token may be good for.
	LifeMax = 10 * time.Minute
	// Skew is how far two clocks may be apart.
	Skew     = 30 * time.Second
	tokenMax = 8 << 10 // bytes
)

// Claims are what a token says.
type Claims struct {
	jwt.RegisteredClaims
	Tenant     string   `json:"tenant"`
	Roles      []string `json:"roles"`
	Facilities []string `json:"facilities,omitempty"`
	Regions    []string `json:"regions,omitempty"`
	Terminal   string   `json:"terminal,omitempty"`
}

// Verifier proves tokens.
type Verifier struct {
	keys   *Keys
	parser *jwt.Parser
	now    func() time.Time
	known  cache
}

// NewVerifier makes a verifier of the tokens of one issuer for one audience.
func NewVerifier(issuer, audience string, keys *Keys, now func() time.Time) *Verifier {
	return &Verifier{keys: keys, now: now, parser: jwt.NewParser(
		jwt.WithValidMethods(Algorithms), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(Skew),
		jwt.WithStrictDecoding(), jwt.WithTimeFunc(now),
	)}
}

// Verify proves a token and gives its caller. One proved before is not proved
// again before it ends or the keys change.
func (v *Verifier) Verify(token string) (*Caller, error) {
	if len(token) > tokenMax || strings.IndexFunc(token, outsideToken) >= 0 {
		return nil, fmt.Errorf("not a token: longer than %d bytes, or of other characters", tokenMax)
	}
	keys, now := v.keys.current(), v.now()
	digest := digestOf(token)
	if caller := v.known.find(digest, keys, now); caller != nil {
		return caller, nil
	}
	claims := &Claims{}
	_, err := v.parser.ParseWithClaims(token, claims, v.key)
	if err != nil {
		return nil, err
	}
	if err := claims.Check(); err != nil {
		return nil, err
	}
	caller := claims.caller()
	caller.Credential = fmt.Sprintf("%x", digest[:6])
	v.known.keep(digest, keys, known{caller, claims.ExpiresAt.Add(Skew)}, now)
	return caller, nil
}

// outsideToken tells what no token has; the decoder would pass over some of it,
// and one token would have several spellings.
func outsideToken(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}

// headers are those a token may have. What would lead to another key, as jku,
// x5u or an embedded one, and what must be understood, as crit, is refused.
var headers = []string{"alg", "kid", "typ"}

// key finds the pinned key a token names, of the algorithm it names.
func (v *Verifier) key(token *jwt.Token) (any, error) {
	for name := range token.Header {
		if !slices.Contains(headers, name) {
			return nil, fmt.Errorf("header %.20q is not taken", name)
		}
	}
	if typ, given := token.Header["typ"]; given && typ != "JWT" && typ != "at+jwt" {
		return nil, errors.New("typ is neither JWT nor at+jwt")
	}
	kid, _ := token.Header["kid"].(string)
	key, err := v.keys.find(kid)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(key.algorithms, token.Method.Alg()) {
		return nil, fmt.Errorf("key %.64q does not sign with %s", kid, token.Method.Alg())
	}
	return key.public, nil
}

// Check refuses claims that no verifier would believe, whoever signed them:
// good for too long, or of nobody whom the policy could judge.
func (c *Claims) Check() error {
	if c.IssuedAt == nil || c.ExpiresAt == nil {
		return errors.New("iat or exp is missing")
	}
	if life := c.ExpiresAt.Sub(c.IssuedAt.Time); life <= 0 || life > LifeMax {
		return fmt.Errorf("good for %s, at most %s is", life, LifeMax)
	}
	return c.caller().check()
}

// caller is whom the claims speak of.
func (c *Claims) caller() *Caller {
	return &Caller{
		Subject: c.Subject, Tenant: settlement.TenantID(c.Tenant), Terminal: c.Terminal, Token: c.ID,
		Roles: retyped[Role](c.Roles), Facilities: retyped[settlement.FacilityID](c.Facilities), Regions: retyped[settlement.RegionID](c.Regions),
	}
}

func retyped[T ~string](texts []string) []T {
	var out []T
	for _, text := range texts {
		out = append(out, T(text))
	}
	return out
}
