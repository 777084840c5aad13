package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/settlement"
)

// jsonPieces takes a JSON object apart by its tokens.
type jsonPieces struct {
	list    string
	yield   func(Piece, error) bool
	seen    sections
	source  meter
	decoder *json.Decoder
}

// run gives one section after the other. No more of the file is held than the
// value in hand and what the decoder has read ahead.
func (j *jsonPieces) run(from io.Reader) error {
	j.source = meter{from: from, line: 1}
	j.decoder = json.NewDecoder(&j.source)
	if err := j.open('{', "the top level must be a map"); err != nil {
		return err
	}
	for j.more() {
		if err := j.section(); err != nil {
			return err
		}
	}
	if _, err := j.token(); err != nil {
		return err
	}
	j.source.left = readAhead
	switch _, err := j.decoder.Token(); err {
	case io.EOF:
		return nil
	case nil:
		return refuse(j.here(), "must be a single document")
	default:
		return j.problem(err)
	}
}

// section gives the value under the next key, or the items of the list one by
// one.
func (j *jsonPieces) section() error {
	token, err := j.token()
	if err != nil {
		return err
	}
	key, _ := token.(string)
	if strings.ContainsRune(key, utf8.RuneError) {
		return refuse(j.here(), "is not UTF-8 text")
	}
	if err := j.seen.add(key, j.here()); err != nil {
		return err
	}
	if key != j.list {
		return j.give(key, Whole, SectionMost)
	}
	if !j.yield(Piece{Key: key, Index: Whole, Line: j.here(), read: nothing}, nil) {
		return errStopped
	}
	if err := j.open('[', j.list+" must be a list"); err != nil {
		return err
	}
	for index := 0; j.more(); index++ {
		if err := j.give(key, index, ItemMost); err != nil {
			return err
		}
	}
	_, err = j.token()
	return err
}

// give takes the next value, unread, within a limit.
func (j *jsonPieces) give(key string, index, most int) error {
	var raw json.RawMessage
	j.source.left = most + readAhead
	if err := j.decoder.Decode(&raw); err != nil {
		return j.problem(err)
	}
	line := j.source.lineAt(j.decoder.InputOffset() - int64(len(raw)))
	if len(raw) > most {
		return refuse(line, fmt.Sprintf("begins a part longer than %d bytes", most))
	}
	piece := Piece{Key: key, Index: index, Line: line, text: raw, read: readRaw}
	if !j.yield(piece, nil) {
		return errStopped
	}
	return nil
}

func readRaw(p Piece) (settlement.Node, error) { return readJSON(p.text, p.Line) }

// open reads the token that begins a map or list, and nothing else.
func (j *jsonPieces) open(delim json.Delim, says string) error {
	token, err := j.token()
	if err != nil {
		return err
	}
	if token != delim {
		return refuse(j.here(), says)
	}
	return nil
}

// more reports whether the map or list in hand goes on. An error counts as
// its end; reading the closing token then says what is wrong.
func (j *jsonPieces) more() bool {
	j.source.left = readAhead
	return j.decoder.More()
}

// token reads a single token, within its own allowance of bytes.
func (j *jsonPieces) token() (json.Token, error) {
	j.source.left = readAhead
	token, err := j.decoder.Token()
	if err != nil {
		return nil, j.problem(err)
	}
	return token, nil
}

// problem turns the decoder's errors into what a person can act on; those of
// the reader below it are passed on as they are.
func (j *jsonPieces) problem(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return refuse(j.here(), "ends too early")
	case errors.Is(err, errTooLong):
		return refuse(j.here(), "begins a part too long to read")
	}
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return fmt.Errorf("reading JSON: %w", err)
	}
	return notJSON(j.here(), err)
}

func (j *jsonPieces) here() int { return j.source.lineAt(j.decoder.InputOffset()) }

// readAhead is how far the decoder may read beyond the value it was asked for.
const readAhead = 1 << 20

var errTooLong = errors.New("too long")

// meter is a reader that counts lines and stops when one value takes more
// bytes than it may.
type meter struct {
	from   io.Reader
	left   int     // bytes that may still be read for the value in hand
	offset int64   // bytes read
	breaks []int64 // offsets of line breaks read and not yet passed
	line   int     // of the place last asked for
}

// Read reads on while bytes are left for the value in hand.
func (m *meter) Read(into []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooLong
	}
	n, err := m.from.Read(into[:min(len(into), m.left)])
	m.left -= n
	for at := 0; ; {
		next := bytes.IndexByte(into[at:n], '\n')
		if next < 0 {
			break
		}
		at += next + 1
		m.breaks = append(m.breaks, m.offset+int64(at))
	}
	m.offset += int64(n)
	return n, err
}

// lineAt is the line of an offset not before the last one asked for.
func (m *meter) lineAt(offset int64) int {
	passed := 0
	for passed < len(m.breaks) && m.breaks[passed] <= offset {
		passed++
	}
	m.line += passed
	m.breaks = append(m.breaks[:0], m.breaks[passed:]...)
	return m.line
}
