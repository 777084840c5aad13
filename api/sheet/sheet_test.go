package sheet

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var table = Table{
	Name: "汇总", Header: []string{"名称", "人次", "金额"},
	Rows: [][]any{{"农村", 3, Amount("1234.50")}, {"=1+1", -2, Amount("-0.01")}, {`含"引号",逗号`, 0, Amount("")}, {"", 0, Amount("0.00")}},
}

func TestCSV(t *testing.T) {
	got, err := CSV(table)
	want := "\ufeff名称,人次,金额\r\n农村,3,1234.50\r\n'=1+1,-2,-0.01\r\n\"含\"\"引号\"\",逗号\",0,\r\n,0,0.00\r\n"
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestXLSX(t *testing.T) {
	other := Table{Name: "other", Header: []string{"a"}, Rows: [][]any{{"b"}}}
	data, err := XLSX(table, other)
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if diff := cmp.Diff([]string{"汇总", "other"}, file.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	rows, err := file.GetRows("汇总")
	want := [][]string{{"名称", "人次", "金额"}, {"农村", "3", "1,234.50"}, {"=1+1", "-2", "-0.01"}, {`含"引号",逗号`, "0"}, {"", "0", "0.00"}}
	if diff := cmp.Diff(want, rows); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if formula, err := file.GetCellFormula("汇总", "A3"); formula != "" || err != nil {
		t.Errorf("a text became the formula %q, %v", formula, err)
	}
	if _, err := XLSX(Table{Name: "a/b"}); err == nil {
		t.Error("a sheet was given a name that none may have")
	}
}
