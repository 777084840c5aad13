package main

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/adapters/signature/reference"
)

// The keys of these tests, invented: ours, the payer's first and its second.
const (
	gatewaySM2 = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
	payerSM2   = "1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF"
	laterSM2   = "2234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF"
)

// signedParty is the payer's side of deploy/signing/sealed.yaml.
func signedParty(key, name string) *reference.Party {
	return &reference.Party{
		Field: "signData", KeyID: "keyId", Echo: "msgid", Excluded: []string{"signData", "encData", "extra"}, Dense: true, Pair: "=", Join: "&",
		Secret: "secret", SecretPrefix: "&key=", UserID: "1234567812345678", Raw: true, Hex: true, Key: key, KeyName: name,
		Callers: map[string]string{"g1": reference.PublicHex(gatewaySM2)}, Hidden: "encData", Asks: "input", Answers: "output", Mode: "gcm",
		Cipher: "0123456789abcdeffedcba9876543210",
	}
}

// signingFiles are the files of a signing configuration, which knows both keys
// of the payer.
func signingFiles(t *testing.T, folder string) *signingConfig {
	t.Helper()
	file := func(name, text string, mode uint32) string {
		path := filepath.Join(folder, name)
		writeFile(t, path, text, mode)
		return path
	}
	return &signingConfig{
		Profile: "../../deploy/signing/sealed.yaml",
		Keys:    []keyConfig{{"g1", file("g1.pem", string(reference.PrivatePEM(gatewaySM2)), 0o600)}},
		PayerKeys: []keyConfig{
			{"p2", file("p2.pem", string(reference.PublicPEM(laterSM2)), 0o644)},
			{"p1", file("p1.pem", string(reference.PublicPEM(payerSM2)), 0o644)},
		},
		SecretFile:     file("secret", "secret\n", 0o600),
		CipherKeyFiles: []string{file("sm4", "0123456789abcdeffedcba9876543210\n", 0o600)},
	}
}

// signedTown is the demonstration's payers, and the configuration of a gateway
// for them, in a folder of its own.
func signedTown(t *testing.T) (s *stage, c config) {
	t.Helper()
	s = &stage{folder: t.TempDir()}
	payers, err := startPayers(s.folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { payers.close() })
	s.payers = payers
	c = standard()
	if err := c.overlay(mustDemoFile("gateway.yaml")); err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(s.folder, "token")
	writeFile(t, token, "demo-token\n", 0o600)
	for i := range c.Payers {
		c.Payers[i].URL, c.Payers[i].TokenFile = payers.address(c.Payers[i].Code), token
	}
	c.Store.SQLite, c.ListenREST, c.ListenGRPC = filepath.Join(s.folder, "onestop.db"), "127.0.0.1:0", "127.0.0.1:0"
	return s, c
}

