package statement

import (
	"archive/zip"
	"errors"
	"io"

	"github.com/onestop-gateway/onestop/settlement"
)

// Limits bound what one list may cost to read.
type Limits struct {
	Bytes int64 // of the text, unpacked
	Ratio int64 // of unpacked to packed bytes
}

// Usual are limits with room for several million rows. A list of one row over
// and over, the most that is still a list, packs to about a hundredth.
var Usual = Limits{Bytes: 2 << 30, Ratio: 200}

const (
	ratioFree   = 1 << 20 // bytes unpacked, below which any ratio is harmless
	entriesMost = 100     // in a workbook
	lineMost    = 64 << 10
)

// refused is why a list cannot be read at all.
func refused(line int, says string, figures ...any) error {
	problem := settlement.Wrong(says, figures...)
	problem.Line = line
	return problem
}

// sayTruncated is said of a zip that ends too early or is none.
const sayTruncated = "not a whole zip: it was cut short, or is something else"

// unpack opens the one text of a zip.
func (l Limits) unpack(from io.ReaderAt, size int64) (io.ReadCloser, error) {
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return nil, refused(0, sayTruncated)
	}
	if len(archive.File) != 1 || archive.File[0].FileInfo().IsDir() {
		return nil, refused(0, "a zip with %d entries: must be one text", len(archive.File))
	}
	if err := l.sound(archive.File); err != nil {
		return nil, err
	}
	text, err := archive.File[0].Open()
	if err != nil {
		return nil, refused(0, sayTruncated)
	}
	return text, nil
}

// sound refuses entries that unpack to more than is allowed, as they say; what
// they do not say is counted while reading.
func (l Limits) sound(entries []*zip.File) error {
	total, packed := uint64(0), uint64(0)
	for _, entry := range entries {
		if entry.Flags&1 != 0 {
			return refused(0, "a zip under a password")
		}
		if total += entry.UncompressedSize64; entry.UncompressedSize64 > uint64(l.Bytes) || total > uint64(l.Bytes) {
			return refused(0, "unpacks to more than %d bytes", l.Bytes)
		}
		packed += entry.CompressedSize64
	}
	if total > ratioFree && total/max(packed, 1) > uint64(l.Ratio) {
		return refused(0, "unpacks to more than %d times its size", l.Ratio)
	}
	return nil
}

// counted gives no more bytes than are allowed.
type counted struct {
	from io.Reader
	left int64
	most int64
}

// Read implements io.Reader.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	if c.left -= int64(n); c.left < 0 {
		return 0, refused(0, "unpacks to more than %d bytes", c.most)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, refused(0, "cannot be unpacked: cut short or damaged")
	}
	return n, err
}
