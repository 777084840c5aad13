package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// demonstrated runs the demonstration on free ports.
func demonstrated(ctx context.Context, out io.Writer, arguments ...string) error {
	command := demoCommand()
	command.SetOut(out)
	command.SetErr(io.Discard)
	command.SetArgs(append([]string{"--listen-rest", "127.0.0.1:0", "--listen-grpc", "127.0.0.1:0"}, arguments...))
	return command.ExecuteContext(ctx)
}

func TestDemonstrationComesOutAsWorkedByHand(t *testing.T) {
	var out bytes.Buffer
	if err := demonstrated(context.Background(), &out, "--once"); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, shown := range []string{
		" scenes played, 0 amounts differ", "FUND_WARNING_OVERSPENT", "医疗救助同步结算单", "Statement of settlement", "NOT SETTLED", "未结算",
		"✓ benefit          63260.00", "✓ reason           CAP_LIMITED", "✓ state            STATE_REVERSED",
		"✓ held_by_others   42210.00", "✓ benefit          17790.00", "✓ benefit          42210.00",
		"APPROVAL_REQUIRED", "APPROVAL_REFUSED", "APPROVAL_ACT_APPROVED", "✓ benefit          2646.00",
	} {
		if !strings.Contains(out.String(), shown) {
			t.Errorf("the demonstration does not show %q", shown)
		}
	}
	if strings.Contains(out.String(), "360827194103120018") {
		t.Error("a whole identity number is shown")
	}
}

// TestDemonstrationKeepsServing reads its invitation and accepts it; the
// operations page it ends with shows what the story did.
func TestDemonstrationKeepsServing(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- demonstrated(ctx, write); write.Close() }()
	base := invited(t, read)
	for _, path := range []string{"/healthz", "/readyz", "/openapi.json", "/metrics", "/"} {
		response, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", path, response.StatusCode)
		}
	}
	page := (&stage{base: base}).page(t, "/ops?lang=en")
	if answered := regexp.MustCompile(`in five minutes</dt><dd>(\d\d+) `).FindStringSubmatch(page); answered == nil {
		t.Error("the operations page does not show the story's score of requests")
	}
	for _, shown := range []string{"<code>360827</code> rural medical assistance fund", "✓ asked"} {
		if !strings.Contains(page, shown) {
			t.Errorf("the operations page does not show %q", shown)
		}
	}
	stop()
	go io.Copy(io.Discard, read)
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("stopping: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not stop")
	}
}

// invited reads up to the invitation and gives the address in it.
func invited(t *testing.T, from io.Reader) string {
	t.Helper()
	var seen strings.Builder
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		seen.Write(buffer[:n])
		if _, after, found := strings.Cut(seen.String(), "REST     "); found && strings.Contains(after, "my-first-discharge-1") && strings.Contains(after, "/ops\n") {
			return strings.Fields(after)[0]
		}
		if err != nil {
			t.Fatalf("no invitation: %v", err)
		}
	}
}

// TestADifferenceFailsTheDemonstration: an answer worked out otherwise is seen.
func TestADifferenceFailsTheDemonstration(t *testing.T) {
	var out bytes.Buffer
	p := &player{out: &out}
	got := map[string]any{"state": "STATE_SETTLED", "payer_shares": []any{map[string]any{"basic": "1.00"}}, "adjudication": map[string]any{"benefit": "2.01"}}
	p.compare(map[string]string{"state": "STATE_SETTLED", "basic": "1.00", "benefit": "2.00", "patient_pays": "0.00"}, got)
	if p.wrong != 2 || !strings.Contains(out.String(), "benefit is 2.01, worked by hand 2.00") {
		t.Errorf("%d differences:\n%s", p.wrong, out.String())
	}
}

func TestDemonstrationSaysThatAPortIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	err = demonstrated(context.Background(), io.Discard, "--once", "--listen-rest", taken.Addr().String())
	if err == nil || !strings.Contains(err.Error(), "listening for REST") {
		t.Errorf("got %v", err)
	}
}

func TestDemonstrationRefusesAWrongSetting(t *testing.T) {
	err := demonstrated(context.Background(), io.Discard, "--once", "--instance", "eleven")
	var exit exitError
	if !errors.As(err, &exit) || exit.code != exitUnread {
		t.Errorf("got %v", err)
	}
}
