package document

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/settlement"
)

// blockPieces cuts block-style YAML at the lines that begin a section or an
// item, by indentation alone. A scalar or flow collection that runs over such
// a line is cut in two, and the parser then refuses both halves: a wrong cut
// can never be read as something else.
type blockPieces struct {
	list  string
	yield func(Piece, error) bool
	seen  sections

	line  int  // of the line in hand
	top   int  // indentation of the top level, -1 before it is known
	ended bool // by the marker ...

	key   string // section in hand, "" before the first
	item  int    // item in hand of the list section; Whole in any other
	dash  int    // indentation of the items, -1 before the first
	begin int    // line where text begins
	text  []byte
}

// run takes the document line by line.
func (b *blockPieces) run(source *bufio.Reader) error {
	for {
		line, err := b.next(source)
		if err == io.EOF && len(line) == 0 {
			return b.flush()
		}
		if err != nil && err != io.EOF {
			return err
		}
		if err := b.take(line); err != nil {
			return err
		}
	}
}

// next reads one line, however long within the limit of a section.
func (b *blockPieces) next(source *bufio.Reader) ([]byte, error) {
	b.line++
	var long []byte
	for {
		part, err := source.ReadSlice('\n')
		if err != bufio.ErrBufferFull && long == nil {
			return part, err
		}
		if len(long)+len(part) > SectionMost {
			return nil, refuse(b.line, "is a line too long to read")
		}
		long = append(long, part...)
		if err != bufio.ErrBufferFull {
			return long, err
		}
	}
}

// take puts a line where it belongs.
func (b *blockPieces) take(line []byte) error {
	bare := bytes.TrimRight(bytes.TrimLeft(line, " "), "\r\n")
	indent := len(line) - len(bytes.TrimLeft(line, " "))
	switch {
	case !utf8.Valid(line):
		return refuse(b.line, "is not UTF-8 text")
	case len(bare) == 0 || bare[0] == '#':
		return b.keep(line)
	case b.ended:
		return refuse(b.line, "must be a single document")
	case indent == 0 && marker(bare, "---"):
		if b.top >= 0 || len(bare) > 3 {
			return refuse(b.line, "must be a single document, begun on a line of its own")
		}
		return nil
	case indent == 0 && marker(bare, "...") && b.top >= 0:
		if len(bare) > 3 {
			return refuse(b.line, "must end on a line of its own")
		}
		b.ended = true
		return nil
	case indent == 0 && bare[0] == '%':
		return refuse(b.line, "directives are not read")
	case bare[0] == '\t':
		return refuse(b.line, tabSays)
	}
	if b.top < 0 {
		b.top = indent
	}
	item := bare[0] == '-' && (len(bare) == 1 || bare[1] == ' ')
	switch {
	case indent == b.top && !item && !strings.ContainsRune("]}", rune(bare[0])):
		return b.section(line, bare)
	case item && b.inList() && (b.dash < 0 || indent == b.dash):
		return b.startItem(line, indent)
	}
	return b.keep(line)
}

// marker reports whether a line is a document marker, perhaps with more on it.
func marker(bare []byte, sign string) bool {
	rest, ok := bytes.CutPrefix(bare, []byte(sign))
	return ok && (len(rest) == 0 || rest[0] == ' ')
}

// inList reports whether the section in hand comes item by item.
func (b *blockPieces) inList() bool { return b.key == b.list && b.item != Whole }

// keep adds a line to what is in hand.
func (b *blockPieces) keep(line []byte) error {
	most := SectionMost
	if b.inList() && b.dash >= 0 {
		most = ItemMost
	}
	if len(b.text) == 0 {
		b.begin = b.line
	}
	if len(b.text)+len(line) > most {
		return refuse(b.begin, fmt.Sprintf("begins a part longer than %d bytes", most))
	}
	b.text = append(b.text, line...)
	return nil
}

