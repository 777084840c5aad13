package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/onestop-gateway/onestop/settlement"
)

// authority is a CA of a test that signs revocation lists.
func authority(t *testing.T, name string, seed byte) (*x509.Certificate, func(change func(*x509.RevocationList)) []byte) {
	t.Helper()
	key := seeded(seed)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCRLSign | x509.KeyUsageCertSign, SubjectKeyId: []byte{seed},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public(key), key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return ca, func(change func(*x509.RevocationList)) []byte {
		list := &x509.RevocationList{
			Number: big.NewInt(1), ThisUpdate: noon, NextUpdate: noon.Add(time.Hour),
			RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(0xbad), RevocationTime: noon}},
		}
		if change != nil {
			change(list)
		}
		der, err := x509.CreateRevocationList(rand.Reader, list, ca, key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What a list names is not believed from its reading on, though it was proved
// before; what it does not name is.
func TestRevokedIsNotBelieved(t *testing.T) {
	own, c := seeded(1), &clock{noon}
	keys, _ := pinned(t, c, public(own))
	file := filepath.Join(t.TempDir(), "revoked")
	write(t, file, nil)
	revoked, err := LoadRevoked(RevokedFiles{List: file})
	if err != nil {
		t.Fatal(err)
	}
	guard := &Guard{Tokens: NewVerifier(issuer, audience, keys, c.now), Now: c.now, Revoked: revoked}
	token := "Bearer " + signed(t, own, claims(func(c *Claims) { c.ID = "jti-7" }))
	shown := certificate(TenantURI("H36082700001"))
	shown.Raw, shown.SerialNumber = []byte("what it is"), big.NewInt(0x0a1b)
	print := sha256.Sum256(shown.Raw)
	call := func() error {
		_, err := guard.Caller(Credentials{Certificate: shown, Authorization: []string{token}})
		return err
	}
	for line, refused := range map[string]bool{
		"":      false,
		"# li ": false,
		"certificate " + hex.EncodeToString(print[:]):           true,
		"certificate " + fmt.Sprintf("%X", print) + " # stolen": true,
		"serial 0A:1B":             true,
		"serial a1b":               true,
		"serial a1c":               false,
		"token jti-7":              true,
		"token jti-70":             false,
		"subject H36082700001/li":  true,
		"subject H36082700001/liu": false,
		"subject H36082700002/li":  false,
		"tenant H36082700001":      true,
		"tenant H36082700002":      false,
	} {
		write(t, file, []byte(line+"\n"))
		if _, err := revoked.Reload(); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		err := call()
		if (err != nil) != refused {
			t.Errorf("%q: %v", line, err)
		}
		var house *settlement.Error
		if refused && (!errors.As(err, &house) || house.Reason != settlement.ReasonRevoked || house.Object != "H36082700001/li") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// A list with a mistake, or none at all, changes nothing; at the start it refuses.
func TestRevokedStaysWhereTheListIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "revoked")
	write(t, file, []byte("tenant H36082700001\n"))
	revoked, err := LoadRevoked(RevokedFiles{List: file})
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"tenant", "tenant a b", "tenants x", "serial x", "serial 0", "serial -1", "certificate ab", "subject li", "subject /li", "tenant a/b"} {
		write(t, file, []byte("tenant H36082700009\n"+wrong+"\n"))
		if changed, err := revoked.Reload(); err == nil || changed {
			t.Errorf("%q was read", wrong)
		}
		if _, err := LoadRevoked(RevokedFiles{List: file}); err == nil {
			t.Errorf("%q was read at the start", wrong)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := revoked.Reload(); err == nil {
		t.Error("a list that is gone was read")
	}
	for tenant, refused := range map[settlement.TenantID]bool{"H36082700001": true, "H36082700009": false} {
		if err := revoked.Caller(&Caller{Tenant: tenant}); (err != nil) != refused {
			t.Errorf("%s: %v", tenant, err)
		}
	}
	var none *Revocations
	if count, _ := none.Count(); count != 0 || none.Caller(&Caller{}) != nil || none.Certificate(&x509.Certificate{}) != nil {
		t.Error("no list revokes something")
	}
}

// The CA's own lists count for its certificates, if it signed them.
func TestRevocationLists(t *testing.T) {
	ca, sign := authority(t, "ca", 1)
	other, forge := authority(t, "ca", 2) // of the same name
	folder := t.TempDir()
	files := RevokedFiles{CRL: filepath.Join(folder, "crl"), ClientCA: filepath.Join(folder, "ca.pem")}
	write(t, files.ClientCA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw}))
	inPEM := func(der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}) }
	second := sign(func(l *x509.RevocationList) { l.RevokedCertificateEntries[0].SerialNumber = big.NewInt(0xbee) })
	for name, text := range map[string][]byte{"DER": sign(nil), "PEM": inPEM(sign(nil)), "two": append(inPEM(sign(nil)), inPEM(second)...)} {
		write(t, files.CRL, text)
		revoked, err := LoadRevoked(files)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for serial, refused := range map[int64]bool{0xbad: true, 0xbee: name == "two", 1: false} {
			shown := &x509.Certificate{RawIssuer: ca.RawSubject, SerialNumber: big.NewInt(serial)}
			if err := revoked.Certificate(shown); (err != nil) != refused {
				t.Errorf("%s: %x: %v", name, serial, err)
			}
		}
		if err := revoked.Certificate(&x509.Certificate{RawIssuer: []byte("another"), SerialNumber: big.NewInt(0xbad)}); err != nil {
			t.Errorf("%s: another CA's certificate of that number: %v", name, err)
		}
		if _, due := revoked.Count(); !due.Equal(noon.Add(time.Hour)) {
			t.Errorf("%s: due %s", name, due)
		}
	}
	partial := sign(func(l *x509.RevocationList) {
		l.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 0}}}
	})
	for name, text := range map[string][]byte{"forged": forge(nil), "garbage": []byte("garbage"), "what changed only": partial, "a certificate": other.Raw} {
		write(t, files.CRL, text)
		if _, err := LoadRevoked(files); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
}

