package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// module is one that is linked.
type module struct {
	Path, Version, Dir string
}

// programs are what is shipped; a module that only tests or tools use is not
// linked into them.
var programs = []string{"github.com/onestop-gateway/onestop/cmd/onestop", "github.com/onestop-gateway/onestop/cmd/payersim"}

// linked are the modules of the programs, by path; ours and the standard
// library are not among them.
func linked(ctx context.Context) ([]module, error) {
	list := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-json=Module"}, programs...)...)
	list.Stderr = os.Stderr
	text, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	found := map[string]module{}
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var one struct {
			Module *struct {
				module
				Main bool
			}
		}
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if one.Module != nil && !one.Module.Main {
			found[one.Module.Path] = one.Module.module
		}
	}
	modules := make([]module, 0, len(found))
	for _, m := range found {
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return modules, nil
}

// allowed are the licences that may be linked: each lets the program be used
// and passed on under Apache-2.0 for keeping the notice.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "Unlicense", "blessing"}

// recognized is the least part of a licence file, in percent, that must be the
// text of known licences.
const recognized = 75

// notices are files beside a licence that a person has read, because no scanner
// knows their text, and what they come to.
var notices = map[string][]string{
	"modernc.org/libc LICENSE-3RD-PARTY.md":   {"BSD-2-Clause", "BSD-3-Clause", "MIT"}, // Go, musl and its parts, go-netdb
	"modernc.org/sqlite LICENSE-3RD-PARTY.md": {"BSD-3-Clause", "MIT"},                 // its section 1, what is linked
	"modernc.org/sqlite LICENSE-SQLITE":       {"blessing"},                            // public domain
	"modernc.org/memory LICENSE-LOGO":         nil,                                     // where the picture of its page is from
}

// licences are the licences in a module's folder, by name. A file that is not
// the text of a known one refuses: somebody has to read it.
func (m module) licences() ([]string, error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Path, err)
	}
	var found []string
	for _, entry := range entries {
		name := strings.ToUpper(entry.Name())
		if entry.IsDir() || !strings.HasPrefix(name, "LICENSE") && !strings.HasPrefix(name, "LICENCE") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		if read, known := notices[m.Path+" "+entry.Name()]; known {
			found = append(found, read...)
			continue
		}
		covered := licensecheck.Scan(text)
		if covered.Percent < recognized {
			return nil, fmt.Errorf("%s: %s is the text of no known licence: read it", m.Path, entry.Name())
		}
		for _, match := range covered.Match {
			found = append(found, match.ID)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: has no licence", m.Path)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// listOf is the list as it is committed: a line for each module.
func listOf(modules []module) (string, error) {
	var out strings.Builder
	out.WriteString("module,licence\n")
	var wrong error
	for _, m := range modules {
		licences, err := m.licences()
		wrong = errors.Join(wrong, err)
		for _, licence := range licences {
			if !slices.Contains(allowed, licence) {
				wrong = errors.Join(wrong, fmt.Errorf("%s: %s is not among the licences that may be linked", m.Path, licence))
			}
		}
		fmt.Fprintf(&out, "%s,%s\n", m.Path, strings.Join(licences, " AND "))
	}
	return out.String(), wrong
}
