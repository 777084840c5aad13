package identity

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestGuardComparesCertificateAndToken(t *testing.T) {
	own := seeded(1)
	c := &clock{noon}
	keys, _ := pinned(t, c, public(own))
	guard := &Guard{Tokens: NewVerifier(issuer, audience, keys, c.now), Certificates: true, Now: c.now}
	token := "Bearer " + signed(t, own, claims())
	ours := TenantURI("H36082700001")
	ended := certificate(ours)
	ended.NotAfter = noon.Add(-time.Second)
	for name, given := range map[string]struct {
		certificate *x509.Certificate
		headers     []string
		believed    bool
	}{
		"both agree":               {certificate(ours), []string{token}, true},
		"bearer in another case":   {certificate(ours), []string{"bearer " + token[7:]}, true},
		"other names beside":       {certificate("spiffe://x/y", ours), []string{token}, true},
		"no certificate":           {nil, []string{token}, false},
		"no token":                 {certificate(ours), nil, false},
		"an empty header":          {certificate(ours), []string{""}, false},
		"two tokens":               {certificate(ours), []string{token, token}, false},
		"two tokens in one":        {certificate(ours), []string{token + ", " + token}, false},
		"basic":                    {certificate(ours), []string{"Basic " + token[7:]}, false},
		"the token alone":          {certificate(ours), []string{token[7:]}, false},
		"two spaces":               {certificate(ours), []string{"Bearer  " + token[7:]}, false},
		"another's certificate":    {certificate(TenantURI("H36082700002")), []string{token}, false},
		"a certificate of nobody":  {certificate(), []string{token}, false},
		"of two tenants":           {certificate(ours, TenantURI("H36082700002")), []string{token}, false},
		"the operator's":           {certificate(OperatorURI), []string{token}, false},
		"of another spelling":      {certificate("urn:onestop:tenant:h36082700001"), []string{token}, false},
		"of a prefix":              {certificate(ours + "2"), []string{token}, false},
		"of an empty tenant":       {certificate("urn:onestop:tenant:"), []string{token}, false},
		"ended on this connection": {ended, []string{token}, false},
	} {
		caller, err := guard.Caller(Credentials{Certificate: given.certificate, Authorization: given.headers})
		if (err == nil) != given.believed || given.believed != (caller != nil) {
			t.Errorf("%s: %+v, %v", name, caller, err)
		}
		if err != nil && (settlement.KindOf(err) != settlement.KindUnauthorized || settlement.ReasonOf(err) != settlement.ReasonUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A remembered token ends when it ends.
func TestRememberedTokensExpire(t *testing.T) {
	own := seeded(1)
	c := &clock{noon}
	keys, _ := pinned(t, c, public(own))
	verifier := NewVerifier(issuer, audience, keys, c.now)
	token := signed(t, own, claims())
	for _, step := range []struct {
		after    time.Duration
		believed bool
	}{{0, true}, {4 * time.Minute, true}, {5*time.Minute + Skew - time.Second, true}, {5*time.Minute + Skew, false}, {time.Hour, false}} {
		c.at = noon.Add(step.after)
		if _, err := verifier.Verify(token); (err == nil) != step.believed {
			t.Errorf("after %s: %v", step.after, err)
		}
	}
}

// The cache is bounded, and forgets what has ended first.
func TestTheCacheIsBounded(t *testing.T) {
	var c cache
	keys := &keySet{}
	for i := range 2*cacheMax + 1 {
		c.keep(digestOf(string(rune(i))), keys, known{&Caller{}, noon.Add(time.Minute)}, noon)
	}
	if len(c.known) > cacheMax {
		t.Errorf("%d tokens", len(c.known))
	}
	if c.find(digestOf(string(rune(2*cacheMax))), keys, noon) == nil || c.find(digestOf(string(rune(2*cacheMax))), &keySet{}, noon) != nil {
		t.Error("the last is known by its keys, and by no others")
	}
}

func TestRolesAreDisjoint(t *testing.T) {
	together := map[[2]Role]bool{{Cashier, CashierSupervisor}: true}
	for i, a := range Roles {
		for j, b := range Roles {
			want := i == j || together[[2]Role{a, b}] || together[[2]Role{b, a}]
			if err := Disjoint([]Role{a, b}); (err == nil) != want {
				t.Errorf("%s with %s: %v", a, b, err)
			}
		}
	}
}

func TestPolicyTablesThatAreRefused(t *testing.T) {
	header := "method,cashier,cashier-supervisor,hospital-auditor,agency,bureau-officer,bureau-auditor,operator,security-admin\n"
	for name, text := range map[string]string{
		"nothing": "", "no header": "A.B,-,-,-,-,-,-,-,-\n", "a role missing": "method,cashier\n",
		"two rows": header + "A.B,-,-,-,-,-,-,-,-\nA.B,-,-,-,-,-,-,-,-\n",
		"a cell":   header + "A.B,yes,-,-,-,-,-,-,-\n", "short": header + "A.B,-\n", "empty cell": header + "A.B,,-,-,-,-,-,-,-\n",
	} {
		if _, err := ParsePolicy(text); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	c := &Caller{Roles: []Role{Cashier}}
	if Table.Of(c, "/onestop.v1.SettlementService/NoSuchMethod") != Deny || Table.Of(c, "") != Deny || Table.Of(c, "GetQuote") != Deny {
		t.Error("a method without a row is not denied")
	}
}

func BenchmarkVerify(b *testing.B) {
	own := seeded(1)
	c := &clock{noon}
	keys, _ := pinned(b, c, public(own))
	token := signed(b, own, claims())
	b.Run("remembered", func(b *testing.B) {
		verifier := NewVerifier(issuer, audience, keys, c.now)
		for b.Loop() {
			if _, err := verifier.Verify(token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			if _, err := NewVerifier(issuer, audience, keys, c.now).Verify(token); err != nil {
				b.Fatal(err)
			}
		}
	})
}
