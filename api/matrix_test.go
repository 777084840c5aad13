package api

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/grpc/codes"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// mint issues tokens, and is whose tokens the guard believes.
type mint struct {
	key   ed25519.PrivateKey
	guard *identity.Guard
}

func newMint(t testing.TB) *mint {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	set, err := identity.Publish(public)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, set, 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := identity.NewFileKeys(t.Context(), file, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return &mint{private, &identity.Guard{Tokens: identity.NewVerifier("issuer", "onestop", keys, time.Now), Now: time.Now}}
}

// token is a header's value for a role of the own side; change may spoil it.
func (o *mint) token(t testing.TB, role identity.Role, change ...func(*identity.Claims)) string {
	t.Helper()
	now := time.Now()
	c := &identity.Claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: "issuer", Subject: "li", Audience: jwt.ClaimStrings{"onestop"}, IssuedAt: jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(5 * time.Minute)),
		},
		Tenant: string(ownSide.facility), Roles: []string{string(role)},
	}
	if role != identity.Cashier && role != identity.CashierSupervisor && role != identity.HospitalAuditor {
		c.Tenant, c.Regions = "MZ360827", []string{string(ownSide.region)}
	}
	for _, each := range change {
		each(c)
	}
	text, err := identity.Issue(o.key, c)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + text
}

// guarded serves two towns to callers who are known.
func guarded(t *testing.T, o *mint) (*world, *twoTowns) { return towned(t, o.guard) }

// towned serves two towns to callers of a guard, if any.
func towned(t *testing.T, guard *identity.Guard) (*world, *twoTowns) {
	towns := &twoTowns{fake: newFake()}
	return serve(t, func(c *Config) {
		towns.fake = c.Settlements.(*fake)
		c.Identity, c.Settlements, c.Quotes, c.Matters, c.Notices = guard, towns, towns, towns, towns
		c.Persons, c.Approvals = &twoBureaus{&bureau{}, towns}, &twoDesks{towns}
		c.Funds = &twoBooks{books{lines: 1}, towns}
		c.Policies, c.Corrections = &twoOffices{towns}, &twoCouncils{towns}
		c.Admissions = &twoWards{towns}
		c.Clearings = &cashier{kept: clearing.Clearing{Number: 7, History: []clearing.Event{{Act: clearing.Frozen}}}, positions: []clearing.Position{
			{Facility: ownSide.facility, Account: "payer/own/basic", Settled: 1}, {Facility: otherSide.facility, Account: "payer/other/basic", Settled: 1},
		}}
		c.Regions = []settlement.RegionID{ownSide.region}
		c.Facilities = map[settlement.FacilityID]lifecycle.Facility{ownSide.facility: {ID: ownSide.facility, Region: ownSide.region}}
		ledgers := &twoLedgers{towns}
		c.Reconciliations, c.Fixes = ledgers, ledgers
		c.Insures = map[settlement.PayerCode][]settlement.RegionID{"A-own": {ownSide.region}, "A-other": {otherSide.region}}
	}), towns
}

// credential is one way to show who one is; none but the first is believed.
type credential struct {
	name  string
	spoil func(*identity.Claims)
}

var shownCredentials = []credential{
	{"valid", func(*identity.Claims) {}},
	{"expired", func(c *identity.Claims) {
		c.IssuedAt, c.NotBefore = jwt.NewNumericDate(time.Now().Add(-10*time.Minute)), jwt.NewNumericDate(time.Now().Add(-10*time.Minute))
		c.ExpiresAt = jwt.NewNumericDate(time.Now().Add(-identity.Skew - time.Second))
	}},
	{"wrong audience", func(c *identity.Claims) { c.Audience = jwt.ClaimStrings{"payer"} }},
	{"wrong issuer", func(c *identity.Claims) { c.Issuer = "somebody" }},
	{"none", nil},
}

// TestMatrix walks every role × method × tenant × credential over both
// transports: what the policy's table does not allow is denied, nothing of
// another's leaves or is done, and without a believed credential nothing is.
func TestMatrix(t *testing.T) {
	o := newMint(t)
	w, towns := guarded(t, o)
	cells := 0
	for _, v := range verbs(t) {
		if v.method.IsStreamingClient() {
			continue // TestUploadIsGuarded
		}
		for _, role := range identity.Roles {
			permit := identity.Table[v.name][role]
			for _, shown := range shownCredentials {
				for _, tenant := range []string{"own", "other", "none"} {
					var headers []string
					if shown.spoil != nil {
						headers = []string{"authorization", o.token(t, role, shown.spoil, func(c *identity.Claims) {
							if tenant == "none" {
								c.Tenant = ""
							}
						})}
					}
					side, believed := ownSide, shown.name == "valid" && tenant != "none"
					if tenant == "other" {
						side = otherSide
					}
					for transport, call := range map[string]func(*testing.T, verb, []string) heard{
						"grpc": func(t *testing.T, v verb, h []string) heard { return w.callGRPC(t, v, v.fill(t, side), h...) },
						"rest": func(t *testing.T, v verb, h []string) heard { return w.callREST(t, v, v.fill(t, side), h...) },
					} {
						cells++
						got := call(t, v, headers)
						if wrong := judged(v, permit, believed, tenant, got); wrong != "" {
							t.Errorf("%s as %s (%s), tenant %s, credential %s, %s: %s: %s %s", v.name, role, permit, tenant, shown.name, transport, wrong, got.code, got.text)
						}
					}
				}
			}
		}
	}
	if towns.wronged.Load() != 0 {
		t.Errorf("%d things were done to another's objects", towns.wronged.Load())
	}
	if cells < 2*1344 {
		t.Errorf("%d cells", cells)
	}
	t.Logf("%d cells of %d methods", cells, len(identity.Table))
}

