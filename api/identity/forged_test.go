package identity

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// forge builds a token part by part, signed by whatever sign makes of it.
func forge(header, payload string, sign func(string) []byte) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(header)) + "." + encode([]byte(payload))
	return text + "." + encode(sign(text))
}

// payload is a cashier's claims as JSON.
const payload = `{"iss":"https://idp.example","sub":"li","aud":["onestop"],"exp":1795349100,"nbf":1795348800,"iat":1795348800,"tenant":"H36082700001","roles":["cashier"]}`

// TestForgedTokens: none of these tells the gateway anything. Each differs from
// a token that is believed in one thing.
func TestForgedTokens(t *testing.T) {
	own, stranger := seeded(1), seeded(2)
	c := &clock{noon}
	keys, _ := pinned(t, c, public(own))
	verifier := NewVerifier(issuer, audience, keys, c.now)
	kid := KeyID(public(own))
	ours := func(text string) []byte { return ed25519.Sign(own, []byte(text)) }
	header := func(extra string) string { return `{"alg":"EdDSA","kid":"` + kid + `"` + extra + `}` }
	if _, err := verifier.Verify(forge(header(`,"typ":"JWT"`), payload, ours)); err != nil {
		t.Fatalf("the token that is to be believed: %v", err)
	}
	hmac := func(secret []byte) func(string) []byte {
		return func(text string) []byte {
			sum, err := jwt.SigningMethodHS256.Sign(text, secret)
			if err != nil {
				t.Fatal(err)
			}
			return sum
		}
	}
	none := func(string) []byte { return nil }
	good := signed(t, own, claims())
	parts := strings.Split(good, ".")
	der, err := x509.MarshalPKIXPublicKey(public(own))
	if err != nil {
		t.Fatal(err)
	}
	forged := map[string]string{
		"empty": "", "a dot": ".", "two dots": "..", "no signature": parts[0] + "." + parts[1] + ".", "two parts": parts[0] + "." + parts[1],
		"four parts": good + ".x", "padding": good + "==", "a space": good + " ", "a line": good + "\n", "a NUL": good + "\x00", "quoted": `"` + good + `"`,
		"not base64": "§." + parts[1] + "." + parts[2], "huge": good + strings.Repeat("A", tokenMax),
		"alg none":                forge(`{"alg":"none","kid":"`+kid+`"}`, payload, none),
		"alg None":                forge(`{"alg":"None","kid":"`+kid+`"}`, payload, none),
		"alg nOnE, signed":        forge(`{"alg":"nOnE","kid":"`+kid+`"}`, payload, ours),
		"alg missing":             forge(`{"kid":"`+kid+`"}`, payload, ours),
		"alg a number":            forge(`{"alg":1,"kid":"`+kid+`"}`, payload, ours),
		"alg eddsa":               forge(`{"alg":"eddsa","kid":"`+kid+`"}`, payload, ours),
		"HS256 of the public key": forge(`{"alg":"HS256","kid":"`+kid+`"}`, payload, hmac(public(own))),
		"HS256 of the DER":        forge(`{"alg":"HS256","kid":"`+kid+`"}`, payload, hmac(der)),
		"HS256 of nothing":        forge(`{"alg":"HS256","kid":"`+kid+`"}`, payload, hmac(nil)),
		"RS256 claimed":           forge(`{"alg":"RS256","kid":"`+kid+`"}`, payload, ours),
		"ES256 claimed":           forge(`{"alg":"ES256","kid":"`+kid+`"}`, payload, ours),
		"ES512, not taken":        forge(`{"alg":"ES512","kid":"`+kid+`"}`, payload, ours),
		"kid missing":             forge(`{"alg":"EdDSA"}`, payload, ours),
		"kid empty":               forge(`{"alg":"EdDSA","kid":""}`, payload, ours),
		"kid a number":            forge(`{"alg":"EdDSA","kid":7}`, payload, ours),
		"kid a path":              forge(`{"alg":"EdDSA","kid":"../../dev/null"}`, payload, ours),
		"kid an address":          forge(`{"alg":"EdDSA","kid":"https://evil.example/k"}`, payload, ours),
		"kid of SQL":              forge(`{"alg":"EdDSA","kid":"x' UNION SELECT 'k"}`, payload, ours),
		"kid of another":          forge(`{"alg":"EdDSA","kid":"`+KeyID(public(stranger))+`"}`, payload, ours),
		"a stranger's signature":  forge(header(""), payload, func(text string) []byte { return ed25519.Sign(stranger, []byte(text)) }),
		"jku":                     forge(header(`,"jku":"https://evil.example/jwks.json"`), payload, ours),
		"x5u":                     forge(header(`,"x5u":"https://evil.example/c.pem"`), payload, ours),
		"x5c":                     forge(header(`,"x5c":["MIIB"]`), payload, ours),
		"jwk embedded":            forge(header(`,"jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"}`), payload, ours),
		"crit":                    forge(header(`,"crit":["exp"]`), payload, ours),
		"zip":                     forge(header(`,"zip":"DEF"`), payload, ours),
		"nested":                  forge(header(`,"cty":"JWT"`), payload, ours),
		"typ of another kind":     forge(header(`,"typ":"dpop+jwt"`), payload, ours),
		"a header of two objects": forge(header("")+"{}", payload, ours),
		"claims an array":         forge(header(""), `[]`, ours),
		"claims cut off":          forge(header(""), payload[:len(payload)-1], ours),
		"claims and more":         forge(header(""), payload+"{}", ours),
		"exp in another case":     forge(header(""), strings.Replace(payload, `"exp"`, `"EXP "`, 1), ours),
		"roles a text":            forge(header(""), strings.Replace(payload, `["cashier"]`, `"cashier"`, 1), ours),
		"claims of another":       parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(payload, `"li"`, `"wang"`, 1))) + "." + parts[2],
		"a signature cut off":     good[:len(good)-2],
		"ends before it begins": signed(t, own, claims(func(c *Claims) {
			c.IssuedAt = jwt.NewNumericDate(noon.Add(20 * time.Second))
			c.ExpiresAt = jwt.NewNumericDate(noon)
		})),
	}
	for name, spoil := range spoiltClaims {
		forged[name] = signed(t, own, claims(spoil))
	}
	for what, id := range crooked {
		forged["facilities with "+what] = signed(t, own, claims(func(c *Claims) { c.Facilities = []string{id} }))
		forged["regions with "+what] = signed(t, own, claims(func(c *Claims) { c.Roles, c.Regions = []string{"bureau-officer"}, []string{"360827", id} }))
	}
	if len(forged) != 94 {
		t.Errorf("%d cases", len(forged))
	}
	for name, token := range forged {
		if caller, err := verifier.Verify(token); err == nil || caller != nil {
			t.Errorf("%s: believed as %+v", name, caller)
		}
	}
}

