package words

// shapes are the rules of form that the contract or the house states in words of
// its own, and what they are in Chinese.
var shapes = map[string]string{
	"must name the rows that end, and none to release a discharge": "终止费用行时须列出行号，解除出院绑定时不得列出",
	"must be 1 to 64 letters, digits, - or _":                      "应为 1 至 64 位字母、数字、“-”或“_”",
	"must be at most 64 letters, digits, - or _":                   "最多 64 位字母、数字、“-”或“_”",
	"must be 1 to 40 letters, digits, - or _":                      "应为 1 至 40 位字母、数字、“-”或“_”",
	"must be at most 40 letters, digits, - or _":                   "最多 40 位字母、数字、“-”或“_”",
	"must be a number of at most 9 digits and 4 decimals":          "应为数字，整数部分最多 9 位、小数最多 4 位",
	"must be 1 to 40 visible ASCII characters":                     "应为 1 至 40 位可见 ASCII 字符",
	"must be 1 to 64 letters, digits, -, _ or .":                   "应为 1 至 64 位字母、数字、“-”、“_”或“.”",
	"must be at most 64 letters, digits, -, _ or .":                "最多 64 位字母、数字、“-”、“_”或“.”",
	"must be 1 to 64 small letters, digits, ., _, @ or -":          "应为 1 至 64 位小写字母、数字、“.”、“_”、“@”或“-”",
	"must be at most 40 small letters, digits or _":                "最多 40 位小写字母、数字或“_”",
	"must be 1 to 40 characters, no blanks, /, :, ?, # or %":       "应为 1 至 40 个字符，不含空格、“/”、“:”、“?”、“#”和“%”",
	"must be at most 40 characters, no blanks, /, :, ?, # or %":    "最多 40 个字符，不含空格、“/”、“:”、“?”、“#”和“%”",
	"must be a UUID or 16 to 64 visible ASCII characters":          "应为 UUID，或 16 至 64 位可见 ASCII 字符",
	"must be 1 to 64 visible ASCII characters":                     "应为 1 至 64 位可见 ASCII 字符",
	"must be at most 64 visible ASCII characters":                  "最多 64 位可见 ASCII 字符",
	"must not have control or formatting characters":               "不得含有控制字符或格式字符",
	"must be six digits":                                           "应为 6 位数字",
	"must be yuan with two decimals, as 9500000.00 or -9500000.00": "应为带两位小数的元，如 9500000.00 或 -9500000.00",
	"must be a day, as 2012-01-15":                                 "应为日期，如 2012-01-15",
	"must be the etag that was read":                               "应为读取时所得的 etag",
	"must be the etag of the settlement as it was read":            "应为读取该结算时所得的 etag",
	"must be the etag of the publication":                          "应为该发布件的 etag",
	"missing":                                                      "缺失",
	"expected a quarter such as 2026Q4":                            "应为季度，如 2026Q4",
}

// Shape is a rule of form in both languages; one that is not known, as what a
// caller sent, is itself in both, and Shaped says so.
func Shape(rule string) Text {
	chinese, known := shapes[rule]
	if !known {
		chinese = rule
	}
	return Text{Zh: chinese, En: rule}
}

// Shaped reports whether a rule of form has its Chinese words.
func Shaped(rule string) bool {
	_, known := shapes[rule]
	return known
}
