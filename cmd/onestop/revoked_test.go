package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestRevokedIsRefusedAtOnce: what is put on the list is refused by a running
// gateway, on connections that are there too, with a reason of its own that is
// in the audit trail; others go on.
func TestRevokedIsRefusedAtOnce(t *testing.T) {
	h := newGuardedHouse(t)
	client, list := h.client("H36082700001"), h.base+"/v1/settlements"
	client.Transport.(*http.Transport).DisableKeepAlives = false
	li := h.token("--tenant", "H36082700001", "--subject", "li", "--role", "cashier")
	wang := h.token("--tenant", "H36082700001", "--subject", "wang", "--role", "cashier")
	other, others := h.client("H51142500001"), h.token("--tenant", "H51142500001", "--subject", "li", "--role", "cashier")
	if got := []int{h.get(client, list, li), h.get(client, list, wang), h.get(other, list, others)}; fmt.Sprint(got) != "[200 200 200]" {
		t.Fatal(got)
	}
	block, _ := pem.Decode(mustRead(h.path("H36082700001.pem")))
	certificate, err := x509.ParseCertificate(block.Bytes)
	must(err)
	for line, want := range map[string]string{
		"subject H36082700001/li":                            "[401 200 200]",
		"serial " + certificate.SerialNumber.Text(16):        "[401 401 200]",
		"tenant H51142500001":                                "[200 200 401]",
		"# nothing":                                          "[200 200 200]",
		"subject H36082700001/wang\nsubject H36082700001/li": "[401 401 200]",
	} {
		replace(t, h.path("revoked"), line+"\n")
		deadline := time.Now().Add(patience)
		for {
			got := fmt.Sprint([]int{h.get(client, list, li), h.get(client, list, wang), h.get(other, list, others)})
			if got == want {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%q: %s, want %s", line, got, want)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	h.stop()
	out, _, err := says(t, "audit", "list", "--store-sqlite", h.store)
	must(err)
	for _, subject := range []string{"caller/H36082700001/li", "caller/H36082700001/wang", "caller/H51142500001/li"} {
		if !strings.Contains(out, subject) || !strings.Contains(out, "CREDENTIAL_REVOKED") {
			t.Errorf("no line of %s:\n%s", subject, out)
		}
	}
}

// replace puts a file in place of another in one step, as an operator should.
func replace(t *testing.T, file, text string) {
	t.Helper()
	writeFile(t, file+".next", text, 0o600)
	must(os.Rename(file+".next", file))
}

func mustRead(file string) []byte {
	text, err := os.ReadFile(file)
	must(err)
	return text
}

func TestDoctorLooksAtRevoked(t *testing.T) {
	folder := t.TempDir()
	good, wrong := folder+"/good", folder+"/wrong"
	writeFile(t, good, "tenant H36082700001\ntoken 1\n", 0o600)
	writeFile(t, wrong, "tenant\n", 0o600)
	for file, want := range map[string]string{
		"":               "",
		good:             "ok       revoked credentials: 2 are named",
		wrong:            "problem  revoked credentials: " + wrong + ": line 1",
		folder + "/none": "problem  revoked credentials: open " + folder + "/none",
	} {
		d := newDoctor(0)
		d.examineRevoked(&config{Identity: identityConfig{RevokedFile: file}})
		var report bytes.Buffer
		must(d.print(&report, false))
		if !strings.HasPrefix(report.String(), want) {
			t.Errorf("want %q:\n%s", want, report.String())
		}
	}
}