// serve runs a gateway of a configuration until s.stop.
func (s *stage) serve(t *testing.T, c config) {
	t.Helper()
	policies, err := builtinPolicies()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g, err := assembleWith(ctx, c, policies, newLog(new(bytes.Buffer), "error"))
	if err != nil {
		t.Fatal(err)
	}
	if s.base == "" { // the first time: the store has nobody yet
		if err := putPersons(ctx, g.store.register, mustDemoFile("persons.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() { done <- g.run(ctx) }()
	if s.base, err = g.address(ctx); err != nil {
		t.Fatal(err)
	}
	s.grpc = g.grpcListener.Addr().String()
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// signs makes the payer sign with a key, and go wrong by rules.
func (s *stage) signs(t *testing.T, key, name string, rules ...sim.Rule) {
	t.Helper()
	script, err := sim.ParseScript(mustDemoFile("payer.json"))
	if err != nil {
		t.Fatal(err)
	}
	script.Signing, script.Rules = signedParty(key, name), rules
	if err := s.payers["nhsa-demo"].Play(script); err != nil {
		t.Fatal(err)
	}
}

// discharge is aDischarge under another name.
func discharge(name string) string {
	return strings.NewReplacer("a-discharge-of-the-tests", "a-discharge-named-"+name, `"T1"`, `"T-`+name+`"`, "E-T1", "E-T-"+name).Replace(aDischarge)
}

// A gateway whose payer signs: settled, asked again where an answer is not the
// payer's, settled on after the payer changed its key; and what is stored from
// before and after verifies with the keys that are known now, and fails where
// one is forgotten or the answer was changed.
func TestStoredAnswersVerifyAfterARotation(t *testing.T) {
	s, c := signedTown(t)
	nhsa := slices.IndexFunc(c.Payers, func(p payerConfig) bool { return p.Code == "nhsa-demo" })
	c.Payers[nhsa].Signing = signingFiles(t, s.folder)
	s.serve(t, c)
	settle := func(name string) {
		t.Helper()
		if status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", discharge(name)); status != http.StatusOK || fields["state"] != "STATE_SETTLED" {
			t.Fatalf("%s: %d %s", name, status, answer)
		}
	}
	s.signs(t, payerSM2, "p1")
	settle("before")
	s.signs(t, payerSM2, "p1", sim.Rule{Transaction: "2304", Fault: sim.BadSignature, First: 1})
	settle("doubted")
	s.signs(t, laterSM2, "p2")
	settle("after")
	s.stop()

	if out, err := verifyingSigned(t, c); err != nil || !strings.Contains(out, " 0 wrong, 0 from before") || strings.HasPrefix(out, "0 signed") {
		t.Errorf("%v\n%s", err, out)
	}
	whole := *c.Payers[nhsa].Signing
	short := whole
	short.PayerKeys = whole.PayerKeys[:1]
	c.Payers[nhsa].Signing = &short
	if out, err := verifyingSigned(t, c); exitedWith(err) != exitFailed || !strings.Contains(out, "not known") {
		t.Errorf("without the key of before: %v\n%s", err, out)
	}
	c.Payers[nhsa].Signing = &whole
	unlock(t, c.Store.SQLite)
	tamper(t, c.Store.SQLite, `UPDATE attempt SET body = CAST(replace(CAST(body AS TEXT), '"infcode":', '"infcode":-') AS BLOB) WHERE phase = 'RESULT'`)
	if out, err := verifyingSigned(t, c); exitedWith(err) != exitFailed {
		t.Errorf("a changed answer: %v\n%s", err, out)
	}
	c.Payers[nhsa].Signing = nil
	if out, err := verifyingSigned(t, c); exitedWith(err) != exitUnread {
		t.Errorf("nobody signs: %v\n%s", err, out)
	}
}

// verifyingSigned runs verify --payer-signatures on a configuration.
func verifyingSigned(t *testing.T, c config) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command := verifyCommand()
	command.SetContext(t.Context())
	command.SetOut(&out)
	err := verifySigned(command, &c, "")
	return out.String(), err
}

// An answer from before signing is passed over if it is said since when.
func TestAnswersFromBeforeSigning(t *testing.T) {
	store, _ := afterStory(t)
	c := standard()
	c.Store.SQLite = store
	c.Payers = []payerConfig{{Code: "nhsa-demo", Signing: signingFiles(t, t.TempDir())}}
	if out, err := verifyingSigned(t, c); exitedWith(err) != exitFailed || !strings.Contains(out, "encrypted") {
		t.Errorf("unsigned answers: %v\n%s", err, out)
	}
	var out bytes.Buffer
	command := verifyCommand()
	command.SetContext(t.Context())
	command.SetOut(&out)
	if err := verifySigned(command, &c, "2999-01-01"); err != nil || !strings.HasPrefix(out.String(), "0 signed answers of payers verified, 0 wrong, ") {
		t.Errorf("%v\n%s", err, out.String())
	}
	if err := verifySigned(command, &c, "tomorrow"); exitedWith(err) != exitUnread {
		t.Error("tomorrow is a day")
	}
}

// Private keys, secret and cipher key are refused if others can read them, and
// every other thing that is wrong is named.
func TestSigningFilesAreGuarded(t *testing.T) {
	for name, spoil := range map[string]func(*signingConfig){
		"profile":          func(s *signingConfig) { s.Profile = "none.yaml" },
		"keys":             func(s *signingConfig) { writeFile(t, s.Keys[0].File, string(reference.PrivatePEM(gatewaySM2)), 0o644) },
		"payer_keys":       func(s *signingConfig) { s.PayerKeys[0].File = s.Keys[0].File },
		"secret_file":      func(s *signingConfig) { writeFile(t, s.SecretFile, "secret", 0o640) },
		"cipher_key_files": func(s *signingConfig) { writeFile(t, s.CipherKeyFiles[0], "0123", 0o600) },
	} {
		files := signingFiles(t, t.TempDir())
		spoil(files)
		if _, err := files.envelope(); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	rural := payerConfig{Code: "x", Protocol: "ncms", Signing: &signingConfig{}}
	if err := rural.foreign(); err == nil {
		t.Error("the rural scheme signs")
	}
}
