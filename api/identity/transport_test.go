package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// house is a certificate authority of a test.
type house struct {
	t           *testing.T
	folder      string
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, folder: t.TempDir()}
	var err error
	if h.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	h.certificate = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	h.write("ca", h.certificate, h.key)
	return h
}

// write signs and writes a certificate and its key.
func (h *house) write(name string, template *x509.Certificate, key *ecdsa.PrivateKey) {
	h.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, h.certificate, &key.PublicKey, h.key)
	if err != nil {
		h.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		h.t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(h.folder, file), pem.EncodeToMemory(block), 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
}

// leaf writes a certificate for 127.0.0.1, good for both ends.
func (h *house) leaf(name string, serial int64, life time.Duration) {
	h.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		h.t.Fatal(err)
	}
	uri, err := url.Parse(TenantURI("H36082700001"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.write(name, &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, URIs: []*url.URL{uri},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(life), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, key)
}

func (h *house) path(name string) string { return filepath.Join(h.folder, name) }

func (h *house) files() Files {
	return Files{Certificate: h.path("server.pem"), Key: h.path("server.key"), ClientCA: h.path("ca.pem"), Guarded: func(string) error { return nil }}
}

// client is a client that trusts the house and shows a certificate of it.
func (h *house) client(name string) *tls.Config {
	h.t.Helper()
	c := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1"}
	c.RootCAs.AddCert(h.parsed("ca"))
	if name != "" {
		own, err := tls.LoadX509KeyPair(h.path(name+".pem"), h.path(name+".key"))
		if err != nil {
			h.t.Fatal(err)
		}
		c.Certificates = []tls.Certificate{own}
	}
	return c
}

func (h *house) parsed(name string) *x509.Certificate {
	h.t.Helper()
	text, err := os.ReadFile(h.path(name + ".pem"))
	if err != nil {
		h.t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		h.t.Fatal(err)
	}
	return certificate
}

// shakes hands over a real socket and gives both ends' views.
func shakes(t *testing.T, server, client *tls.Config) (served, seen tls.ConnectionState, err error) {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	done := make(chan error, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			defer conn.Close()
			err = conn.(*tls.Conn).Handshake()
			served = conn.(*tls.Conn).ConnectionState()
		}
		done <- err
	}()
	conn, dialed := tls.Dial("tcp", listener.Addr().String(), client)
	if dialed == nil {
		seen = conn.ConnectionState()
		defer conn.Close()
	}
	if err := <-done; err != nil {
		return served, seen, err
	}
	return served, seen, dialed
}

func TestStrangersDoNotGetIn(t *testing.T) {
	h, other := newHouse(t), newHouse(t)
	h.leaf("server", 2, time.Hour)
	h.leaf("client", 3, time.Hour)
	h.leaf("ended", 4, -time.Minute)
	other.leaf("client", 3, time.Hour)
	m, err := Load(h.files())
	if err != nil {
		t.Fatal(err)
	}
	stranger := other.client("client")
	stranger.RootCAs = h.client("").RootCAs
	old := h.client("client")
	old.MaxVersion = tls.VersionTLS11
	weak := h.client("client")
	weak.MaxVersion, weak.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
	older := h.client("client")
	older.MaxVersion = tls.VersionTLS12
	for name, c := range map[string]struct {
		client *tls.Config
		demand bool
		in     bool
		shown  bool
	}{
		"a client":                   {h.client("client"), true, true, true},
		"by TLS 1.2":                 {older, true, true, true},
		"without certificate":        {h.client(""), true, false, false},
		"without, where it may":      {h.client(""), false, true, false},
		"with, where it need not":    {h.client("client"), false, true, true},
		"of another house":           {stranger, true, false, false},
		"of another house, need not": {stranger, false, false, false},
		"of an ended certificate":    {h.client("ended"), true, false, false},
		"by TLS 1.1":                 {old, true, false, false},
		"by CBC":                     {weak, true, false, false},
	} {
		served, _, err := shakes(t, m.Config(c.demand, "http/1.1"), c.client)
		if (err == nil) != c.in {
			t.Errorf("%s: %v", name, err)
		}
		if shown := Shown(&served); err == nil && (shown != nil) != c.shown {
			t.Errorf("%s: shown %v", name, shown)
		}
	}
	if Shown(nil) != nil || Shown(&tls.ConnectionState{PeerCertificates: []*x509.Certificate{{}}}) != nil {
		t.Error("a certificate that was not verified is shown")
	}
}

// A certificate that changes is shown to the next connection; a broken one, or a
// key that others may read, leaves the last in force.
func TestMaterialIsReloaded(t *testing.T) {
	h := newHouse(t)
	h.leaf("server", 2, time.Hour)
	h.leaf("client", 3, time.Hour)
	files := h.files()
	var loose error
	files.Guarded = func(string) error { return loose }
	m, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	config := m.Config(true, "h2")
	shows := func(want int64) {
		t.Helper()
		_, seen, err := shakes(t, config, h.client("client"))
		if err != nil || seen.PeerCertificates[0].SerialNumber.Int64() != want {
			t.Errorf("%v, shows %v", err, seen.PeerCertificates)
		}
	}
	reloads := func(changed, well bool) {
		t.Helper()
		got, err := m.Reload()
		if got != changed || (err == nil) != well {
			t.Errorf("changed %t, %v", got, err)
		}
	}
	shows(2)
	reloads(false, true)
	h.leaf("server", 7, time.Hour)
	reloads(true, true)
	shows(7)
	if err := os.WriteFile(h.path("server.pem"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	reloads(false, false)
	shows(7)
	h.leaf("server", 8, time.Hour)
	loose = os.ErrPermission
	reloads(false, false)
	shows(7)
	loose = nil
	if err := os.WriteFile(h.path("ca.pem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	reloads(false, false)
	if m.Leaf().SerialNumber.Int64() != 7 {
		t.Error("the leaf in force is another")
	}
}
