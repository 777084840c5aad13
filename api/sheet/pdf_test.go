package sheet

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// told is what a reader of PDF finds in a document, a row to a line.
func told(t *testing.T, document []byte) string {
	t.Helper()
	read := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", "-", "-")
	read.Stdin = bytes.NewReader(document)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// squeezed is a text without the room a layout leaves.
func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }

func printed(t *testing.T, doc Document) []byte {
	t.Helper()
	data, err := PDF(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPDF(t *testing.T) {
	doc := Document{
		Title: "医疗救助清算单", Notes: []string{"大写：壹亿零伍仟元整"}, Tables: []Table{table, {Name: "明细", Header: []string{"科目"}, Rows: [][]any{{"fund/rural"}}}},
		Signed: []string{"编制 li", "批准 wang"}, Made: time.Unix(1_343_800_000, 0),
	}
	data := printed(t, doc)
	got := squeezed(told(t, data))
	for _, want := range []string{
		"医疗救助清算单 大写：壹亿零伍仟元整 汇总 名称 人次 金额 农村 3 1234.50 =1+1 -2 -0.01", "明细 科目 fund/rural 编制 li 批准 wang", "第 1 页，共 1 页 page 1 of 1",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if !bytes.Equal(data, printed(t, doc)) {
		t.Error("the same document is not the same bytes")
	}
	fonts := exec.Command("pdffonts", "-")
	fonts.Stdin = bytes.NewReader(data)
	list, err := fonts.Output()
	lines := strings.Split(strings.TrimSpace(string(list)), "\n")
	if err != nil || len(lines) != 3 || !strings.Contains(lines[2], "Identity-H       yes") {
		t.Errorf("%v, want one font, embedded:\n%s", err, list)
	}
}

// A long text is divided anywhere and loses nothing: above all no figure of an
// amount in capitals.
func TestNothingIsLostBetweenLines(t *testing.T) {
	capitals := strings.Repeat("玖仟捌佰柒拾陆万伍仟肆佰叁拾贰元壹角零", 12)
	got := told(t, printed(t, Document{Title: "t", Notes: []string{capitals}, Tables: []Table{{Name: "n", Header: []string{"h"}, Rows: [][]any{{capitals}}}}}))
	if whole := strings.Join(strings.Fields(got), ""); strings.Count(whole, capitals) != 2 {
		t.Errorf("not twice in %s", got)
	}
}

// What the font does not have is shown by its number, whatever it is.
func TestCharactersWithoutAGlyph(t *testing.T) {
	got := squeezed(told(t, printed(t, Document{Title: "t", Tables: []Table{{Name: "n", Header: []string{"h"}, Rows: [][]any{{"龦县\n医院\U00010000\U0001F600"}}}}})))
	if !strings.Contains(got, "[U+9FA6]县 医院[U+10000][U+1F600]") {
		t.Error(got)
	}
}

// Every page has the header, every row is there once and in order.
func TestTablesOfManyPages(t *testing.T) {
	const rows = 500
	long := Table{Name: "明细", Header: []string{"科目 account", "金额 amount", "说明"}}
	for i := range rows {
		long.Rows = append(long.Rows, []any{fmt.Sprintf("row-%d-", i), Amount(fmt.Sprintf("%d.07", i)), strings.Repeat("长", i%130)})
	}
	pages := strings.Split(strings.TrimSuffix(told(t, printed(t, Document{Title: "t", Tables: []Table{long}})), "\f"), "\f")
	if len(pages) < 15 {
		t.Fatalf("%d pages", len(pages))
	}
	last := -1
	for i, page := range pages {
		if strings.Count(page, "科目 account") != 1 || !strings.Contains(squeezed(page), fmt.Sprintf("第 %d 页，共 %d 页", i+1, len(pages))) {
			t.Errorf("page %d: %s", i+1, page)
		}
		for _, field := range strings.Fields(page) {
			var number int
			if n, err := fmt.Sscanf(field, "row-%d-", &number); n == 1 && err == nil {
				if number != last+1 {
					t.Fatalf("row %d after %d", number, last)
				}
				last = number
			}
		}
		for number := max(0, last-2); number <= last; number++ {
			if i == len(pages)-1 && !strings.Contains(page, fmt.Sprintf("%d.07", number)) {
				t.Errorf("no amount of row %d", number)
			}
		}
	}
	if last != rows-1 {
		t.Errorf("%d rows", last+1)
	}
}

// Many may print at once.
func TestPDFsAtOnce(t *testing.T) {
	doc := Document{Title: "清算", Tables: []Table{table}, Made: time.Unix(1_343_800_000, 0)}
	want := printed(t, doc)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got, err := PDF(doc); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v, or other bytes", err)
			}
		})
	}
	all.Wait()
}
