package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/measure"
)

// stage is the demonstration's gateway and payer, running for a test.
type stage struct {
	demo    *demo
	folder  string
	base    string // of the gateway's REST
	grpc    string // address of its gRPC
	payers  cast
	payer   string // address of the one most of the story is told with
	funds   *measure.Funds
	kept    *keeper
	gateway *gateway
	stop    func() // ends both; may be called again
}

func staged(t *testing.T) *stage {
	t.Helper()
	return stagedOn(t)
}

// stagedOn is staged with further settings.
func stagedOn(t *testing.T, settings ...string) *stage {
	t.Helper()
	return stagedWith(t, newLog(io.Discard, "error"), settings...)
}

// stagedWith is stagedOn with a log that is kept.
func stagedWith(t *testing.T, log *slog.Logger, settings ...string) *stage {
	t.Helper()
	s := &stage{folder: t.TempDir(), demo: &demo{out: io.Discard, log: log, once: true}}
	payers, err := startPayers(s.folder)
	if err != nil {
		t.Fatal(err)
	}
	s.payers, s.payer = payers, payers["nhsa-demo"].URL
	command := demoCommand()
	if err := command.Flags().Parse(append(settings, "--listen-rest", "127.0.0.1:0", "--listen-grpc", "127.0.0.1:0")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g, err := s.demo.stage(ctx, command, s.folder, payers.address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- g.run(ctx) }()
	if s.base, err = g.address(ctx); err != nil {
		t.Fatal(err)
	}
	s.gateway, s.grpc, s.funds, s.kept = g, g.grpcListener.Addr().String(), g.funds, g.store
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stopping: %v", err)
		}
		if err := payers.close(); err != nil {
			t.Errorf("stopping the payers: %v", err)
		}
	}
	t.Cleanup(s.stop)
	return s
}

// call sends a request and gives the answer's bytes and fields.
func (s *stage) call(t *testing.T, method, path, body string) (int, []byte, map[string]any) {
	t.Helper()
	p := &player{base: s.base}
	answer, status, err := p.call(context.Background(), method, path, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(answer, &fields); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	return status, answer, fields
}

const aDischarge = `{"request_id": "a-discharge-of-the-tests", "facility_id": "H36082700001", "discharge_id": "T1", "encounter_id": "E-T1",
	"beneficiary": {"id_number": "360827196207050041"}, "mode": "MODE_INPATIENT", "admission_date": "2026-05-02", "discharge_date": "2026-05-09",
	"bill": {"submitted": "5600.00", "self_funded": "300.00", "first_self_pay": "200.00", "over_limit": "100.00", "eligible": "5000.00"}}`

// TestR03ReadingGivesTheAnswerOfSettling: the same bytes at once, at a repeat
// and when read; and the state is of the closed set.
func TestR03ReadingGivesTheAnswerOfSettling(t *testing.T) {
	s := staged(t)
	status, settled, fields := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	if status != http.StatusOK || fields["state"] != "STATE_SETTLED" {
		t.Fatalf("%d %s", status, settled)
	}
	_, again, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	_, read, _ := s.call(t, http.MethodGet, "/v1/settlements/"+fields["id"].(string), "")
	if !bytes.Equal(settled, again) || !bytes.Equal(settled, read) {
		t.Errorf("settled %s\nagain   %s\nread    %s", settled, again, read)
	}
}

// TestTheNewcomersHour: a wrong body is explained, a changed body under the
// same key is refused by name, a reversal works.
func TestTheNewcomersHour(t *testing.T) {
	s := staged(t)
	status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", `{"request_id": "a-wrong-body-of-the-tests", "facility": "x"}`)
	if status != http.StatusBadRequest || !bytes.Contains(answer, []byte("facility")) {
		t.Errorf("a wrong body: %d %s", status, answer)
	}
	_, _, fields := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	changed := bytes.Replace([]byte(aDischarge), []byte("2026-05-02"), []byte("2026-05-03"), 1)
	status, answer, _ = s.call(t, http.MethodPost, "/v1/settlements", string(changed))
	if status != http.StatusUnprocessableEntity || !bytes.Contains(answer, []byte("admission_date")) {
		t.Errorf("a changed body: %d %s", status, answer)
	}
	reverse := `{"request_id": "a-reversal-of-the-tests", "cause": "wrong bill"}`
	status, answer, fields = s.call(t, http.MethodPost, "/v1/settlements/"+fields["id"].(string)+":reverse", reverse)
	if status != http.StatusOK || fields["state"] != "STATE_REVERSED" {
		t.Errorf("a reversal: %d %s", status, answer)
	}
}

func TestReadSecretRefusesAFileOthersCanRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	for mode, fine := range map[uint32]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false} {
		writeFile(t, file, " secret\n", mode)
		secret, err := readSecret(file)
		if (err == nil) != fine || fine && secret.Reveal() != "secret" {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

// TestASecretIsGuarded: a file of ours is ours alone; one that root hands to us
// may be our group's too, never anybody's, and never to be written.
func TestASecretIsGuarded(t *testing.T) {
	const root, gateway = 0, 65532
	for _, c := range []struct {
		mode      fs.FileMode
		owner, us int
		want      bool
	}{
		{0o400, gateway, gateway, true},
		{0o440, gateway, gateway, false},
		{0o440, root, gateway, true},
		{0o640, root, gateway, true},
		{0o660, root, gateway, false},
		{0o444, root, gateway, false},
		{0o440, root, root, false},
	} {
		if got := guarded(c.mode, c.owner, c.us); got != c.want {
			t.Errorf("mode %o of %d, read by %d: %t", c.mode, c.owner, c.us, got)
		}
	}
}
