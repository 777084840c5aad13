package statement

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// packed is one text in a zip.
func packed(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	entry, err := archive.Create("detail.txt")
	if err == nil {
		_, err = io.WriteString(entry, text)
	}
	if err = errors.Join(err, archive.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const one = "S1\tE1\tP1\t100.00\t60.00\t5.00\t0\n"

// However a zip is cut short, it is refused and no part of it believed whole.
func TestEveryTruncationIsRefused(t *testing.T) {
	var rows strings.Builder
	for n := range 50 {
		fmt.Fprintf(&rows, "S%d\tE%d\tP1\t100.00\t60.00\t5.00\t0\n", n, n*7919)
	}
	whole := packed(t, rows.String())
	if got := told(whole, Upload, Usual); strings.Contains(got, "refused") || strings.Count(got, "row ") != 50 {
		t.Fatal(got)
	}
	for n := range len(whole) {
		if form := Upload; n >= 2 && !strings.Contains(told(whole[:n], form, Usual), "refused") {
			t.Errorf("%d of %d bytes were read", n, len(whole))
		}
	}
}

// A zip that lies about its size is stopped at the limit; one that does not is
// refused before it is unpacked.
func TestBombs(t *testing.T) {
	large := strings.Repeat("0", 5<<20)
	if got := told(packed(t, large[:3<<20]), Upload, small); got != "refused: unpacks to more than 200 times its size\n" {
		t.Error(got)
	}
	if got := told(packed(t, large), Upload, small); got != "refused: unpacks to more than 4194304 bytes\n" {
		t.Error(got)
	}
	stopped := counted{from: strings.NewReader(large), left: 100, most: 100}
	if n, err := io.Copy(io.Discard, &stopped); settlement.KindOf(err) != settlement.KindInvalid || n > 100 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if got := told([]byte(strings.Repeat("9", lineMost+1)), Upload, Usual); !strings.Contains(got, "a line of more than") {
		t.Error(got)
	}
}

// A damaged zip is noticed by its checksum, at the end.
func TestDamagedZip(t *testing.T) {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: "a.txt", Method: zip.Store})
	if err == nil {
		_, err = io.WriteString(entry, one+one)
	}
	if err = errors.Join(err, archive.Close()); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Replace(b.Bytes(), []byte("60.00"), []byte("61.00"), 1)
	if got := told(damaged, Upload, Usual); !strings.Contains(got, "refused: cut short or damaged") && !strings.Contains(got, "cut short or damaged") {
		t.Error(got)
	}
}

