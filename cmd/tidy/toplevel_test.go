package tidy

import (
	"fmt"
	"slices"
	"strings"
)

// rooms are the folders at the root; topFiles the files beside them. Dotfiles
// are free.
var (
	rooms    = []string{"api", "cmd", "settlement", "adapters", "proto", "loadtest", "deploy"}
	topFiles = []string{"go.mod", "go.sum", "README.md", "Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"}
)

// topLevel keeps the root of the repository to its rooms.
func topLevel(t *tree) []finding {
	var found []finding
	seen := map[string]bool{}
	for _, f := range t.files {
		top, _, folder := strings.Cut(f.path, "/")
		known := topFiles
		if folder {
			known = rooms
		}
		if seen[top] || strings.HasPrefix(top, ".") || slices.Contains(known, top) {
			continue
		}
		seen[top] = true
		found = append(found, finding{path: f.path, line: 1, text: fmt.Sprintf(
			"%q does not belong at the top level; move it into one of %s", top, strings.Join(rooms, ", "))})
	}
	return found
}

var topLevelExamples = []example{
	{
		name: "rooms, known files and dotfiles",
		files: map[string]string{
			"api/doc.go": "package api\n", "README.md": "", "LICENSE": "", ".ci/run": "", ".editorconfig": "",
		},
	},
	{
		name:   "a stranger is named once",
		files:  map[string]string{"scripts/a.sh": "", "scripts/b.sh": "", "notes.md": ""},
		breaks: []string{"notes.md:1", "scripts/a.sh:1"},
	},
	{
		name:   "a file does not take the name of a room, nor a folder that of a file",
		files:  map[string]string{"api": "", "Makefile/x": ""},
		breaks: []string{"Makefile/x:1", "api:1"},
	},
}
