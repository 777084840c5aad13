package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// mutant is a planted mistake.
type mutant struct {
	Name, Why, Layer, File, Old, New string
}

// layer is a set of tests that can find mistakes.
type layer struct {
	folder, run, skip string
}

// layers are the nets, from the finest to the widest. Each mutant names the one
// that must catch it, so that a hole in one is not covered up by another.
var layers = map[string]layer{
	"saga":       {folder: "settlement", run: "."},
	"store":      {folder: "adapters/store/memory", run: "."},
	"table":      {folder: "settlement/lifecycle", run: ".", skip: "^Test(EverySchedule|Simulation|OneDeadPayer|SameSeedSameTrace|EndOfYear|FormerFailures|R[01][0-9].*|Mutants.*)$"},
	"reported":   {folder: "settlement/lifecycle", run: "^TestR[01][0-9]"},
	"exhaustive": {folder: "settlement/lifecycle", run: "^TestEverySchedule$"},
	"random":     {folder: "settlement/lifecycle", run: "^TestSimulation$"},
	"year":       {folder: "settlement/lifecycle", run: "^TestEndOfYear$"},
}

const (
	// mutantSeeds are simulated to find a mutant of the random layer.
	mutantSeeds = "400"
	// mutantTimeout is how long a mutant may be looked for; one that makes the
	// tests hang is found, too.
	mutantTimeout = 5 * time.Minute
)

// root is the folder of the module, seen from this one.
const root = "../.."

func mutants(t *testing.T) []mutant {
	t.Helper()
	text, err := os.ReadFile("testdata/mutants.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []mutant
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// plant gives the mutant's file with the mistake in it.
func (m mutant) plant() (string, error) {
	text, err := os.ReadFile(filepath.Join(root, m.File))
	if err != nil {
		return "", err
	}
	lines, old := strings.Split(string(text), "\n"), strings.Split(strings.TrimSpace(m.Old), "\n")
	at := -1
	for i := range len(lines) - len(old) + 1 {
		if !stands(lines[i:], old) {
			continue
		}
		if at >= 0 {
			return "", fmt.Errorf("its old lines stand in %s more than once", m.File)
		}
		at = i
	}
	if at < 0 {
		return "", fmt.Errorf("its old lines no longer stand in %s", m.File)
	}
	planted := append(lines[:at:at], strings.TrimSpace(m.New))
	return strings.Join(append(planted, lines[at+len(old):]...), "\n"), nil
}

// stands reports whether lines begin with old, indentation apart.
func stands(lines, old []string) bool {
	for i, line := range old {
		if strings.TrimSpace(lines[i]) != strings.TrimSpace(line) {
			return false
		}
	}
	return true
}

// TestMutantsFit: each planted mistake still fits the code it is planted in.
func TestMutantsFit(t *testing.T) {
	names := map[string]bool{}
	for _, m := range mutants(t) {
		if _, known := layers[m.Layer]; !known || names[m.Name] || m.Why == "" {
			t.Errorf("%s: layer %q, known %t, named twice %t", m.Name, m.Layer, known, names[m.Name])
		}
		names[m.Name] = true
		if _, err := m.plant(); err != nil || strings.TrimSpace(m.Old) == strings.TrimSpace(m.New) {
			t.Errorf("%s is no mistake in %s: %v", m.Name, m.File, err)
		}
	}
}

// TestMutants plants each mistake in turn and demands that its layer finds it.
func TestMutants(t *testing.T) {
	if os.Getenv("ONESTOP_MUTANTS") == "" {
		t.Skip("takes minutes: make mutants runs it")
	}
	all, killed := mutants(t), 0
	for _, m := range all {
		ok := t.Run(m.Name, func(t *testing.T) {
			begun := time.Now()
			how, err := m.hunt(t)
			if err != nil {
				t.Fatalf("%s: %v", m.File, err)
			}
			t.Logf("%s in %s: %s", m.Layer, time.Since(begun).Round(100*time.Millisecond), how)
		})
		if ok {
			killed++
		}
	}
	t.Logf("killed %d of %d", killed, len(all))
}

// hunt builds the tests of the mutant's layer over the mistake, without copying
// the tree, and runs them. It gives the first line of what they found.
func (m mutant) hunt(t *testing.T) (how string, err error) {
	planted, err := m.plant()
	if err != nil {
		return "", err
	}
	l, dir := layers[m.Layer], t.TempDir()
	file, overlay, binary := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "tests")
	original, err := filepath.Abs(filepath.Join(root, m.File))
	if err != nil {
		return "", err
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: file}})
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.WriteFile(file, []byte(planted), 0o600), os.WriteFile(overlay, replace, 0o600)); err != nil {
		return "", err
	}
	build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", binary, "./"+l.folder)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("it does not compile: %s", out)
	}
	return l.find(binary)
}

// find runs the layer's tests; that they pass is the error.
func (l layer) find(binary string) (how string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), mutantTimeout)
	defer cancel()
	run := exec.CommandContext(ctx, binary, "-test.failfast", "-test.run", l.run, "-test.skip", l.skip)
	if l.skip == "" {
		run.Args = run.Args[:len(run.Args)-2]
	}
	run.Dir = filepath.Join(root, l.folder)
	run.Env = append(os.Environ(), "ONESTOP_MUTANTS=", "ONESTOP_SEED=", "ONESTOP_SEEDS="+mutantSeeds)
	out, err := run.CombinedOutput()
	if err == nil {
		return "", errors.New("it survived")
	}
	if ctx.Err() != nil {
		return "the tests hang", nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range lines {
		if strings.Contains(line, "_test.go:") || strings.HasPrefix(line, "panic:") {
			return strings.TrimSpace(line), nil
		}
	}
	return lines[0], nil
}
