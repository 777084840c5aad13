package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// authority signs certificates of the tests.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// newAuthority is an authority nobody else trusts.
func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	signed := a.sign(t, &x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	a.key, a.certificate = signed.PrivateKey.(*ecdsa.PrivateKey), signed.Leaf
	return a
}

// sign makes a key and a certificate for it, by itself if a is new.
func (a *authority) sign(t *testing.T, about *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about.SerialNumber = big.NewInt(time.Now().UnixNano())
	about.NotBefore, about.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	maker, makersKey := about, key
	if a.certificate != nil {
		maker, makersKey = a.certificate, a.key
	}
	text, err := x509.CreateCertificate(rand.Reader, about, maker, key.Public(), makersKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{text}, PrivateKey: key, Leaf: leaf}
}

// pem writes what a secret of the pods holds.
func (a *authority) pem(t *testing.T, folder string) {
	t.Helper()
	server := a.sign(t, &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	key, err := x509.MarshalPKCS8PrivateKey(server.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"server.pem":     {Type: "CERTIFICATE", Bytes: server.Certificate[0]},
		"server.pem.key": {Type: "PRIVATE KEY", Bytes: key},
		"clients.pem":    {Type: "CERTIFICATE", Bytes: a.certificate.Raw},
	} {
		writeFile(t, filepath.Join(folder, name), string(pem.EncodeToMemory(block)), 0o600)
	}
}

// caller is who calls with a certificate of an authority, or with none (nil).
func (a *authority) caller(t *testing.T, signer *authority) *tls.Config {
	t.Helper()
	c := &tls.Config{RootCAs: x509.NewCertPool()}
	c.RootCAs.AddCert(a.certificate)
	if signer != nil {
		c.Certificates = []tls.Certificate{signer.sign(t, &x509.Certificate{Subject: pkix.Name{CommonName: "caller"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})}
	}
	return c
}

// besides starts the pods' proxy before a gateway, by the command line of the
// manifest, and gives its addresses by the ports it has in a pod.
func besides(t *testing.T, s *stage, a *authority) map[int]string {
	t.Helper()
	if _, err := exec.LookPath("haproxy"); err != nil {
		t.Skip("THE PROXY WAS NOT TRIED: haproxy is not installed")
	}
	files, folder := wanted(t), t.TempDir()
	a.pem(t, folder)
	proxy := files.gateways.Spec.Template.Spec.InitContainers[0]
	argv := append([]string{}, proxy.Command...)
	argv[len(argv)-1] = filepath.Join(folder, filepath.Base(argv[len(argv)-1]))
	addresses := map[int]string{}
	p := serving(t, func() (*exec.Cmd, func() bool) {
		config := string(files.configs["onestop-tls"]["haproxy.cfg"])
		replace := func(old, by string) {
			if !strings.Contains(config, old) {
				t.Fatalf("%q is not in the proxy's configuration", old)
			}
			config = strings.ReplaceAll(config, old, by)
		}
		for _, port := range proxy.Ports {
			addresses[port.ContainerPort] = anAddress(t)
			replace("bind :"+strconv.Itoa(port.ContainerPort), "bind "+addresses[port.ContainerPort])
		}
		replace("/etc/tls/", folder+"/")
		replace("127.0.0.1:8080", strings.TrimPrefix(s.base, "http://"))
		replace("127.0.0.1:9090", s.grpc)
		writeFile(t, filepath.Join(folder, "haproxy.cfg"), config, 0o600)
		return exec.Command(argv[0], argv[1:]...), func() bool { return answersAt(addresses[9464]) }
	})
	t.Cleanup(func() {
		_ = p.end(syscall.SIGTERM) // 143: it ended by the signal
		if t.Failed() {
			t.Logf("the proxy says:\n%s", p.said.String())
		}
	})
	return addresses
}

// TestKubernetesProxyLetsInWhoItMust runs the pods' proxy before a gateway: a
// certificate settles over REST and reads over gRPC, none or a stranger's does
// neither, and without TLS there are the probes and the metrics and no more.
func TestKubernetesProxyLetsInWhoItMust(t *testing.T) {
	s, ours, strange := staged(t), newAuthority(t), newAuthority(t)
	addresses := besides(t, s, ours)
	gateway := wanted(t).gateways.Spec.Template.Spec.Containers[0]
	inside := map[string]int{"/metrics": http.StatusOK, "/ops": http.StatusForbidden, "/v1/settlements/x": http.StatusForbidden}
	for _, p := range []probe{gateway.StartupProbe, gateway.ReadinessProbe, gateway.LivenessProbe} {
		inside[p.HTTPGet.Path] = http.StatusOK
		if addresses[p.HTTPGet.Port] != addresses[9464] {
			t.Errorf("a probe asks port %d", p.HTTPGet.Port)
		}
	}
	for path, want := range inside {
		if got, err := answers(http.DefaultClient, "http://"+addresses[9464]+path, ""); err != nil || got != want {
			t.Errorf("%s inside: %d, %v", path, got, err)
		}
	}
	for who, signer := range map[string]*authority{"a facility": ours, "nobody": nil, "a stranger": strange} {
		config := ours.caller(t, signer)
		rest := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
		got, err := answers(rest, "https://"+addresses[8443]+"/v1/settlements", aDischarge)
		if let := err == nil && got == http.StatusOK; let != (signer == ours) {
			t.Errorf("%s over REST: %d, %v", who, got, err)
		}
		connection, err := grpc.NewClient(addresses[9443], grpc.WithTransportCredentials(credentials.NewTLS(config)))
		if err != nil {
			t.Fatal(err)
		}
		want := codes.Unavailable
		if signer == ours {
			want = codes.NotFound
		}
		_, err = onestopv1.NewSettlementServiceClient(connection).GetSettlement(t.Context(), &onestopv1.GetSettlementRequest{Id: "8b0f9ea6-0000-4000-8000-000000000000"})
		if status.Code(err) != want {
			t.Errorf("%s over gRPC: %v", who, err)
		}
		connection.Close()
	}
}

// answers gets an address, or posts a body to it, and gives the status.
func answers(by *http.Client, address, body string) (int, error) {
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := by.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}
