package document

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/onestop-gateway/onestop/settlement"
)

// Piece is one section of a long document, the value under a key of its top
// level, or one item of the section that is read item by item.
type Piece struct {
	Key   string
	Index int // of the item; Whole for a section
	Line  int // where it begins in the file
	text  []byte
	read  func(Piece) (settlement.Node, error)
}

// Whole is the Index of a piece that is a section and no item.
const Whole = -1

// Node reads the piece; only then is its text parsed, so that many pieces can
// be parsed at once and those of no interest never are. A problem names the
// piece as its path.
func (p Piece) Node() (settlement.Node, error) {
	node, err := p.read(p)
	var problem *settlement.Problem
	if errors.As(err, &problem) && problem.Path == "" {
		placed := *problem
		placed.Path = p.Path()
		return settlement.Node{}, &placed
	}
	return node, err
}

// Path is where the piece stands in the document, as in "cases[3]".
func (p Piece) Path() string {
	if p.Index == Whole {
		return p.Key
	}
	return fmt.Sprintf("%s[%d]", p.Key, p.Index)
}

// Pieces reads a document whose top level is a map, one piece at a time and in
// memory bounded by SectionMost, however long the list under the key named
// list is. That section comes first as a Whole piece that reads as null, then
// item by item; all others come as Whole pieces. The document may be YAML in
// block style at any indentation, or JSON. An error ends it.
func Pieces(from io.Reader, list string) iter.Seq2[Piece, error] {
	return func(yield func(Piece, error) bool) {
		source := bufio.NewReaderSize(from, 1<<16)
		json, err := beginsAsJSON(source)
		switch {
		case err != nil:
		case json:
			err = (&jsonPieces{list: list, yield: yield}).run(source)
		default:
			err = (&blockPieces{list: list, yield: yield, top: -1}).run(source)
		}
		if err != nil && err != errStopped {
			yield(Piece{}, err)
		}
	}
}

// errStopped ends reading when the consumer wants no more pieces.
var errStopped = io.ErrClosedPipe

// beginsAsJSON looks at the first bytes without taking more than a byte-order
// mark.
func beginsAsJSON(source *bufio.Reader) (bool, error) {
	head, err := source.Peek(512)
	if err != nil && err != io.EOF {
		return false, err
	}
	if bytes.HasPrefix(head, byteOrderMark) {
		head = head[len(byteOrderMark):]
		if _, err := source.Discard(len(byteOrderMark)); err != nil {
			return false, err
		}
	}
	return looksLikeJSON(head), nil
}

// sections remembers the keys of the top level, which must differ.
type sections []string

func (s *sections) add(key string, line int) error {
	for _, earlier := range *s {
		if earlier == key {
			return refuse(line, "the section "+key+" stands twice")
		}
	}
	if len(*s) == keysMost {
		return refuse(line, "has too many sections")
	}
	*s = append(*s, key)
	return nil
}

// nothing reads the Whole piece of a section that comes item by item.
func nothing(p Piece) (settlement.Node, error) {
	return settlement.Node{Line: p.Line}, nil
}
