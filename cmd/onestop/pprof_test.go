package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestProfilesAreForThisMachine(t *testing.T) {
	for _, c := range []struct{ text, refused string }{
		{"listen_pprof: 127.0.0.1:6060\n", ""},
		{"listen_pprof: localhost:6060\n", ""},
		{"", ""},
		{"listen_pprof: 0.0.0.0:6060\n", "profiles are for this machine only"},
		{"dev: true\nlisten_pprof: 10.0.0.1:6060\n", "profiles are for this machine only"},
		{"listen_pprof: 6060\n", "is not host:port"},
	} {
		_, err := configured(t, c.text, nil)
		if (err == nil) != (c.refused == "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

// Profiles have an address of their own and no other page.
func TestProfilerServes(t *testing.T) {
	if p, err := newProfiler(""); p != nil || err != nil {
		t.Errorf("without an address: %v, %v", p, err)
	}
	p, err := newProfiler("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- p.serve() }()
	for path, want := range map[string]int{"/debug/pprof/cmdline": 200, "/debug/pprof/goroutine": 200, "/metrics": 404} {
		response, err := http.Get("http://" + p.listener.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != want || want == 200 && len(text) == 0 {
			t.Errorf("%s: %s, %d bytes, %v", path, response.Status, len(text), err)
		}
	}
	if _, err := newProfiler(p.listener.Addr().String()); err == nil {
		t.Error("two on one address")
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
