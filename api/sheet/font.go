package sheet

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
)

// family is how the font is called inside a document.
const family = "list"

//go:embed font/list.ttf.gz
var packedFont []byte

//go:embed font/glyphs.txt
var glyphs string

// font is what documents are written in.
type font struct {
	outlines []byte
	has      map[rune]bool
}

// loadFont unpacks the font when the first document is asked for.
var loadFont = sync.OnceValues(func() (*font, error) {
	packed, err := gzip.NewReader(bytes.NewReader(packedFont))
	if err != nil {
		return nil, fmt.Errorf("opening font: %w", err)
	}
	outlines, err := io.ReadAll(packed)
	if err != nil {
		return nil, fmt.Errorf("reading font: %w", err)
	}
	f := &font{outlines: outlines, has: map[rune]bool{}}
	for _, char := range glyphs {
		f.has[char] = char != '\n'
	}
	return f, nil
})

// shown is a text in characters the font has.
func (f *font) shown(text string) string {
	var b strings.Builder
	for _, char := range text {
		switch {
		case f.has[char]:
			b.WriteRune(char)
		case unicode.IsSpace(char):
			b.WriteByte(' ')
		default:
			fmt.Fprintf(&b, "[U+%04X]", char)
		}
	}
	return b.String()
}
