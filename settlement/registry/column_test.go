package registry

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

func heading(t *testing.T, cells ...string) []Column {
	t.Helper()
	columns, err := Heading(cells)
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// A clerk's sheet in Chinese says what a document in English says.
func TestDecodeRow(t *testing.T) {
	columns := heading(t, "人员编号", "姓名", "身份证号", "出生日期", "性别", "户编号", "行政区划代码", "户籍性质", "参保险种", "救助类别", "享受起始日", "享受截止日", "审批文号", "入户调查日期", "家庭人口", "家庭月收入")
	got, err := DecodeRow(columns, []string{"b-1", "张测试", "360827410312001", "1941/3/12", "男", "H-1", "360827", "农村", "新农合", "农村低保", "20090101", "2009年12月31日", "文号1", "2009.6.1", "3", "330.00"}, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := Draft{
		ID: "b-1",
		Facts: Facts{
			Name: "张测试", Certificate: "360827194103120018", Household: "H-1", Region: "360827",
			Residence: settlement.Rural, Scheme: settlement.SchemeNCMS,
		},
		Periods: []settlement.Entitlement{{Category: "rural_dibao", Period: settlement.Period{From: 20090101, To: 20091231}, Document: "文号1"}},
		Survey:  Survey{Members: 3, Income: 330_00}, Visited: 20090601,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRowNamesFieldAndLine(t *testing.T) {
	columns := heading(t, "id", "name", "id_number", "region", "residence", "scheme", "category", "from")
	good := []string{"b-1", "张测试", "360827194103120018", "360827", "rural", "ncms", "rural_dibao", "2009-01-01"}
	if _, err := DecodeRow(columns, good, 7); err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]string{0: "id", 1: "name", 2: "id_number", 3: "region", 4: "residence", 5: "scheme", 6: "categories[0].id", 7: "categories[0].from"} {
		for _, bad := range []string{"", "!?"} {
			cells := append([]string{}, good...)
			cells[i] = bad
			_, err := DecodeRow(columns, cells, 7)
			problems, _ := err.(settlement.Problems)
			if i == 1 && bad != "" {
				continue // any text is a name
			}
			if len(problems) == 0 || problems[0].Path != want || problems[0].Line != 7 {
				t.Errorf("%q in %s: %v", bad, want, err)
			}
		}
	}
}

// What is wrong with the headings is told without what stands there.
func TestHeadingRefuses(t *testing.T) {
	for _, c := range []struct {
		cells []string
		says  string
	}{
		{[]string{"id", "13900000000"}, "heading 2 is not known: headings are id (人员编号), name (姓名), "},
		{[]string{"id", "人员编号"}, "heading 2, id, stands twice"},
		{[]string{"name"}, "heading id (人员编号) is missing"},
		{[]string{"b-1", "张测试", "360827194103120018"}, "headings are missing: the first row must name the columns, which are id (人员编号), "},
		{nil, "headings are missing"},
	} {
		_, err := Heading(c.cells)
		if settlement.KindOf(err) != settlement.KindInvalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v", c.cells, err)
		}
		for _, personal := range []string{"13900000000", "张测试", "360827194103120018"} {
			if err != nil && strings.Contains(err.Error(), personal) {
				t.Errorf("%s is told: %v", personal, err)
			}
		}
	}
}

// What is written reads as what it was written from.
func TestRowsReadBack(t *testing.T) {
	history := told(first(), granted(20090101, 20091231), granted(20110101, 0),
		Change{Action: Surveyed, Effective: 20110201, Survey: Survey{Members: 2, Income: 99_50}})
	state, _ := At("p", history, dawn.Add(24*time.Hour), everDay)
	rows := state.Rows()
	if len(rows) != 2 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		if len(row) != len(Columns) {
			t.Fatalf("%d cells", len(row))
		}
		draft, err := DecodeRow(Columns, row, i)
		if err != nil {
			t.Fatal(err)
		}
		if made := Amend(history, &draft, Stamp{By: "c", At: dawn.Add(time.Hour * 99), Today: 20120101}); len(made) != 0 {
			t.Errorf("row %d adds %+v", i, made)
		}
	}
}
