package words

import (
	"fmt"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
)

// Problem is what is wrong in a document, with its line, its column and the
// offending text where they are known. What has no Chinese form is told in
// Chinese by its place and text alone: an empty side says nothing.
func Problem(p *settlement.Problem) Text {
	var place Text
	switch {
	case p.Column > 0:
		place = Text{fmt.Sprintf("第 %d 行第 %d 列", p.Line, p.Column), fmt.Sprintf("line %d column %d", p.Line, p.Column)}
	case p.Line > 0:
		place = Text{fmt.Sprintf("第 %d 行", p.Line), fmt.Sprintf("line %d", p.Line)}
	}
	says := Text{En: p.Says}
	if form, known := problemForms[p.Form]; known {
		says.Zh = fmt.Sprintf(form, p.Figures...)
	}
	told := Text{Zh: parted("：", place.Zh, says.Zh), En: parted(": ", place.En, says.En)}
	if p.Value != "" {
		value := strconv.Quote(p.Value)
		told = Text{Zh: parted("：", told.Zh, value), En: parted(": ", told.En, value)}
	}
	return told
}

// parted is two parts of a text with a mark between, where both say anything.
func parted(mark, first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + mark + second
}

// problemForms are the forms in which bodies and lists are refused, and what
// they are in Chinese, with the same figures in the same order.
var problemForms = map[string]string{
	// bodies
	"not UTF-8":                          "不是 UTF-8 编码",
	"not JSON":                           "不是合法的 JSON",
	"ends too early":                     "内容不完整",
	"something follows the end":          "结尾之后还有内容",
	"expected an object":                 "应为对象",
	"expected a list":                    "应为列表",
	"expected text in quotation marks":   "应为带引号的文本",
	"expected true or false":             "应为 true 或 false",
	"expected a whole number":            "应为整数",
	"expected one of %s":                 "应为 %s 之一",
	"stands twice":                       "重复出现",
	"unknown field %s":                   "没有 %s 字段",
	"unknown field %s; it is written %q": "没有 %s 字段，应写作 %q",
	"stands in the path only":            "只应写在路径中",
	"it holds text that is not Unicode":  "含有不是 Unicode 的文本",
	"it did not arrive whole":            "未完整到达",

	// lists
	"not a whole zip: it was cut short, or is something else":                   "不是完整的 zip 文件：可能被截断，或是其他文件",
	"a zip with %d entries: must be one text":                                   "zip 内有 %d 个文件，应只有一个文本",
	"a zip under a password":                                                    "zip 设有密码",
	"unpacks to more than %d bytes":                                             "解压后超过 %d 字节",
	"unpacks to more than %d times its size":                                    "解压后超过压缩大小的 %d 倍",
	"cannot be unpacked: cut short or damaged":                                  "无法解压：被截断或已损坏",
	"a workbook of %d parts: must be at most %d":                                "工作簿含 %d 个部分，最多 %d 个",
	"not a workbook that can be read":                                           "不是可读取的工作簿",
	"a workbook whose first sheet cannot be read":                               "工作簿的第一张表无法读取",
	"a row that cannot be read":                                                 "该行无法读取",
	"cannot be read to its end":                                                 "无法读到结尾",
	"form %q: must be one of %q":                                                "格式 %q 应为 %q 之一",
	"empty: must begin with a heading":                                          "文件为空，首行应为表头",
	"no headings: the first row must name the columns, as %s":                   "缺少表头：首行应写明列名，可用 %s",
	"column %d: no such heading; known are %s":                                  "第 %d 列的表头无法识别，可用 %s",
	"heading %q: stands twice":                                                  "表头 %q 重复出现",
	"no column %s":                                                              "缺少 %s 列",
	"neither fund_pay_sumamt nor maf_pay among the columns: nothing to compare": "没有 fund_pay_sumamt 或 maf_pay 列，无可比对",
	"%d columns: must be %d or %d, divided by tabs":                             "有 %d 列，应为 %d 或 %d 列，以制表符分隔",
	"%d columns: must be %d as in the first row":                                "有 %d 列，应与首行相同，为 %d 列",
	"quotes that do not end where a cell does":                                  "引号没有在单元格结尾处结束",
	"not UTF-8: save the list as UTF-8 text":                                    "不是 UTF-8 编码，请另存为 UTF-8 文本",
	"a line of more than %d bytes":                                              "一行超过 %d 字节",
	"more than one list of this day lies in the inbox":                          "收件目录中有当日的多份清单",
}
