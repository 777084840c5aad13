package tidy

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reach says which rooms of this module a room may import besides itself.
// Imports run one way: settlement <- lifecycle <- adapters, api <- cmd. Each
// folder of adapters is a room of its own, so that a store never meets a
// payer. Only cmd, which ties the rooms together, reaches all of them.
var reach = map[string][]string{
	"settlement":           nil,
	"settlement/lifecycle": {"settlement"},
	// Beside the lifecycle, not above it: the two share the stores only.
	"settlement/treasury":       {"settlement"},
	"settlement/eligibility":    {"settlement"},
	"settlement/clearance":      {"settlement"},
	"settlement/clearinghouse":  {"settlement"},
	"settlement/chain":          {"settlement"},
	"settlement/gazette":        {"settlement"},
	"settlement/assent":         {"settlement"},
	"settlement/stay":           {"settlement", "settlement/lifecycle"}, // whose directory and gate it shares
	"settlement/reconciliation": {"settlement", "settlement/lifecycle"}, // what differs is put right by the saga's own verbs
	"adapters":                  {"settlement", "settlement/lifecycle", "settlement/treasury", "settlement/eligibility", "settlement/clearance", "settlement/clearinghouse", "settlement/reconciliation", "settlement/chain", "settlement/gazette", "settlement/assent", "settlement/stay"},
	// Payers alone sign and verify what they exchange.
	"adapters/payer": {"settlement", "settlement/lifecycle", "settlement/treasury", "settlement/eligibility", "settlement/clearance", "settlement/clearinghouse", "settlement/reconciliation", "settlement/gazette", "settlement/assent", "settlement/stay", "adapters/signature"},
	"api":            {"settlement", "settlement/lifecycle", "settlement/treasury", "settlement/eligibility", "settlement/clearance", "settlement/clearinghouse", "settlement/chain", "settlement/reconciliation", "settlement/gazette", "settlement/assent", "settlement/stay", "proto"},
	"proto":          nil,
	"loadtest":       {"settlement", "proto"}, // a black box: the wire and its words
	"deploy":         nil,
}

// testReach adds to reach for tests: worked cases are read from their files,
// and the world in which lifecycle is tried is made of the stores and the
// payers' simulators themselves.
var testReach = map[string][]string{
	"settlement":                {"adapters/document"},
	"settlement/lifecycle":      {"adapters/store", "adapters/payer", "settlement/clearance"},
	"settlement/treasury":       {"adapters/store", "settlement/lifecycle"},
	"settlement/eligibility":    {"adapters/store", "settlement/lifecycle"},
	"settlement/clearance":      {"adapters/store", "settlement/lifecycle"},
	"settlement/clearinghouse":  {"adapters/store", "settlement/lifecycle"},
	"settlement/reconciliation": {"adapters/store"},
	"settlement/gazette":        {"adapters/store", "adapters/document"},
	"settlement/assent":         {"adapters/store", "settlement/eligibility", "settlement/treasury", "settlement/lifecycle"},
	"settlement/stay":           {"adapters/store"},
}

// fence is what a room may not import from outside this module.
type fence struct {
	room    string
	refuses func(target string) bool
	why     string
}

// fences bind shipped code; a test imports what its proof needs.
var fences = []fence{
	{"settlement", impure, "settlement is pure: shopspring/decimal and the packages listed in purePackages, nothing else"},
	{"settlement/lifecycle", foreign, "lifecycle knows settlement and the standard library only; put the rest behind a port"},
	{"settlement/treasury", foreign, "treasury knows settlement and the standard library only; put the rest behind a port"},
	{"settlement/treasury", within("net", "os", "database/sql"), "treasury knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/lifecycle", within("net", "os", "database/sql"), "lifecycle knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/eligibility", foreign, "eligibility knows settlement and the standard library only; put the rest behind a port"},
	{"settlement/eligibility", within("net", "os", "database/sql"), "eligibility knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/clearance", foreign, "clearance knows settlement and the standard library only; put the rest behind a port"},
	{"settlement/clearinghouse", foreign, "clearinghouse knows settlement and the standard library only; put the rest behind a port"},
	{"settlement/clearinghouse", within("net", "os", "database/sql"), "clearinghouse knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/gazette", foreign, "gazette knows settlement and the standard library only; put the rest behind a port"},
	{"settlement/gazette", within("net", "os", "database/sql"), "gazette knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/assent", foreign, "assent knows settlement and the standard library only; put the rest behind a port"},
	{"settlement/assent", within("net", "os", "database/sql"), "assent knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/stay", foreign, "stay knows settlement, its lifecycle and the standard library only; put the rest behind a port"},
	{"settlement/stay", within("net", "os", "database/sql"), "stay knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/chain", foreign, "chain knows settlement and the standard library only; put the rest behind a port"},
	{"settlement/chain", within("net", "os", "database/sql"), "chain knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/reconciliation", foreign, "reconciliation knows settlement, its lifecycle and the standard library only; put the rest behind a port"},
	{"settlement/clearance", within("net", "os", "database/sql"), "clearance knows neither HTTP nor SQL nor files; put it behind a port"},
	{"settlement/reconciliation", within("net", "os", "database/sql"), "reconciliation knows neither HTTP nor SQL nor files; put it behind a port"},
	{"adapters", within("google.golang.org/grpc", "google.golang.org/protobuf"), "gRPC and protobuf belong to api; an adapter speaks its own wire"},
	{"api", within("database/sql", "github.com/jackc", "modernc.org"), "api knows no database; the store translates its errors"},
}