// judged says what is wrong with an answer; "" where nothing is.
func judged(v verb, permit identity.Permit, believed bool, tenant string, got heard) string {
	foreign := strings.Contains(got.text, "p-other") || strings.Contains(got.text, "st-other\",\"request") || strings.Contains(got.text, string(otherSide.facility)+`","dis`) ||
		permit != identity.All && (strings.Contains(got.text, "payer/other") || strings.Contains(got.text, "A-other"))
	switch {
	case !believed && got.code != codes.Unauthenticated:
		return "not believed, and let in"
	case !believed:
		return ""
	case permit == "" || permit == identity.Deny:
		if got.code != codes.PermissionDenied {
			return "denied, and let in"
		}
	case tenant == "own" || permit == identity.All || stepping(v):
		if got.code != codes.OK {
			return "allowed, and refused"
		}
	case foreign:
		return "it tells of another's"
	case listing(v):
		if got.code != codes.OK && got.code != codes.PermissionDenied {
			return "a list of another's is neither empty nor refused"
		}
	case got.code != codes.NotFound && got.code != codes.PermissionDenied && got.code != codes.FailedPrecondition:
		return "another's, and let in"
	}
	return ""
}

// stepping reports whether a method names no side: a clearing is one for all
// regions, and TestAClearingIsOfAllRegions says whose step it is.
func stepping(v verb) bool {
	return strings.HasPrefix(v.name, "ClearingService.") && v.name != "ClearingService.GetClearing" && !listing(v)
}

// listing reports whether a method takes no object, but lists.
func listing(v verb) bool {
	return v.name == "SettlementService.ListSettlements" || v.name == "SettlementService.ListQuotes" || v.name == "ApprovalService.ListApprovals" || v.name == "ApprovalService.ListNotices" ||
		v.name == "ClearingService.ListClearings" || v.name == "AdmissionService.ListAdmissions" || v.name == "PolicyService.ListPolicyPublications" || v.name == "CorrectionService.ListCorrections" ||
		v.name == "ReconciliationService.ListReconciliations"
}

// TestEveryMethodHasARow: a method without a row of the policy is denied, and
// must be given one; one that streams would not be asked about.
func TestEveryMethodHasARow(t *testing.T) {
	there := map[string]bool{}
	for _, v := range verbs(t) {
		there[v.name] = true
		if identity.Table[v.name] == nil {
			t.Errorf("%s has no row in api/identity/policy.csv: who may call it?", v.name)
		}
		// An upload passes the chain as one call: TestUploadIsGuarded.
		if v.method.IsStreamingServer() || v.method.IsStreamingClient() && v.name != "ReconciliationService.UploadReconciliation" {
			t.Errorf("%s streams, which no interceptor guards", v.name)
		}
	}
	for name := range identity.Table {
		if !there[name] {
			t.Errorf("api/identity/policy.csv has a row for %s, which is no method", name)
		}
	}
}

// TestAnothersIsLikeNothing: for whoever may call the method, an answer about
// another's object is, letter by letter, the answer about one that is not there.
func TestAnothersIsLikeNothing(t *testing.T) {
	o := newMint(t)
	w, _ := guarded(t, o)
	compared := 0
	nobody := sideOf{"ghost", otherSide.facility, otherSide.region}
	for _, v := range verbs(t) {
		if !strings.Contains(requestOf[v.name], "$SIDE") {
			continue
		}
		for _, role := range identity.Roles {
			if identity.Table[v.name][role] != identity.Own {
				continue
			}
			for _, call := range []func(*testing.T, verb, ...string) [2]heard{
				func(t *testing.T, v verb, h ...string) [2]heard {
					return [2]heard{w.callGRPC(t, v, v.fill(t, otherSide), h...), w.callGRPC(t, v, v.fill(t, nobody), h...)}
				},
				func(t *testing.T, v verb, h ...string) [2]heard {
					return [2]heard{w.callREST(t, v, v.fill(t, otherSide), h...), w.callREST(t, v, v.fill(t, nobody), h...)}
				},
			} {
				compared++
				both := call(t, v, "authorization", o.token(t, role))
				if plain(both[0].text) != plain(both[1].text) || both[0].code != both[1].code || both[0].code == codes.OK {
					t.Errorf("%s as %s:\n%s %s\n%s %s", v.name, role, both[0].code, both[0].text, both[1].code, both[1].text)
				}
			}
		}
	}
	if compared < 40 {
		t.Errorf("%d comparisons", compared)
	}
}

// plain is an answer without the id that was asked for.
func plain(text string) string {
	return strings.ReplaceAll(strings.NewReplacer("other", "x", "ghost", "x").Replace(text), " ", "")
}
