package identity

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync/atomic"
)

// Files are where the material of TLS lies, in PEM.
type Files struct {
	Certificate string // of the server, with its chain
	Key         string // of that certificate; only its owner may read it
	ClientCA    string // whose clients are let in; "": none is asked for a certificate
	// Guarded refuses a key file that others may read; required.
	Guarded func(file string) error
}

// Material is a server's certificate and whom it trusts, as last read.
type Material struct {
	files Files
	now   atomic.Pointer[material]
}

type material struct {
	certificate tls.Certificate
	clients     *x509.CertPool
	text        []byte // of all files, to tell whether anything changed
}

// Load reads the material. A key that others may read is refused.
func Load(files Files) (*Material, error) {
	m := &Material{files: files}
	_, err := m.Reload()
	return m, err
}

// Reload reads the files again and reports whether they changed. Where anything
// is wrong with them, what was read before stays in force. Connections that
// are there already keep what they began with.
func (m *Material) Reload() (changed bool, err error) {
	next, err := m.files.read()
	if err != nil {
		return false, fmt.Errorf("tls: %w", err)
	}
	if was := m.now.Load(); was != nil && bytes.Equal(was.text, next.text) {
		return false, nil
	}
	m.now.Store(next)
	return true, nil
}

func (f *Files) read() (*material, error) {
	if err := f.Guarded(f.Key); err != nil {
		return nil, err
	}
	certificate, err := os.ReadFile(f.Certificate)
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(f.Key)
	if err != nil {
		return nil, err
	}
	next := &material{text: bytes.Join([][]byte{certificate, key}, nil)}
	if next.certificate, err = tls.X509KeyPair(certificate, key); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Certificate, err)
	}
	if f.ClientCA == "" {
		return next, nil
	}
	clients, err := os.ReadFile(f.ClientCA)
	if err != nil {
		return nil, err
	}
	next.clients, next.text = x509.NewCertPool(), append(next.text, clients...)
	if !next.clients.AppendCertsFromPEM(clients) {
		return nil, fmt.Errorf("%s: no certificate in it", f.ClientCA)
	}
	return next, nil
}

// Leaf is the server's own certificate.
func (m *Material) Leaf() *x509.Certificate { return m.now.Load().certificate.Leaf }

// Config is for a server that speaks these protocols. demand makes a client
// certificate a condition of every connection; without it one is verified
// where it is shown.
func (m *Material) Config(demand bool, protocols ...string) *tls.Config {
	base := m.config(demand, protocols)
	base.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return m.config(demand, protocols), nil }
	return base
}

// config is for connections that begin now. Sessions are not taken up again:
// they would outlive the trust they began with.
func (m *Material) config(demand bool, protocols []string) *tls.Config {
	now := m.now.Load()
	c := &tls.Config{
		MinVersion: tls.VersionTLS12, CipherSuites: suites, Certificates: []tls.Certificate{now.certificate},
		NextProtos: protocols, SessionTicketsDisabled: true,
	}
	if now.clients != nil {
		c.ClientCAs, c.ClientAuth = now.clients, tls.VerifyClientCertIfGiven
		if demand {
			c.ClientAuth = tls.RequireAndVerifyClientCert
		}
	}
	return c
}

// suites are those of TLS 1.2: forward secret and authenticated. Those of 1.3
// are all of them so.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// Shown is the verified certificate of a connection's client, or nil.
func Shown(state *tls.ConnectionState) *x509.Certificate {
	if state == nil || len(state.VerifiedChains) == 0 {
		return nil
	}
	return state.VerifiedChains[0][0]
}
