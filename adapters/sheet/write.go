package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"
)

// fileMode lets only the owner read what is written: sheets hold personal
// data.
const fileMode = 0o600

// Writer writes one sheet. Shut must be called for anything to be there.
type Writer struct {
	file *os.File
	text *csv.Writer // of a CSV
	book *excelize.File
	flow *excelize.StreamWriter // of a workbook
	line int
}

// Write makes a file, in the form that its name says, for its owner only. A
// CSV begins with a byte order mark, by which a spreadsheet knows its
// characters.
func Write(path string) (*Writer, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: file}
	if !strings.EqualFold(filepath.Ext(path), ".xlsx") {
		_, err := file.WriteString("\ufeff")
		w.text = csv.NewWriter(file)
		return w, err
	}
	w.book = excelize.NewFile()
	w.flow, err = w.book.NewStreamWriter(w.book.GetSheetList()[0])
	if err != nil {
		return nil, errors.Join(fmt.Errorf("beginning sheet: %w", err), file.Close())
	}
	return w, nil
}

// Row appends a row; every cell is text.
func (w *Writer) Row(cells []string) error {
	if w.text != nil {
		return w.text.Write(cells)
	}
	w.line++
	at, err := excelize.CoordinatesToCellName(1, w.line)
	if err != nil {
		return err
	}
	row := make([]any, len(cells))
	for i, cell := range cells {
		row[i] = cell
	}
	return w.flow.SetRow(at, row)
}

// Shut completes the file.
func (w *Writer) Shut() error {
	if w.text != nil {
		w.text.Flush()
		return errors.Join(w.text.Error(), w.file.Sync(), w.file.Close())
	}
	err := w.flow.Flush()
	if err == nil {
		_, err = w.book.WriteTo(w.file)
	}
	return errors.Join(err, w.book.Close(), w.file.Sync(), w.file.Close())
}
