package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/worked"
)

// sections are the parts of a policy file or of a file of worked cases, all
// but the cases, which may be many and are only counted.
type sections struct {
	fields []settlement.Field
	cases  int
	listed bool // the file has a list of cases
}

// readSections reads what stands in a file beside its cases.
func readSections(from io.Reader) (sections, error) {
	var s sections
	for piece, err := range document.Pieces(from, worked.CasesKey) {
		if err != nil {
			return s, err
		}
		if piece.Index != document.Whole {
			s.cases++
			continue
		}
		node, err := piece.Node()
		if err != nil {
			return s, err
		}
		s.listed = s.listed || piece.Key == worked.CasesKey
		s.fields = append(s.fields, settlement.Field{Key: piece.Key, Value: node})
	}
	return s, nil
}

// readPolicies reads the policies of a file in either format: one policy a
// file, as the gateway serves them, or those of worked cases. The error is of
// kind Invalid, or the file system's.
func readPolicies(file string) ([]*settlement.Policy, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := readSections(f)
	if err != nil {
		return nil, err
	}
	top := settlement.Node{Kind: settlement.NodeMap, Fields: s.fields, Line: 1}
	if _, alone := top.Get("versions"); alone {
		policy, err := settlement.DecodePolicy("", top)
		return []*settlement.Policy{policy}, err
	}
	cases, err := worked.DecodeFile(s.fields)
	if err != nil {
		return nil, err
	}
	return cases.Policies, nil
}

// complain says what is wrong with a file, a line for each problem.
func complain(stderr io.Writer, file string, err error) {
	var problems settlement.Problems
	var path *fs.PathError
	switch {
	case errors.As(err, &problems):
		for _, problem := range problems {
			fmt.Fprintf(stderr, "%s: %s\n", file, problem)
		}
	case errors.As(err, &path):
		fmt.Fprintf(stderr, "%s: %s\n", file, path.Err)
	default:
		fmt.Fprintf(stderr, "%s: %s\n", file, err)
	}
}
