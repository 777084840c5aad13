package siege

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// lax is a server that says yes to whatever comes, over both versions of HTTP.
func lax(t *testing.T) Target {
	yes := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.ProtoMajor == 2 {
			w.Header().Set("Trailer", "Grpc-Status")
			w.WriteHeader(http.StatusOK)
			w.Header().Set("Grpc-Status", "0")
		}
	})
	server := httptest.NewUnstartedServer(yes)
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	address := server.Listener.Addr().String()
	return Target{REST: address, GRPC: address, Settle: func() (string, []byte) { return "key-1", []byte("{}") }}
}

// A server that says yes to everything holds against none of the bodies and
// calls, so that a gateway that does is one that looks.
func TestALaxServerDoesNotHold(t *testing.T) {
	target := lax(t)
	cases := append(documents(), calls()...)
	for _, r := range Lay(t.Context(), target, cases, 8) {
		library := strings.Contains(r.Name, "header of one connection") || strings.Contains(r.Name, "path that is none")
		if held := r.Err == nil; held != library { // the library of any server refuses these two
			t.Errorf("%s: %v", r.Name, r.Err)
		}
	}
}

func TestCasesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Cases() {
		if seen[c.Name] || !strings.HasPrefix(c.Name, "rest: ") && !strings.HasPrefix(c.Name, "grpc: ") {
			t.Errorf("%q", c.Name)
		}
		seen[c.Name] = true
	}
	if len(seen) < 60 {
		t.Errorf("%d cases", len(seen))
	}
}

// What is held is what was asked for, and ends when it is told to.
func TestHold(t *testing.T) {
	held, err := Hold(t.Context(), lax(t), 230)
	if err != nil {
		t.Fatal(err)
	}
	if kept := held.End(); kept != 230 {
		t.Errorf("%d are kept", kept)
	}
}

func TestHoldNeedsAServer(t *testing.T) {
	target := lax(t)
	target.GRPC = "127.0.0.1:1" // nobody is there
	if _, err := Hold(t.Context(), target, 4); err == nil {
		t.Error("connections to nobody are held")
	}
}
