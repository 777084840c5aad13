package tidy

import (
	"bytes"
	"regexp"
	"strings"
)

// secretShapes are texts that give somebody power: private keys, tokens of
// services, credentials inside addresses. They are put together so that this
// file holds none.
var secretShapes = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"private-key", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE ` + `KEY-----`)},
	{"signed-token", regexp.MustCompile(`\bey` + `J[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`)},
	{"cloud-key", regexp.MustCompile(`\b(AK` + `IA|AS` + `IA|LT` + `AI)[0-9A-Za-z]{12,20}\b`)},
	{"forge-token", regexp.MustCompile(`\b(gh[pousr]_|github_pat_|glpat-)[A-Za-z0-9_-]{20,}`)},
	{"chat-token", regexp.MustCompile(`\bxox[abprs]-[A-Za-z0-9-]{10,}`)},
	{"address", regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^\s/:@"'<>]+:[^\s/@"'<>]+@`)},
}

// secretsList names one place per line: path, shape, why it is harmless. Keys
// of tests are listed there, keys of anything else belong in no repository.
const secretsList = "cmd/tidy/testdata/secrets.txt"

// secrets refuses what looks like a secret and is not listed, and a list that
// excuses what is not there.
func secrets(t *tree) []finding {
	excused, found := excusedSecrets(t)
	for _, f := range t.files {
		line := 0
		for text := range bytes.Lines(f.text) {
			line++
			for _, shape := range secretShapes {
				place := f.path + " " + shape.name
				if !shape.pattern.Match(text) || f.path == secretsList {
					continue
				}
				if _, listed := excused[place]; listed {
					excused[place] = true
					continue
				}
				found = append(found, finding{path: f.path, line: line, text: "looks like a secret (" + shape.name +
					"); make it when the test runs, or list a test's with its reason in " + secretsList + "; if it was ever real, have it replaced"})
			}
		}
	}
	for place, seen := range excused {
		if !seen {
			found = append(found, finding{path: secretsList, line: 1, text: place + " excuses what is not there; take it out"})
		}
	}
	return found
}

// excusedSecrets are the places of secretsList, none of them seen yet; a line
// without a reason is a finding.
func excusedSecrets(t *tree) (excused map[string]bool, found []finding) {
	excused = map[string]bool{}
	for _, f := range t.files {
		if f.path != secretsList {
			continue
		}
		line := 0
		for text := range strings.Lines(string(f.text)) {
			line++
			words := strings.Fields(text)
			if len(words) < 3 {
				found = append(found, finding{path: f.path, line: line, text: "name the path, the shape and the reason"})
				continue
			}
			excused[words[0]+" "+words[1]] = false
		}
	}
	return excused, found
}

// These are no secrets, but look like some.
const (
	pemKey    = "-----BEGIN EC PRIVATE " + "KEY-----\n"
	dsnSecret = "postgres://gate:open" + "sesame@db/onestop"
)

var secretsExamples = []example{
	{
		name: "public keys, addresses without a password, and what is listed",
		files: map[string]string{
			"api/a.go":      "package api\n\nvar a = \"postgres://gate@db:5432/onestop\"\nvar b = \"http://127.0.0.1:8080/v1/settlements/ID:reverse\"\n",
			"README.md":     "-----BEGIN PUBLIC KEY-----\n",
			"api/a_test.go": "package api\n\n// " + dsnSecret + "\n",
			secretsList:     "api/a_test.go address nobody has this database\n",
		},
	},
	{
		name: "secrets of every shape",
		files: map[string]string{
			"deploy/key.pem": pemKey, "api/a.go": "package api\n\n// " + dsnSecret + "\n",
			"README.md": "ey" + "JhbGciOiJFUzI1NiJ9.ey" + "JzdWIiOiJhYmMifQ.c2lnbmF0dXJl\nAK" + "IAABCDEFGHIJKLMNOP\ngh" + "p_abcdefghijklmnopqrstuvwx\nxox" + "b-1234567890-abc\n",
		},
		breaks: []string{"README.md:1", "README.md:2", "README.md:3", "README.md:4", "api/a.go:3", "deploy/key.pem:1"},
	},
	{
		name:   "a list that excuses nothing, or says no reason",
		files:  map[string]string{secretsList: "api/a.go address long gone\napi/b.go\n"},
		breaks: []string{secretsList + ":1", secretsList + ":2"},
	},
}