// spoiltClaims are what an issuer could sign and nobody may believe.
var spoiltClaims = map[string]func(*Claims){
	"huge claims":              func(c *Claims) { c.Terminal = strings.Repeat("a", tokenMax) },
	"expired":                  func(c *Claims) { shift(c, -6*time.Minute) },
	"long expired":             func(c *Claims) { shift(c, -time.Hour) },
	"not yet":                  func(c *Claims) { c.NotBefore = jwt.NewNumericDate(noon.Add(Skew + time.Second)) },
	"issued tomorrow":          func(c *Claims) { c.IssuedAt = jwt.NewNumericDate(noon.Add(Skew + time.Second)) },
	"too long":                 func(c *Claims) { c.ExpiresAt = jwt.NewNumericDate(noon.Add(LifeMax + time.Second)) },
	"without exp":              func(c *Claims) { c.ExpiresAt = nil },
	"without iat":              func(c *Claims) { c.IssuedAt = nil },
	"without nbf":              func(c *Claims) { c.NotBefore = nil },
	"another audience":         func(c *Claims) { c.Audience = jwt.ClaimStrings{"payer"} },
	"no audience":              func(c *Claims) { c.Audience = nil },
	"audience as a prefix":     func(c *Claims) { c.Audience = jwt.ClaimStrings{"onestop-test"} },
	"another issuer":           func(c *Claims) { c.Issuer = "https://evil.example" },
	"the issuer with a slash":  func(c *Claims) { c.Issuer = issuer + "/" },
	"no issuer":                func(c *Claims) { c.Issuer = "" },
	"no subject":               func(c *Claims) { c.Subject = "" },
	"a subject in two ways":    func(c *Claims) { c.Subject = "Li" },
	"a subject of two":         func(c *Claims) { c.Subject = "li wang" },
	"no tenant":                func(c *Claims) { c.Tenant = "" },
	"a tenant of everything":   func(c *Claims) { c.Tenant = "*" },
	"no role":                  func(c *Claims) { c.Roles = nil },
	"a role nobody has":        func(c *Claims) { c.Roles = []string{"root"} },
	"a role and one more":      func(c *Claims) { c.Roles = []string{"cashier", "admin"} },
	"operator and auditor":     func(c *Claims) { c.Roles = []string{"operator", "hospital-auditor"} },
	"a bureau without regions": func(c *Claims) { c.Roles = []string{"bureau-officer"} },
	"65 facilities":            func(c *Claims) { c.Facilities = slices.Repeat([]string{"H1"}, 65) },
}