// purePackages are the packages of the standard library that only compute.
var purePackages = []string{
	"bytes", "cmp", "crypto/sha256", "encoding/hex", "errors", "fmt", "iter", "maps", "math", "math/big",
	"math/bits", "slices", "sort", "strconv", "strings", "time", "unicode", "unicode/utf8",
}

// imports keeps every import on the one way and inside the fences.
func imports(t *tree) []finding {
	var found []finding
	for _, f := range t.written() {
		for _, spec := range f.syntax.Imports {
			if text := forbidden(t.module, f, spec); text != "" {
				found = append(found, t.at(f, spec.Pos(), text))
			}
		}
	}
	return found
}

// forbidden says why f may not import what spec names, or "".
func forbidden(module string, f *file, spec *ast.ImportSpec) string {
	target, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return err.Error()
	}
	from := roomOf(f.dir())
	if dir, ours := strings.CutPrefix(target, module+"/"); ours {
		if !f.test && path.Base(f.dir()) == "sim" && path.Dir(dir) == path.Dir(f.dir()) && dir != f.dir() {
			return "a simulator shares no code with an adapter: a mistake made on both sides would go unseen"
		}
		if f.test && slices.Contains(testReach[from], roomOf(dir)) {
			return ""
		}
		return wrongWay(from, roomOf(dir))
	}
	for _, fence := range fences {
		if !f.test && (fence.room == from || fence.room == wing(from)) && fence.refuses(target) {
			return fmt.Sprintf("%s may not import %s: %s", from, target, fence.why)
		}
	}
	return ""
}

// wrongWay says why room from may not import room to, or "".
func wrongWay(from, to string) string {
	allowed, bound := reach[from]
	if !bound {
		allowed, bound = reach[wing(from)]
	}
	if !bound || from == to || slices.Contains(allowed, to) {
		return ""
	}
	return fmt.Sprintf("%s may not import %s; imports run settlement <- lifecycle <- adapters, api <- cmd", from, to)
}

// impureRooms are the folders of settlement that order calls and own ports;
// everything else in it is the heart.
var impureRooms = []string{"lifecycle", "treasury", "eligibility", "clearance", "clearinghouse", "reconciliation", "chain", "gazette", "assent", "stay"}