func TestOneTextInAZip(t *testing.T) {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, name := range []string{"a.txt", "b.txt"} {
		if _, err := archive.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if got := told(b.Bytes(), Upload, Usual); got != "refused: a zip with 2 entries: must be one text\n" {
		t.Error(got)
	}
	if got := told([]byte(one), "pdf", Usual); !strings.Contains(got, "must be one of") {
		t.Error(got)
	}
}

// What we write is read again as what we hold.
func TestWriteIsRead(t *testing.T) {
	standing := reconcile.Line{
		Row: 1, Encounter: "E1", Reference: "S1", Person: "P1", Amounts: reconcile.Amounts{reconcile.Bill: 100_00, reconcile.Fund: 60_00, reconcile.Account: 1},
	}
	reversed, aborted := standing, standing
	reversed.Row, reversed.Encounter, reversed.Reference, reversed.Status = 2, "E2", "", reconcile.Reversed
	aborted.Status = reconcile.Aborted
	var b bytes.Buffer
	err := Write(&b, func(give func(reconcile.Line) error) error {
		return errors.Join(give(standing), give(reversed), give(aborted))
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), Upload, Usual)
	if err != nil {
		t.Fatal(err)
	}
	var got []reconcile.Line
	err = list.Each(func(l reconcile.Line) error { got = append(got, l); return nil }, func(p *settlement.Problem) error { return p })
	back := reversed
	back.Row, back.Reverses, back.Amounts = 3, true, reconcile.Amounts{}.Minus(reversed.Amounts)
	want := []reconcile.Line{standing, reversed, back}
	for i := range want {
		want[i].Status = reconcile.Standing
	}
	if diff := cmp.Diff(want, got); diff != "" || errors.Join(err, list.Close()) != nil {
		t.Error(diff, err)
	}
	full := errors.New("full")
	if err := Write(&b, func(func(reconcile.Line) error) error { return full }); !errors.Is(err, full) {
		t.Error(err)
	}
}

// Whoever takes the rows may stop.
func TestEachStops(t *testing.T) {
	enough := errors.New("enough")
	for _, text := range []string{one, strings.Replace(one, "60.00", "60", 1), strings.Replace(one, "60.00", "sixty", 1)} {
		list, err := Open(strings.NewReader(text), int64(len(text)), Upload, Usual)
		if err != nil {
			t.Fatal(err)
		}
		err = list.Each(func(reconcile.Line) error { return enough }, func(*settlement.Problem) error { return enough })
		if !errors.Is(err, enough) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A number is read as the spreadsheet shows it.
func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"33.369999999999997": "33.37", "-33.369999999999997": "-33.37", "0.1": "0.1", "12": "12", "360827194103120018": "360827194103120018",
		"1234567890.1199999": "1234567890.12", "0.30000000000000004": "0.3", "E00000000000000000.1": "E00000000000000000.1", "100.12345678901234": "100.123456789012",
	} {
		if got := shown(text); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}

// workbookOf is a workbook of one sheet.
func workbookOf(t testing.TB, rows [][]any) []byte {
	t.Helper()
	file := excelize.NewFile()
	for i, row := range rows {
		if err := file.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := errors.Join(file.Write(&b), file.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbook(t *testing.T) {
	heading := []any{"就诊ID", "结算ID", "结算时间", "医疗费总额", "基金支付总额", "个人账户支出"}
	content := workbookOf(t, [][]any{heading, {"E1", "S1", "2012-07-10 08:30:00", 100.1, 33.37, nil}, {}, {"E2", "S2", "2012-07-11", "7", "1.005"}, {"E3", "S3", "2012-07-11", "-7", "-1"}})
	got := strings.Split(told(content, Workbook, Usual), "\n")
	want := []string{
		"states 11100010001, partial false",
		"row 2: E1|S1||||2012-07-10|||| reverses false [100.10 33.37 0.00 0.00]",
		`bad: line 4: fund_pay_sumamt: must be yuan with at most two decimals: "1.005"`,
		"row 5: E3|S3||||2012-07-11|||| reverses true [-7.00 -1.00 0.00 0.00]",
		"",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := told(content[:len(content)/2], Workbook, Usual); got != "refused: "+sayTruncated+"\n" {
		t.Error(got)
	}
	if got := told(packed(t, one), Workbook, Usual); !strings.HasPrefix(got, "refused: ") {
		t.Error(got)
	}
	if got := told(content, Workbook, Limits{Bytes: 100, Ratio: 200}); got != "refused: unpacks to more than 100 bytes\n" {
		t.Error(got)
	}
}

// Whatever the bytes, a list is read or refused; what is read obeys the rules
// that comparing relies on.
func FuzzRead(f *testing.F) {
	for which, form := range Forms() {
		lists, err := filepath.Glob("testdata/golden/" + string(form) + "_*")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range lists {
			content, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content, byte(which))
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, which byte) {
		form := Forms()[int(which)%len(Forms())]
		list, err := Open(bytes.NewReader(content), int64(len(content)), form, small)
		if err != nil {
			if settlement.KindOf(err) != settlement.KindInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		defer list.Close()
		err = list.Each(func(l reconcile.Line) error {
			negative := slices.ContainsFunc(l.Amounts[:], func(m settlement.Money) bool { return m < 0 })
			if l.Encounter == "" || l.Row == 0 || l.Reverses != negative {
				t.Fatalf("%+v", l)
			}
			if _, again, err := reconcile.Unpack(reconcile.Pack(nil, reconcile.Theirs, &l)); err != nil || again != l {
				t.Fatalf("%+v packed is %+v, %v", l, again, err)
			}
			return nil
		}, func(*settlement.Problem) error { return nil })
		if err != nil && settlement.KindOf(err) != settlement.KindInvalid {
			t.Fatalf("%v", err)
		}
	})
}
