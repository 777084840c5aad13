package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/api/identity"
)

// guardedHouse is a gateway with the credentials that onestop certs makes.
type guardedHouse struct {
	t       *testing.T
	folder  string // of the credentials
	gateway *gateway
	store   string
	stop    func()
	base    string
	log     overheard
}

// says runs a command of this program and gives what it prints.
func says(t *testing.T, arguments ...string) (out, errs string, err error) {
	t.Helper()
	root := rootCommand()
	var stdout, stderr bytes.Buffer
	root.SetOut(&stdout)
	root.SetErr(&stderr)
	root.SetArgs(arguments)
	err = root.Execute()
	return stdout.String(), stderr.String(), err
}

// credentialsIn makes development credentials in a new folder.
func credentialsIn(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "credentials")
	out, errs, err := says(t, "certs", "--out", folder, "--tenant", "H36082700001,H51142500001,MZ360827,OP")
	if err != nil || !strings.Contains(errs, "DEVELOPMENT ONLY") || !strings.Contains(out, folder) {
		t.Fatalf("%v %s %s", err, out, errs)
	}
	return folder
}

func newGuardedHouse(t *testing.T) *guardedHouse {
	h := &guardedHouse{t: t, folder: credentialsIn(t)}
	w := newTown(t, nil, nil)
	c, err := readConfig(w.config)
	must(err)
	c.Store.SQLite, c.ListenOps = filepath.Join(w.folder, "onestop.db"), "127.0.0.1:0"
	c.TLS = tlsConfig{CertificateFile: h.path("server.pem"), KeyFile: h.path("server.key"), ClientCAFile: h.path("ca.pem")}
	writeFile(t, h.path("revoked"), "# nothing yet\n", 0o600)
	c.Identity = identityConfig{Issuer: developmentIssuer, Audience: developmentAudience, JWKSFile: h.path("jwks.json"), RevokedFile: h.path("revoked")}
	must(c.check())
	h.store = c.Store.SQLite
	w.peoples(t, "--store-sqlite", c.Store.SQLite)
	h.gateway, err = assemble(t.Context(), c, slog.New(slog.NewJSONHandler(&h.log, nil)))
	must(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.gateway.run(ctx) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		must(<-done)
	})
	t.Cleanup(h.stop)
	h.base, err = h.gateway.address(ctx)
	must(err)
	return h
}

func (h *guardedHouse) path(name string) string { return filepath.Join(h.folder, name) }

// client shows a certificate of the folder, "" for none.
func (h *guardedHouse) client(name string) *http.Client {
	h.t.Helper()
	files := shownFiles{ca: h.path("ca.pem")}
	if name != "" {
		files.certificate, files.key = h.path(name+".pem"), h.path(name+".key")
	}
	config, err := files.tls()
	must(err)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}, Timeout: 10 * time.Second}
}

// token signs one by onestop token.
func (h *guardedHouse) token(arguments ...string) string {
	h.t.Helper()
	out, errs, err := says(h.t, append([]string{"token", "--key", h.path("token.key")}, arguments...)...)
	if err != nil || !strings.Contains(errs, "DEVELOPMENT ONLY") {
		h.t.Fatalf("%v %s", err, errs)
	}
	return strings.TrimSpace(out)
}

// get answers with the status, 0 where the connection is refused.
func (h *guardedHouse) get(client *http.Client, address, token string) int {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, address, nil)
	must(err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	must(err)
	return response.StatusCode
}

