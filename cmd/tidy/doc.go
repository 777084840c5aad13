// Package tidy is the house as a test: `go test ./cmd/tidy` reads every file
// git tracks, the way a strict reviewer would, and reports each break of the
// house rules by file and line with what to do about it. New files count once
// they are staged.
//
// Each rule stands in one _test.go file: its tables, its code, and below them
// the counter-examples that prove it can fail. A rule looks at text and syntax
// only, so that it needs no build and takes no time. One whose limit stands in
// the way is changed in its table, in a commit of its own that says why; there
// is no list of exemptions.
//
// This package holds nothing to import and is no part of any program.
package tidy
