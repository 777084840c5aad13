package yardstick

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThisMachine(t *testing.T) {
	m := ThisMachine(t.TempDir())
	if m.Cores < 1 || !strings.HasPrefix(m.Go, "go1.") {
		t.Errorf("%+v", m)
	}
	if _, err := os.Stat("/proc/mounts"); err == nil && (m.MemoryMiB < 64 || m.Kernel == "unknown" || m.Filesystem == "unknown") {
		t.Errorf("%+v", m)
	}
	for _, part := range []string{" cores, ", " MiB, Linux ", m.Go} {
		if !strings.Contains(m.String(), part) {
			t.Errorf("%q is not in %q", part, m)
		}
	}
	if none := orNone(""); none != "no PostgreSQL" {
		t.Error(none)
	}
}

func TestField(t *testing.T) {
	file := filepath.Join(t.TempDir(), "info")
	if err := os.WriteFile(file, []byte("processor\t: 0\nmodel name\t: A: B\nmodel name\t: C\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"model name": "A: B", "none": "unknown"} {
		if got := field(file, key); got != want {
			t.Errorf("%s is %q", key, got)
		}
	}
	if got := field(file+".none", "model name"); got != "unknown" {
		t.Errorf("no file has %q", got)
	}
}
