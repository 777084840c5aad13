package registry

import (
	"slices"
	"strconv"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Column is one column of a sheet of persons. A sheet has a row for each
// category period of a person; a person without any has one row.
type Column struct {
	Key              string // place in a document, as in "category.from"
	Chinese, English string // its headings, either of which is understood
}

// Columns are those of a sheet, in the order in which one is written.
var Columns = []Column{
	{"id", "人员编号", "id"},
	{"name", "姓名", "name"},
	{"id_number", "身份证号", "id_number"},
	{"birth_date", "出生日期", "birth_date"},
	{"sex", "性别", "sex"},
	{"household", "户编号", "household"},
	{"region", "行政区划代码", "region"},
	{"residence", "户籍性质", "residence"},
	{"scheme", "参保险种", "scheme"},
	{"insured_number", "参保号", "insured_number"},
	{"category.id", "救助类别", "category"},
	{"category.from", "享受起始日", "from"},
	{"category.to", "享受截止日", "to"},
	{"category.document", "审批文号", "document"},
	{"survey.date", "入户调查日期", "survey_date"},
	{"survey.members", "家庭人口", "household_members"},
	{"survey.income", "家庭月收入", "household_income"},
}

// cellWords are Chinese words that stand in cells for those of the documents.
var cellWords = map[string]string{
	"城镇": "urban", "农村": "rural", "男": "male", "女": "female",
	"新农合": "ncms", "居民医保": "resident_bmi", "职工医保": "employee_bmi", "未参保": "none",
	"五保": "five_guarantee", "城市三无": "three_no", "城市低保": "urban_dibao", "农村低保": "rural_dibao",
	"新增四类": "new_four", "低保边缘": "marginal", "优抚": "special_care", "特困": "tekun", "低保": "dibao", "因病致贫": "illness_poverty",
}

// Heading understands the first row of a sheet: for each cell the column it
// heads. Invalid: a heading nobody knows, one that stands twice, no column of
// the ids, or no headings at all. What stands there is not told: where there
// are no headings, it is a person's.
func Heading(cells []string) ([]Column, error) {
	if !slices.ContainsFunc(cells, func(cell string) bool { return columnOf(cell) >= 0 }) {
		return nil, settlement.Wrong("headings are missing: the first row must name the columns, which are %s", headings())
	}
	var columns []Column
	for at, cell := range cells {
		i := columnOf(cell)
		switch {
		case i < 0:
			return nil, settlement.Wrong("heading %d is not known: headings are %s", at+1, headings())
		case slices.Contains(columns, Columns[i]):
			return nil, settlement.Wrong("heading %d, %s, stands twice", at+1, Columns[i].English)
		}
		columns = append(columns, Columns[i])
	}
	if !slices.Contains(columns, Columns[0]) {
		return nil, settlement.Wrong("heading %s (%s) is missing", Columns[0].English, Columns[0].Chinese)
	}
	return columns, nil
}

// columnOf is the place among Columns of the one that a cell heads; -1: none.
func columnOf(cell string) int {
	text := strings.ToLower(strings.TrimSpace(cell))
	return slices.IndexFunc(Columns, func(c Column) bool { return text == c.Chinese || text == c.English })
}

// headings are all that are understood.
func headings() string {
	names := make([]string, len(Columns))
	for i, column := range Columns {
		names[i] = column.English + " (" + column.Chinese + ")"
	}
	return strings.Join(names, ", ")
}

// DecodeRow understands a row of a sheet under its heading, as DecodeDraft
// does a person of a document. Empty cells are absent; words may be Chinese,
// and days as 2012/7/1, 20120701 or 2012年7月1日.
func DecodeRow(columns []Column, cells []string, line int) (Draft, error) {
	person := settlement.Node{Kind: settlement.NodeMap, Line: line}
	parts := map[string]*settlement.Node{}
	for i, column := range columns {
		if i >= len(cells) || strings.TrimSpace(cells[i]) == "" {
			continue
		}
		field := settlement.Field{Key: column.Key, Value: scalar(cellText(column.Key, cells[i]), line)}
		part, key, nested := strings.Cut(column.Key, ".")
		if !nested {
			person.Fields = append(person.Fields, field)
			continue
		}
		if parts[part] == nil {
			parts[part] = &settlement.Node{Kind: settlement.NodeMap, Line: line}
		}
		field.Key = key
		parts[part].Fields = append(parts[part].Fields, field)
	}
	if survey := parts["survey"]; survey != nil {
		person.Fields = append(person.Fields, settlement.Field{Key: "survey", Value: *survey})
	}
	if category := parts["category"]; category != nil {
		list := settlement.Node{Kind: settlement.NodeList, Line: line, Items: []settlement.Node{*category}}
		person.Fields = append(person.Fields, settlement.Field{Key: "categories", Value: list})
	}
	return DecodeDraft("", person)
}

func scalar(text string, line int) settlement.Node {
	return settlement.Node{Kind: settlement.NodeScalar, Text: text, Line: line}
}

// cellText is a cell in the words of the documents.
func cellText(key, cell string) string {
	text := strings.TrimSpace(cell)
	if word, known := cellWords[text]; known {
		return word
	}
	if key == "birth_date" || key == "survey.date" || key == "category.from" || key == "category.to" {
		return isoDay(text)
	}
	return text
}

// isoDay writes a day as documents do, or leaves alone what is none.
func isoDay(text string) string {
	if len(text) == 8 && !strings.ContainsAny(text, "-/.年") {
		return text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	plain := strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(text)
	parts := strings.Split(plain, "-")
	if len(parts) != 3 {
		return text
	}
	for i, part := range parts {
		if n, err := strconv.Atoi(part); err == nil && i > 0 && n < 10 {
			parts[i] = "0" + strconv.Itoa(n)
		}
	}
	return strings.Join(parts, "-")
}

// Rows writes a person's state as rows of a sheet with all Columns. What only
// the identity number says is written from it.
func (s *State) Rows() [][]string {
	p := &s.Person
	born, sex, _ := settlement.IdentityFacts(p.Certificate) // none of a person without a number
	row := []string{
		string(p.ID), p.Name.Reveal(), p.Certificate.Reveal(), born.String(), string(sex), s.Household,
		string(p.Region), string(p.Residence), string(p.Scheme), p.Insured.Reveal(), "", "", "", "", "", "", "",
	}
	if s.Surveyed != 0 {
		row[14], row[15], row[16] = s.Surveyed.String(), strconv.Itoa(s.Survey.Members), s.Survey.Income.String()
	}
	if len(p.Entitlements) == 0 {
		return [][]string{row}
	}
	rows := make([][]string, len(p.Entitlements))
	for i, e := range p.Entitlements {
		rows[i] = slices.Clone(row)
		copy(rows[i][10:14], []string{string(e.Category), e.Period.From.String(), e.Period.To.String(), e.Document})
	}
	return rows
}
