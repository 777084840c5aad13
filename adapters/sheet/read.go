package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Row is one row that is not empty, with the line it begins on, from 1.
type Row struct {
	Line  int
	Cells []string
}

// Is reports whether a file is a sheet by its name.
func Is(path string) bool {
	kind := strings.ToLower(filepath.Ext(path))
	return kind == ".csv" || kind == ".xlsx"
}

// ErrText says that a file is no text in UTF-8.
var ErrText = errors.New("not text in UTF-8: save the file as CSV in UTF-8, or as XLSX")

// ErrSheets says that a workbook has not just one sheet to read.
var ErrSheets = errors.New("the workbook must have one sheet")

// Read gives the rows of a file, whose name says which form it has. A byte
// order mark is passed over. An error ends the rows.
func Read(path string) iter.Seq2[Row, error] {
	if strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return func(yield func(Row, error) bool) { readWorkbook(path, yield) }
	}
	return func(yield func(Row, error) bool) { readText(path, yield) }
}

func readText(path string, yield func(Row, error) bool) {
	file, err := os.Open(path)
	if err != nil {
		yield(Row{}, err)
		return
	}
	defer file.Close()
	source := bufio.NewReaderSize(file, 1<<16)
	if mark, err := source.Peek(3); err == nil && string(mark) == "\ufeff" {
		if _, err := source.Discard(3); err != nil {
			yield(Row{}, err)
			return
		}
	}
	if head, _ := source.Peek(source.Size()); !textual(head) {
		yield(Row{}, ErrText)
		return
	}
	reader := csv.NewReader(source)
	reader.FieldsPerRecord = -1
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			yield(Row{}, fmt.Errorf("reading rows: %w", err))
			return
		}
		line, _ := reader.FieldPos(0)
		if filled(cells) && !yield(Row{line, cells}, nil) {
			return
		}
	}
}

func readWorkbook(path string, yield func(Row, error) bool) {
	book, err := excelize.OpenFile(path)
	if err != nil {
		yield(Row{}, fmt.Errorf("opening workbook: %w", err))
		return
	}
	defer book.Close()
	if len(book.GetSheetList()) != 1 {
		yield(Row{}, ErrSheets)
		return
	}
	rows, err := book.Rows(book.GetSheetList()[0])
	if err != nil {
		yield(Row{}, fmt.Errorf("opening sheet: %w", err))
		return
	}
	defer rows.Close()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			yield(Row{}, fmt.Errorf("reading row %d: %w", line, err))
			return
		}
		if filled(cells) && !yield(Row{line, cells}, nil) {
			return
		}
	}
	if err := rows.Error(); err != nil {
		yield(Row{}, fmt.Errorf("reading rows: %w", err))
	}
}

// textual reports whether the beginning of a file reads as text, but for a
// character that its end may cut in two.
func textual(head []byte) bool {
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		switch {
		case r == utf8.RuneError && size == 1:
			return !utf8.FullRune(head)
		case r == 0:
			return false
		}
		head = head[size:]
	}
	return true
}

func filled(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return true
		}
	}
	return false
}