// crooked are ids that no facility or region has, and that might pass for two, for
// another or for none where a scope is written down.
var crooked = map[string]string{
	"a comma": "H1,H2", "a blank": "H1 H2", "nothing": "", "a line feed": "H1\nH2", "a mark that turns text": "H1\u202e", "a brace": "{H1}",
	"a quotation mark": `H1"`, "65 letters": strings.Repeat("a", 65), "another script": "医院",
}

// A scope of which one element is no id is refused, and the error says which
// claim it stands in, whether a gateway reads the token or onestop token makes it.
func TestScopesAreOfIDs(t *testing.T) {
	for what, id := range crooked {
		facilities, regions := claims(), claims()
		facilities.Facilities = []string{"H1", id}
		regions.Roles, regions.Regions = []string{"bureau-officer"}, []string{"360827", id}
		for claim, c := range map[string]*Claims{"facilities": facilities, "regions": regions} {
			err := c.Check()
			if err == nil || err.Error() != claim+" has one that is not 1 to 64 letters, digits, - or _" {
				t.Errorf("%s with %s: %v", claim, what, err)
			}
		}
	}
	sound := claims()
	sound.Facilities = []string{"H36082700001", "H36082700002"}
	if err := sound.Check(); err != nil {
		t.Error(err)
	}
}

// shift moves the whole life of a token.
func shift(c *Claims, by time.Duration) {
	for _, at := range []**jwt.NumericDate{&c.IssuedAt, &c.NotBefore, &c.ExpiresAt} {
		*at = jwt.NewNumericDate((*at).Add(by))
	}
}

// TestKeysOfOtherKinds: keys verify the algorithms that go with them, and no
// others, even where both parties know them.
func TestKeysOfOtherKinds(t *testing.T) {
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	heavy, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	raw := elliptical.PublicKey
	point, err := raw.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	text := `{"keys":[{"kty":"EC","kid":"e","crv":"P-256","x":"` + b64(point[1:33]) + `","y":"` + b64(point[33:]) + `"},
		{"kty":"RSA","kid":"r","n":"` + b64(heavy.N.Bytes()) + `","e":"AQAB"},{"kty":"RSA","kid":"p","alg":"PS256","n":"` + b64(heavy.N.Bytes()) + `","e":"AQAB"}]}`
	keys := keysOf(t, text)
	verifier := NewVerifier(issuer, audience, keys, func() time.Time { return noon })
	for _, c := range []struct {
		kid    string
		method jwt.SigningMethod
		key    any
		good   bool
	}{
		{"e", jwt.SigningMethodES256, elliptical, true}, {"r", jwt.SigningMethodRS256, heavy, true}, {"r", jwt.SigningMethodPS256, heavy, true},
		{"p", jwt.SigningMethodPS256, heavy, true}, {"p", jwt.SigningMethodRS256, heavy, false}, {"r", jwt.SigningMethodRS512, heavy, false},
		{"e", jwt.SigningMethodRS256, heavy, false}, {"r", jwt.SigningMethodES256, elliptical, false},
	} {
		token := jwt.NewWithClaims(c.method, claims())
		token.Header["kid"] = c.kid
		text, err := token.SignedString(c.key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := verifier.Verify(text); (err == nil) != c.good {
			t.Errorf("%s by %s: %v", c.kid, c.method.Alg(), err)
		}
	}
}
