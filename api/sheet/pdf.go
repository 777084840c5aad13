package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Document is tables under a title, for print.
type Document struct {
	Title  string
	Notes  []string // under the title, a line each
	Tables []Table  // one below the other
	Signed []string // who answers for it, with room to sign, below the tables
	// Made is when; the same document made at the same time is the same bytes.
	Made time.Time
}

// A page is A4 across; all in millimetres, letters in points.
const (
	pageWidth  = 297
	pageHeight = 210
	margin     = 12
	inside     = 1 // between the rules of a cell and its text
	lineHeight = 4.5
	bottom     = pageHeight - margin - lineHeight // the foot is below
	letters    = 8.5
	heading    = 14
	breadth    = pageWidth - 2*margin
	pages      = "{n}" // stands for how many there are, until it is known
)

// PDF is a document in a font that is embedded, so that it looks and prints the
// same everywhere. Every row is on one page, under the header of its table. A
// character the font has not is shown by its number, as [U+9FA6]: an amount or a
// name is never short of one.
func PDF(doc Document) ([]byte, error) {
	font, err := loadFont()
	if err != nil {
		return nil, err
	}
	p := press{Fpdf: fpdf.New("L", "mm", "A4", ""), font: font}
	p.SetCreationDate(doc.Made)
	p.SetModificationDate(doc.Made)
	p.SetCatalogSort(true)
	p.SetTitle(doc.Title, true)
	p.SetLang("zh-CN")
	p.SetMargins(margin, margin, margin)
	p.SetCellMargin(0)
	p.SetAutoPageBreak(false, 0)
	p.AliasNbPages(pages)
	p.AddUTF8FontFromBytes(family, "", font.outlines)
	p.SetFont(family, "", letters)
	p.SetFooterFunc(func() { p.foot(doc.Title) })
	p.AddPage()
	p.head(&doc)
	for i := range doc.Tables {
		p.table(&doc.Tables[i])
	}
	p.sign(doc.Signed)
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, fmt.Errorf("writing PDF: %w", err)
	}
	return b.Bytes(), nil
}

// press writes one document, from above to below.
type press struct {
	*fpdf.Fpdf
	font *font
}

func (p *press) head(doc *Document) {
	p.SetFontSize(heading)
	p.CellFormat(breadth, 2*lineHeight, p.font.shown(doc.Title), "", 1, "C", false, 0, "")
	p.SetFontSize(letters)
	for _, note := range doc.Notes {
		for _, line := range p.wrap(p.font.shown(note), breadth) {
			p.CellFormat(breadth, lineHeight+0.5, line, "", 1, "L", false, 0, "")
		}
	}
}

// foot numbers a page.
func (p *press) foot(title string) {
	p.SetXY(margin, pageHeight-margin)
	text := fmt.Sprintf("%s  第 %d 页，共 %s 页  page %d of %s", title, p.PageNo(), pages, p.PageNo(), pages)
	p.CellFormat(breadth, lineHeight, p.font.shown(text), "", 0, "C", false, 0, "")
}

// sign leaves room for signatures, all on one page.
func (p *press) sign(by []string) {
	if len(by) == 0 {
		return
	}
	p.need(4 * lineHeight)
	p.Ln(2 * lineHeight)
	for _, who := range by {
		p.CellFormat(breadth/float64(len(by)), lineHeight, p.font.shown(who), "", 0, "L", false, 0, "")
	}
}

// need begins another page where a height is not left on this one, and says
// whether it did.
func (p *press) need(height float64) bool {
	if p.GetY()+height <= bottom {
		return false
	}
	p.AddPage()
	return true
}

// table writes the rows of a table, its header again on every page.
func (p *press) table(table *Table) {
	texts := make([][]string, len(table.Rows))
	for i, row := range table.Rows {
		for _, cell := range row {
			texts[i] = append(texts[i], p.font.shown(fmt.Sprint(cell)))
		}
	}
	header := make([]string, len(table.Header))
	for i, text := range table.Header {
		header[i] = p.font.shown(text)
	}
	widths := p.widths(append(slices.Clone(texts), header))
	titled := p.layOut(header, widths)
	p.need(5 * lineHeight)
	p.Ln(lineHeight)
	p.CellFormat(breadth, 1.5*lineHeight, p.font.shown(table.Name), "", 1, "L", false, 0, "")
	p.row(titled, widths, nil)
	for i, row := range texts {
		laid := p.layOut(row, widths)
		if p.need(laid.height) {
			p.row(titled, widths, nil)
		}
		p.row(laid, widths, table.Rows[i])
	}
}

// widths are those of the columns: what the widest cell needs, but where all
// are wider than the page, the widest columns share what the others leave.
func (p *press) widths(rows [][]string) []float64 {
	wanted := make([]float64, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			wanted[i] = max(wanted[i], p.GetStringWidth(text)+2*inside+0.1)
		}
	}
	sorted := slices.Sorted(slices.Values(wanted))
	left := float64(breadth)
	for i, width := range sorted {
		if share := left / float64(len(sorted)-i); width > share {
			for j := range wanted {
				wanted[j] = min(wanted[j], share)
			}
			return wanted
		}
		left -= width
	}
	for i := range wanted {
		wanted[i] += left / float64(len(wanted))
	}
	return wanted
}

// laid is a row with its texts in lines.
type laid struct {
	cells  [][]string
	height float64
}

func (p *press) layOut(texts []string, widths []float64) laid {
	var row laid
	most := 1
	for i, text := range texts {
		lines := p.wrap(text, widths[i]-2*inside)
		row.cells = append(row.cells, lines)
		most = max(most, len(lines))
	}
	row.height = float64(most)*lineHeight + inside
	return row
}

// wrap divides a text into lines that fit; it may be divided anywhere and loses
// no character. The library's SplitText loses those at which it divides Chinese.
func (p *press) wrap(text string, width float64) (lines []string) {
	begin, used := 0, 0.0
	for at, char := range text {
		w := p.GetStringWidth(string(char))
		if used+w > width && at > begin {
			lines = append(lines, text[begin:at])
			begin, used = at, 0
		}
		used += w
	}
	return append(lines, text[begin:])
}

// row writes a row; amounts and numbers stand to the right, a header, which has
// no values, in the middle.
func (p *press) row(row laid, widths []float64, values []any) {
	x, y := float64(margin), p.GetY()
	for i, lines := range row.cells {
		align, style := "C", "FD"
		if values != nil {
			style = "D"
			if _, text := values[i].(string); text {
				align = "L"
			} else {
				align = "R"
			}
		}
		p.SetFillColor(235, 235, 235)
		p.Rect(x, y, widths[i], row.height, style)
		for j, line := range lines {
			p.SetXY(x+inside, y+inside/2.0+float64(j)*lineHeight)
			p.CellFormat(widths[i]-2*inside, lineHeight, line, "", 0, align, false, 0, "")
		}
		x += widths[i]
	}
	p.SetXY(margin, y+row.height)
}