// section begins a section at a line of the top level.
func (b *blockPieces) section(line, bare []byte) error {
	if err := b.flush(); err != nil {
		return err
	}
	key, value, ok := cutKey(string(bare))
	if !ok {
		return refuse(b.line, "is neither a key nor part of what stands under one")
	}
	if err := b.seen.add(key, b.line); err != nil {
		return err
	}
	b.key, b.item, b.dash = key, Whole, -1
	if key == b.list && value == "" {
		b.item = 0
	}
	return b.keep(line)
}

// cutKey cuts a line into its key, without quotes, and what stands after it
// that is no comment.
func cutKey(line string) (key, value string, ok bool) {
	if quote := line[0]; quote == '"' || quote == '\'' {
		key, value, ok = strings.Cut(line[1:], string(quote))
		value, found := strings.CutPrefix(strings.TrimLeft(value, " "), ":")
		return key, uncomment(value), ok && found
	}
	key, value, ok = strings.Cut(line+" ", ": ")
	return strings.TrimRight(key, " "), uncomment(value), ok && key != ""
}

// uncomment is what stands after a key, without a comment.
func uncomment(value string) string {
	value = strings.TrimSpace(value)
	if strings.HasPrefix(value, "#") {
		return ""
	}
	return value
}

// startItem begins an item at its dash; its first one settles how far the
// dashes are indented.
func (b *blockPieces) startItem(line []byte, indent int) error {
	if err := b.flush(); err != nil {
		return err
	}
	if b.dash >= 0 {
		b.item++
	}
	b.dash = indent
	return b.keep(line)
}

// flush gives what is in hand, if anything is.
func (b *blockPieces) flush() error {
	if len(b.text) == 0 {
		return nil
	}
	piece := Piece{Key: b.key, Index: b.item, Line: b.begin, text: b.text, read: readSection}
	b.text = nil
	switch {
	case b.key == "":
		return b.checkHead(piece)
	case b.inList() && b.dash >= 0:
		piece.read = readItem
		b.text = make([]byte, 0, len(piece.text)+len(piece.text)/4)
		return b.give(piece)
	case b.key == b.list:
		return b.giveList(piece)
	default:
		return b.give(piece)
	}
}

// checkHead wants nothing but comments before the first section.
func (b *blockPieces) checkHead(piece Piece) error {
	node, err := readYAML(piece.text, piece.Line)
	if err == nil && node.Kind != settlement.NodeNull {
		err = refuse(piece.Line, "must begin with a key at the top level")
	}
	return err
}

// give hands a piece out, or stops reading if the consumer has enough.
func (b *blockPieces) give(piece Piece) error {
	if !b.yield(piece, nil) {
		return errStopped
	}
	return nil
}

// giveList gives the list section itself, before its items if they follow on
// lines of their own. A list in flow style after its key has to be read whole,
// and so within the limit of a section; its items then follow at once.
func (b *blockPieces) giveList(piece Piece) error {
	node, err := readSection(piece)
	if err != nil {
		return err
	}
	if node.Kind != settlement.NodeList && node.Kind != settlement.NodeNull {
		return refuse(piece.Line, b.list+" must be a list")
	}
	if err := b.give(Piece{Key: b.key, Index: Whole, Line: piece.Line, read: nothing}); err != nil {
		return err
	}
	for i, item := range node.Items {
		read := func(Piece) (settlement.Node, error) { return item, nil }
		if err := b.give(Piece{Key: b.key, Index: i, Line: item.Line, read: read}); err != nil {
			return err
		}
	}
	return nil
}

// readSection reads the text of a section: its key and the value, which it
// gives.
func readSection(p Piece) (settlement.Node, error) {
	node, err := readYAML(p.text, p.Line)
	if err != nil {
		return settlement.Node{}, err
	}
	value, ok := node.Get(p.Key)
	if !ok || len(node.Fields) != 1 {
		return settlement.Node{}, refuse(p.Line, "does not read as the one section "+p.Key)
	}
	return value, nil
}

// readItem reads the text of an item: a list of one.
func readItem(p Piece) (settlement.Node, error) {
	node, err := readYAML(p.text, p.Line)
	if err != nil {
		return settlement.Node{}, err
	}
	if len(node.Items) != 1 {
		return settlement.Node{}, refuse(p.Line, "does not read as one item")
	}
	return node.Items[0], nil
}
