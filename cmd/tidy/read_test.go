package tidy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// moduleRoot is the nearest folder at or above the working directory that
// holds a go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod at or above the working directory")
		}
		dir = parent
	}
}

// readTree reads the files that belong to the repository at root.
func readTree(root string) (*tree, error) {
	names, err := listed(root)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range names {
		place := filepath.Join(root, name)
		info, err := os.Lstat(place)
		if errors.Is(err, fs.ErrNotExist) { // deleted, not yet committed
			continue
		}
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			continue
		}
		if files[filepath.ToSlash(name)], err = os.ReadFile(place); err != nil {
			return nil, err
		}
	}
	return newTree(files)
}

// listed names the files of the repository: what git tracks, new files once
// they are staged. An archive without git holds nothing else, build results
// apart.
func listed(root string) ([]string, error) {
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		return walked(root)
	}
	// The owner of a clone need not be the user who tests it.
	out, err := exec.Command("git", "-C", root, "-c", "safe.directory=*", "ls-files", "-z").Output()
	if err != nil {
		return nil, fmt.Errorf("listing what git tracks: %w", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), nil
}

// buildResults are the folders that .gitignore keeps out of the repository.
var buildResults = []string{"bin", "proto/third_party"}

func walked(root string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(root, func(place string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, place)
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(buildResults, filepath.ToSlash(name)) {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// put writes files below a new folder.
func put(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		place := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(place, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func paths(t *testing.T, root string) []string {
	t.Helper()
	tr, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range tr.files {
		names = append(names, f.path)
	}
	return names
}

func TestReadTreeOfAnArchive(t *testing.T) {
	root := put(t, map[string]string{
		"go.mod": "module m\n", "api/a.go": "package api\n", "bin/onestop": "", "proto/third_party/a.proto": "", ".ci/run": "",
	})
	if diff := cmp.Diff([]string{".ci/run", "api/a.go", "go.mod"}, paths(t, root)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestReadTreeOfAClone(t *testing.T) {
	root := put(t, map[string]string{"go.mod": "module m\n", "api/a.go": "package api\n", "api/gone.go": "package api\n", "scratch.txt": ""})
	for _, command := range [][]string{
		{"init", "--quiet"}, {"add", "go.mod", "api"},
	} {
		git := exec.Command("git", append([]string{"-C", root}, command...)...)
		git.Env = append(os.Environ(), "GIT_INDEX_FILE="+filepath.Join(root, ".git", "index"))
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", command, err, out)
		}
	}
	t.Setenv("GIT_INDEX_FILE", filepath.Join(root, ".git", "index"))
	if err := os.Remove(filepath.Join(root, "api", "gone.go")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"api/a.go", "go.mod"}, paths(t, root)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestModuleRootNeedsAModule(t *testing.T) {
	t.Chdir(t.TempDir())
	if root, err := moduleRoot(); err == nil {
		t.Errorf("found a module at %s", root)
	}
}