// roomOf is the room a folder of this module belongs to.
func roomOf(dir string) string {
	parts := strings.Split(dir, "/")
	if len(parts) > 1 && (parts[0] == "adapters" || parts[0] == "settlement" && slices.Contains(impureRooms, parts[1])) {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// wing is "adapters" for each room of adapters, and no room's name otherwise.
func wing(room string) string {
	if strings.HasPrefix(room, "adapters/") {
		return "adapters"
	}
	return ""
}

// foreign reports whether target lies outside the standard library.
func foreign(target string) bool {
	host, _, _ := strings.Cut(target, "/")
	return strings.Contains(host, ".")
}

// impure reports whether target may do more than compute.
func impure(target string) bool {
	return target != "github.com/shopspring/decimal" && !slices.Contains(purePackages, target)
}

// within reports whether a target is one of the packages or lies below it.
func within(packages ...string) func(string) bool {
	return func(target string) bool {
		return slices.ContainsFunc(packages, func(p string) bool {
			return target == p || strings.HasPrefix(target, p+"/")
		})
	}
}

// importing is a file of package p that imports the targets, from line 3 on.
func importing(targets ...string) string {
	text := "package p\n\n"
	for _, target := range targets {
		text += "import _ \"" + target + "\"\n"
	}
	return text
}

var importsExamples = []example{
	{
		name: "one way",
		files: map[string]string{
			"settlement/a.go":            importing("strings", "github.com/shopspring/decimal"),
			"settlement/worked/a.go":     importing("example.org/house/settlement"),
			"settlement/lifecycle/a.go":  importing("context", "sync", "example.org/house/settlement"),
			"adapters/store/sqlite/a.go": importing("database/sql", "example.org/house/settlement/lifecycle"),
			"api/a.go":                   importing("google.golang.org/grpc", "example.org/house/proto/onestop/v1"),
			"loadtest/a.go":              importing("example.org/house/proto/onestop/v1", "example.org/house/settlement"),
			"cmd/onestop/a.go":           importing("example.org/house/api", "example.org/house/adapters/store/sqlite"),
			"adapters/payer/fake/a.go":   importing("example.org/house/adapters/payer/nhsa"),
		},
	},
	{
		name: "settlement knows nobody and only computes",
		files: map[string]string{
			"settlement/a.go": importing("context", "os", "net/http", "log/slog", "math/rand", "io", "sync"),
			"settlement/b.go": importing("example.org/house/settlement/lifecycle", "example.org/house/proto/onestop/v1", "github.com/google/uuid"),
			// The examples of the heart are as pure as the heart.
			"settlement/worked/a.go": importing("embed"),
		},
		breaks: []string{
			"settlement/a.go:3", "settlement/a.go:4", "settlement/a.go:5", "settlement/a.go:6", "settlement/a.go:7", "settlement/a.go:8", "settlement/a.go:9",
			"settlement/b.go:3", "settlement/b.go:4", "settlement/b.go:5", "settlement/worked/a.go:3",
		},
	},
	{
		name: "lifecycle knows settlement and the standard library",
		files: map[string]string{
			"settlement/lifecycle/a.go": importing("github.com/google/uuid", "database/sql", "net/http", "os"),
			"settlement/lifecycle/b.go": importing("example.org/house/adapters/store/sqlite", "example.org/house/api"),
		},
		breaks: []string{
			"settlement/lifecycle/a.go:3", "settlement/lifecycle/a.go:4", "settlement/lifecycle/a.go:5", "settlement/lifecycle/a.go:6",
			"settlement/lifecycle/b.go:3", "settlement/lifecycle/b.go:4",
		},
	},
	{
		name: "store and payer, api and adapters never meet",
		files: map[string]string{
			"adapters/store/a.go": importing("example.org/house/adapters/payer/nhsa", "google.golang.org/protobuf/proto"),
			"adapters/payer/a.go": importing("example.org/house/adapters/store", "example.org/house/api", "example.org/house/proto/onestop/v1"),
			"api/a.go":            importing("example.org/house/adapters/store", "github.com/jackc/pgx/v5", "modernc.org/sqlite"),
		},
		breaks: []string{
			"adapters/payer/a.go:3", "adapters/payer/a.go:4", "adapters/payer/a.go:5",
			"adapters/store/a.go:3", "adapters/store/a.go:4", "api/a.go:3", "api/a.go:4", "api/a.go:5",
		},
	},
	{
		name: "the load test sees the wire only",
		files: map[string]string{
			"loadtest/a.go": importing("example.org/house/settlement/lifecycle", "example.org/house/api", "example.org/house/adapters/store"),
		},
		breaks: []string{"loadtest/a.go:3", "loadtest/a.go:4", "loadtest/a.go:5"},
	},
	{
		name: "a simulator and its adapter meet in a test only",
		files: map[string]string{
			"adapters/payer/sim/a.go":      importing("example.org/house/adapters/payer/nhsa", "example.org/house/settlement"),
			"adapters/payer/sim/a_test.go": importing("example.org/house/adapters/payer/nhsa"),
		},
		breaks: []string{"adapters/payer/sim/a.go:3"},
	},
	{
		name: "a test may use any library, but goes the same way; lifecycle is tried among the adapters",
		files: map[string]string{
			"settlement/a_test.go":           importing("os", "example.org/house/adapters/document", "example.org/house/adapters/store"),
			"settlement/lifecycle/a_test.go": importing("example.org/house/adapters/store/memory", "example.org/house/api"),
		},
		breaks: []string{"settlement/a_test.go:5", "settlement/lifecycle/a_test.go:4"},
	},
}

func TestRoomOf(t *testing.T) {
	for dir, want := range map[string]string{
		"settlement":                 "settlement",
		"settlement/worked":          "settlement",
		"settlement/lifecycle":       "settlement/lifecycle",
		"settlement/lifecycle/deep":  "settlement/lifecycle",
		"settlement/lifecycles":      "settlement",
		"adapters/store/sqlite":      "adapters/store",
		"adapters/payer":             "adapters/payer",
		"cmd/onestop":                "cmd",
		"proto/onestop/v1/onestopv1": "proto",
	} {
		if got := roomOf(dir); got != want {
			t.Errorf("roomOf(%q) = %q, want %q", dir, got, want)
		}
	}
}
