package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"os"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/adapters/sheet"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// digestOf names a file by its content.
func digestOf(file string) (string, error) {
	opened, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer opened.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, opened); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// checkPersons refuses a file that is none of persons, as its first rows tell.
func checkPersons(file string) error {
	source, err := openPersons(file)
	if err != nil {
		return err
	}
	for _, err := range source.entries {
		return err
	}
	return nil
}

// openPersons opens a file of persons, a sheet or a document by its name.
func openPersons(file string) (persons, error) {
	if !sheet.Is(file) {
		return persons{entries: documentEntries(file)}, nil
	}
	for row, err := range sheet.Read(file) {
		if err != nil {
			return persons{}, err
		}
		columns, err := registry.Heading(row.Cells)
		return persons{heading: row.Cells, entries: sheetEntries(file, columns)}, err
	}
	return persons{}, errors.New("the sheet is empty")
}

// sheetEntries gives the rows below the heading.
func sheetEntries(file string, columns []registry.Column) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		first := true
		for row, err := range sheet.Read(file) {
			if err != nil {
				yield(entry{}, err)
				return
			}
			if first {
				first = false
				continue
			}
			draft, err := registry.DecodeRow(columns, row.Cells, row.Line)
			if !yield(entry{row.Line, draft, err, row.Cells}, nil) {
				return
			}
		}
	}
}

// documentEntries gives the persons of a YAML or JSON document, read one by
// one however long it is.
func documentEntries(file string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		opened, err := os.Open(file)
		if err != nil {
			yield(entry{}, err)
			return
		}
		defer opened.Close()
		for piece, err := range document.Pieces(opened, "persons") {
			if err != nil {
				yield(entry{}, err)
				return
			}
			if piece.Index == document.Whole {
				if piece.Key != "persons" {
					yield(entry{}, errors.New("a key of the top level is not persons, the one that is known"))
					return
				}
				continue
			}
			node, err := piece.Node()
			e := entry{line: piece.Line, err: err}
			if err == nil {
				e.draft, e.err = registry.DecodeDraft(piece.Path(), node)
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}