// TestWhoGetsIn: over real TLS, with the credentials of onestop certs and onestop
// token, a certificate and a token of one tenant let in, and nothing less.
func TestWhoGetsIn(t *testing.T) {
	h := newGuardedHouse(t)
	cashier := h.token("--tenant", "H36082700001", "--subject", "li", "--role", "cashier")
	elsewhere := h.token("--tenant", "H51142500001", "--subject", "li", "--role", "cashier")
	operator := h.token("--tenant", "OP", "--subject", "zhao", "--role", "operator")
	wrong := h.token("--tenant", "H36082700001", "--subject", "li", "--role", "cashier", "--audience", "payer")
	strange := h.token("--tenant", "H36082700001", "--subject", "li", "--role", "cashier", "--issuer", "somebody")
	lists, metrics := h.base+"/v1/settlements", h.base+"/metrics"
	for name, c := range map[string]struct {
		certificate, address, token string
		want                        int
	}{
		"both of one tenant":             {"H36082700001", lists, cashier, 200},
		"no certificate":                 {"", lists, cashier, 0},
		"no token":                       {"H36082700001", lists, "", 401},
		"another's token":                {"H36082700001", lists, elsewhere, 401},
		"another's certificate":          {"H51142500001", lists, cashier, 401},
		"the operator's certificate":     {"operator", lists, cashier, 401},
		"a token for another audience":   {"H36082700001", lists, wrong, 401},
		"a token of another issuer":      {"H36082700001", lists, strange, 401},
		"a role that may not":            {"OP", lists, operator, 403},
		"metrics of a cashier":           {"H36082700001", metrics, cashier, 403},
		"metrics of the operator":        {"OP", metrics, operator, 200},
		"operations page of a cashier":   {"H36082700001", h.base + "/ops", cashier, 403},
		"operations page of nobody":      {"H36082700001", h.base + "/ops", "", 401},
		"another page of REST":           {"H36082700001", h.base + "/openapi.json", "", 200},
		"an address that is not there":   {"H36082700001", h.base + "/v1/nothing", "", 401},
		"profiles, which are not served": {"OP", h.base + "/debug/pprof/", operator, 404},
	} {
		if got := h.get(h.client(c.certificate), c.address, c.token); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if got := h.get(http.DefaultClient, strings.Replace(lists, "https", "http", 1), cashier); got != http.StatusBadRequest {
		t.Errorf("without TLS: %d", got)
	}
}

// The operator's own listener answers probes to everybody who speaks TLS.
func TestOperationsListener(t *testing.T) {
	h := newGuardedHouse(t)
	base := "https://" + h.gateway.opsListener.Addr().String()
	for path, want := range map[string][3]int{
		"/healthz": {200, 200, 200}, "/readyz": {200, 200, 200}, "/metrics": {401, 401, 200}, "/ops": {401, 401, 200}, "/v1/settlements": {404, 404, 404},
	} {
		for i, certificate := range []string{"", "H36082700001", "operator"} {
			if got := h.get(h.client(certificate), base+path, ""); got != want[i] {
				t.Errorf("%s with %q: %d, want %d", path, certificate, got, want[i])
			}
		}
	}
}

// The command line speaks to a gateway that knows its callers, over gRPC.
func TestCommandsShowCredentials(t *testing.T) {
	h := newGuardedHouse(t)
	file := h.path("token")
	writeFile(t, file, h.token("--tenant", "OP", "--subject", "zhao", "--role", "operator"), 0o600)
	address := []string{"--address", h.gateway.grpcListener.Addr().String()}
	own := append(address, "--ca", h.path("ca.pem"), "--cert", h.path("OP.pem"), "--key", h.path("OP.key"))
	for name, c := range map[string]struct {
		arguments []string
		wrong     string
	}{
		"all of it":             {append(own, "--token-file", file), ""},
		"no token":              {own, "UNAUTHENTICATED"},
		"no certificate":        {append(address, "--ca", h.path("ca.pem"), "--token-file", file), "GATEWAY"},
		"another's certificate": {append(address, "--ca", h.path("ca.pem"), "--cert", h.path("MZ360827.pem"), "--key", h.path("MZ360827.key"), "--token-file", file), "UNAUTHENTICATED"},
		"no TLS":                {append(address, "--token-file", file), "GATEWAY"},
		"beyond this machine":   {[]string{"--address", "192.0.2.1:9090", "--token-file", file}, "--ca"},
	} {
		_, _, err := says(t, append([]string{"attention", "list", "--timeout", "3s"}, c.arguments...)...)
		if c.wrong == "" && err != nil || c.wrong != "" && err == nil || c.wrong != "GATEWAY" && err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Certificates that changed are taken over without a restart.
func TestCertificatesAreTakenOver(t *testing.T) {
	h := newGuardedHouse(t)
	shown := func() string {
		config, err := (&shownFiles{ca: h.path("ca.pem"), certificate: h.path("OP.pem"), key: h.path("OP.key")}).tls()
		must(err)
		conn, err := tls.Dial("tcp", h.gateway.restListener.Addr().String(), config)
		if err != nil {
			return err.Error()
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	before := shown()
	other := credentialsIn(t)
	for _, name := range []string{"ca.pem", "server.pem", "server.key", "OP.pem", "OP.key", "jwks.json"} {
		text, err := os.ReadFile(filepath.Join(other, name))
		must(err)
		must(os.WriteFile(h.path(name), text, 0o600))
	}
	h.gateway.trust.reload(t.Context(), h.gateway.log)
	if after := shown(); after == before || len(after) < 10 {
		t.Errorf("%s, then %s", before, after)
	}
	h.log.await(t, 1, "reloaded certificate")
	must(os.WriteFile(h.path("server.key"), []byte("broken"), 0o600))
	must(os.WriteFile(h.path("jwks.json"), []byte("broken"), 0o600))
	h.gateway.trust.reload(t.Context(), h.gateway.log)
	h.log.await(t, 1, "the certificate in force stays")
	h.log.await(t, 1, "the token keys in force stay")
}

func TestCredentialsAreMadeOnce(t *testing.T) {
	folder := credentialsIn(t)
	entries, err := os.ReadDir(folder)
	must(err)
	for _, entry := range entries {
		info, err := entry.Info()
		must(err)
		if strings.HasSuffix(entry.Name(), ".key") && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %04o", entry.Name(), info.Mode().Perm())
		}
	}
	if _, _, err := says(t, "certs", "--out", folder); err == nil {
		t.Error("credentials were written over")
	}
	if out, _, err := says(t, "certs", "--keep", "--out", folder); err != nil || !strings.Contains(out, "nothing was made") {
		t.Errorf("%s %v", out, err)
	}
	if _, _, err := says(t, "certs", "--out", filepath.Join(folder, "x"), "--tenant", "../../etc"); err == nil {
		t.Error("a tenant led out of the folder")
	}
	for name, arguments := range map[string][]string{
		"two powers":      {"--role", "operator,security-admin"},
		"no region":       {"--role", "bureau-officer"},
		"eleven minutes":  {"--role", "cashier", "--for", "11m"},
		"nobody's role":   {"--role", "root"},
		"a key read wide": {"--role", "cashier", "--key", filepath.Join(folder, "ca.pem")},
	} {
		given := append([]string{"token", "--key", filepath.Join(folder, "token.key"), "--tenant", "T", "--subject", "li"}, arguments...)
		if out, _, err := says(t, given...); err == nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// TestDoctorSeesCertificates: their ends, whose they are, who may read the key.
func TestDoctorSeesCertificates(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		spoil func(folder string, c *config)
		line  string
	}{
		"in order":            {0, nil, "ok       token keys: 1 of issuer onestop-development"},
		"made for trying":     {0, nil, "warning  certificate: "},
		"ends soon":           {10 * 24 * time.Hour, nil, "warning  certificate: "},
		"has ended":           {31 * 24 * time.Hour, nil, "problem  certificate: "},
		"the CA has ended":    {31 * 24 * time.Hour, nil, "problem  client CA: "},
		"a key read by all":   {0, func(f string, _ *config) { must(os.Chmod(filepath.Join(f, "server.key"), 0o644)) }, "problem  key of the certificate: "},
		"the key of another":  {0, func(f string, c *config) { c.TLS.KeyFile = filepath.Join(f, "OP.key") }, "problem  certificate: "},
		"a chain in disorder": {0, disordered, "problem  certificate: "},
		"no token keys":       {0, func(_ string, c *config) { c.Identity.JWKSFile = "none" }, "problem  token keys: "},
	} {
		folder := credentialsIn(t)
		configured := standard()
		configured.TLS = tlsConfig{CertificateFile: filepath.Join(folder, "server.pem"), KeyFile: filepath.Join(folder, "server.key"), ClientCAFile: filepath.Join(folder, "ca.pem")}
		configured.Identity = identityConfig{Issuer: developmentIssuer, Audience: developmentAudience, JWKSFile: filepath.Join(folder, "jwks.json")}
		if c.spoil != nil {
			c.spoil(folder, &configured)
		}
		d := newDoctor(time.Second)
		d.now = func() time.Time { return time.Now().Add(c.after) }
		d.examineTrust(t.Context(), &configured)
		var report bytes.Buffer
		must(d.print(&report, false))
		if !strings.Contains("\n"+report.String(), "\n"+c.line) {
			t.Errorf("%s:\n%s", name, report.String())
		}
	}
}

// disordered puts a stranger behind the gateway's certificate.
func disordered(folder string, c *config) {
	own, err := os.ReadFile(filepath.Join(folder, "server.pem"))
	must(err)
	stranger, err := os.ReadFile(filepath.Join(folder, "OP.pem"))
	must(err)
	c.TLS.CertificateFile = filepath.Join(folder, "chain.pem")
	must(os.WriteFile(c.TLS.CertificateFile, append(own, stranger...), 0o600))
}

// What onestop certs writes as a tenant is what the gateway reads.
func TestTenantsOfCertificates(t *testing.T) {
	folder := credentialsIn(t)
	d := newDoctor(time.Second)
	for _, tenant := range []string{"H36082700001", "OP"} {
		got, err := identity.TenantOf(d.certificates("certificate", filepath.Join(folder, tenant+".pem"))[0])
		if err != nil || string(got) != tenant {
			t.Errorf("%s: %s %v", tenant, got, err)
		}
	}
	if !identity.Operates(d.certificates("certificate", filepath.Join(folder, "operator.pem"))[0]) {
		t.Error("the operator's certificate is nobody's")
	}
}