// Who shows too much that is not believed is locked out for a while, with all
// that would have to be proved; nobody else is, and nobody believed before.
func TestLockout(t *testing.T) {
	own, stranger, c := seeded(1), seeded(2), &clock{noon}
	keys, _ := pinned(t, c, public(own))
	guard := &Guard{Tokens: NewVerifier(issuer, audience, keys, c.now), Now: c.now, Lockout: NewLockout(c.now)}
	call := func(token, from string) settlement.Reason {
		_, err := guard.Caller(Credentials{Authorization: []string{"Bearer " + token}, From: from})
		if err == nil {
			return ""
		}
		return settlement.ReasonOf(err)
	}
	named := func(id string, change ...func(*Claims)) string {
		return signed(t, own, claims(append(change, func(c *Claims) { c.ID = id })...))
	}
	const here, there = "192.0.2.1:1000", "192.0.2.2:1000"
	expired := named("old", func(c *Claims) {
		c.IssuedAt, c.NotBefore, c.ExpiresAt = jwt.NewNumericDate(noon.Add(-time.Hour)), jwt.NewNumericDate(noon.Add(-time.Hour)), jwt.NewNumericDate(noon.Add(-55*time.Minute))
	})
	for range 3 * lockAfter { // what the issuer gave is no guess
		if got := call(expired, here); got != settlement.ReasonUnauthenticated {
			t.Fatal(got)
		}
	}
	if got := call(named("known"), here); got != "" {
		t.Fatal(got)
	}
	for i := range lockAfter {
		if got := call(signed(t, stranger, claims(func(c *Claims) { c.ID = fmt.Sprint(i) })), here); got != settlement.ReasonUnauthenticated {
			t.Fatalf("%d: %s", i, got)
		}
	}
	for _, step := range []struct {
		what, token, from string
		after             time.Duration
		want              settlement.Reason
	}{
		{"a good token that is new", named("new"), "192.0.2.1:9", 0, settlement.ReasonLockedOut},
		{"a neighbour", named("new-there"), there, 0, ""},
		{"one believed before", named("known"), here, 0, ""},
		{"before it is over", named("new"), here, lockFor - time.Second, settlement.ReasonLockedOut},
		{"when it is over", named("new"), here, lockFor, ""},
	} {
		c.at = noon.Add(step.after)
		if got := call(step.token, step.from); got != step.want {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
	}
}

// The table is bounded, and of IPv6 a whole network counts as one.
func TestLockoutIsBounded(t *testing.T) {
	c := &clock{noon}
	l := NewLockout(c.now)
	for i := range 3 * lockMax {
		l.Failed(fmt.Sprint(i))
	}
	if len(l.seen) > lockMax {
		t.Errorf("%d origins", len(l.seen))
	}
	c.at = noon.Add(lockWithin)
	l.Failed("later")
	if len(l.seen) != 1 {
		t.Errorf("%d origins, when all but one count no more", len(l.seen))
	}
	for address, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "[2001:db8::1]:80": "2001:db8::/64", "[2001:db8::ffff:1]:81": "2001:db8::/64",
		"[2001:db8:0:1::1]:80": "2001:db8:0:1::/64", "[fe80::1%eth0]:80": "fe80::/64", "pipe": "pipe", "": "",
	} {
		if got := network(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
