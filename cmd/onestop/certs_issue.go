package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"time"
)

// developmentName stands in every certificate that onestop certs makes, so that
// onestop doctor can tell.
const developmentName = "Onestop development"

// pair is a certificate and its key in PEM.
type pair struct{ certificate, key []byte }

// certifier issues the certificates of one folder. Its own key is not used
// again after that.
type certifier struct {
	pair
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// leafAsked is a certificate to be issued: a server's of hosts, or a client's
// of a URI.
type leafAsked struct {
	name  string
	hosts []string
	uri   string
}

// newCertifier makes an certifier whose certificates are good from a little
// before now, since clocks differ.
func newCertifier(now time.Time, life time.Duration) (*certifier, error) {
	a := &certifier{certificate: &x509.Certificate{
		Subject: pkix.Name{CommonName: developmentName + " CA"}, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		NotBefore: now.Add(-time.Minute).UTC(), NotAfter: now.Add(life).UTC(), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	a.pair, err = a.sign(a.certificate, a.key)
	return a, err
}

// issue makes a key and a certificate for it.
func (a *certifier) issue(asked *leafAsked) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: asked.name, Organization: []string{developmentName}},
		NotBefore: a.certificate.NotBefore, NotAfter: a.certificate.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if asked.uri != "" {
		uri, err := url.Parse(asked.uri)
		if err != nil {
			return pair{}, err
		}
		template.URIs = []*url.URL{uri}
	}
	for _, host := range asked.hosts {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return a.sign(template, key)
}

func (a *certifier) sign(template *x509.Certificate, key *ecdsa.PrivateKey) (made pair, err error) {
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return made, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return made, err
	}
	made.certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	made.key, err = keyPEM(key)
	return made, err
}

func keyPEM(key crypto.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
