// Package sheet writes tables as files that people open in a spreadsheet, CSV
// and workbooks, and as documents for print, PDF.
package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Table is one table. Every row has as many cells as the header: text, a whole
// number, or an Amount.
type Table struct {
	Name   string // of the sheet in a workbook, at most 31 characters
	Header []string
	Rows   [][]any
}

// Amount is yuan as text with two decimals. A workbook shows it as a number.
type Amount string

// mark is the byte order mark by which spreadsheets recognise UTF-8.
const mark = "\ufeff"

// CSV is a table as comma-separated text. A text that a spreadsheet would run
// as a formula is written so that it is shown.
func CSV(table Table) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(mark)
	w := csv.NewWriter(&b)
	w.UseCRLF = true // RFC 4180
	if err := w.Write(table.Header); err != nil {
		return nil, err
	}
	cells := make([]string, len(table.Header))
	for _, row := range table.Rows {
		for i, cell := range row {
			cells[i] = plain(cell)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// plain is a cell as text.
func plain(cell any) string {
	text, isText := cell.(string)
	if isText && strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") {
		return "'" + text
	}
	return fmt.Sprint(cell)
}

// XLSX is tables as a workbook, a sheet each.
func XLSX(tables ...Table) ([]byte, error) {
	file := excelize.NewFile()
	defer file.Close()
	money, err := file.NewStyle(&excelize.Style{NumFmt: 4}) // #,##0.00
	if err != nil {
		return nil, fmt.Errorf("making workbook: %w", err)
	}
	for i, table := range tables {
		if i == 0 {
			err = file.SetSheetName(file.GetSheetName(0), table.Name)
		} else {
			_, err = file.NewSheet(table.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("making sheet %s: %w", table.Name, err)
		}
		if err := fill(file, table, money); err != nil {
			return nil, fmt.Errorf("writing sheet %s: %w", table.Name, err)
		}
	}
	b, err := file.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("writing workbook: %w", err)
	}
	return b.Bytes(), nil
}

// fill writes a table row by row, in memory that does not grow with it.
func fill(file *excelize.File, table Table, money int) error {
	w, err := file.NewStreamWriter(table.Name)
	if err != nil {
		return err
	}
	header := make([]any, len(table.Header))
	for i, text := range table.Header {
		header[i] = text
	}
	if err := w.SetRow("A1", header); err != nil {
		return err
	}
	for i, row := range table.Rows {
		cells := make([]any, len(row))
		for j, cell := range row {
			cells[j] = typed(cell, money)
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// typed is a cell of a workbook.
func typed(cell any, money int) any {
	amount, isAmount := cell.(Amount)
	if !isAmount {
		return cell
	}
	var shown float64 // for show only: a spreadsheet has no other number
	if _, err := fmt.Sscan(string(amount), &shown); err != nil {
		return string(amount)
	}
	return excelize.Cell{StyleID: money, Value: shown}
}
