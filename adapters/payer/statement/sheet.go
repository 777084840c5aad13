package statement

import (
	"archive/zip"
	"errors"
	"io"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
)

// workbook are the rows of the first sheet of one.
type workbook struct {
	file   *excelize.File
	rows   *excelize.Rows
	number int
	width  int // of the heading
}

// sheet opens a workbook. What of it is large is unpacked to temporary files.
func sheet(from io.ReaderAt, size int64, limits Limits) (rows, error) {
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return nil, refused(0, sayTruncated)
	}
	if len(archive.File) > entriesMost {
		return nil, refused(0, "a workbook of %d parts: must be at most %d", len(archive.File), entriesMost)
	}
	if err := limits.sound(archive.File); err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(io.NewSectionReader(from, 0, size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: limits.Bytes, UnzipXMLSizeLimit: min(limits.Bytes, excelize.StreamChunkSize),
	})
	if err != nil {
		return nil, refused(0, "not a workbook that can be read")
	}
	opened, err := file.Rows(file.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(refused(0, "a workbook whose first sheet cannot be read"), file.Close())
	}
	return &workbook{file: file, rows: opened}, nil
}

// next leaves out rows without content. Empty cells at the end of a row are
// not kept in a workbook, and are given back.
func (w *workbook) next() ([]string, int, error) {
	for w.rows.Next() {
		w.number++
		cells, err := w.rows.Columns()
		if err != nil {
			return nil, w.number, refused(w.number, "a row that cannot be read")
		}
		if strings.Join(cells, "") == "" {
			continue
		}
		if w.width == 0 {
			w.width = len(cells)
		}
		for len(cells) < w.width {
			cells = append(cells, "")
		}
		for i := range cells {
			cells[i] = shown(cells[i])
		}
		return cells, w.number, nil
	}
	if err := w.rows.Error(); err != nil {
		return nil, w.number, refused(w.number, "cannot be read to its end")
	}
	return nil, w.number, io.EOF
}

// Close implements rows.
func (w *workbook) Close() error { return errors.Join(w.rows.Close(), w.file.Close()) }

// digits are those that a spreadsheet shows of a number; it keeps more, and
// 33.37 as 33.369999999999997.
const digits = 15

// shown is a number as a spreadsheet shows it, and any other text as it is.
func shown(text string) string {
	if len(text) <= digits || strings.Trim(text, "-.0123456789Ee+") != "" || !strings.Contains(text, ".") {
		return text
	}
	value, err := decimal.NewFromString(text)
	if err != nil {
		return text
	}
	return value.Round(int32(digits-value.NumDigits()) - value.Exponent()).String()
}
