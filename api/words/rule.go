package words

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// RuleChange is one rule of a policy that differs, in words. Each part of its
// path is named; what has no name, such as the number of a band, stands as it
// is.
func RuleChange(path []string, before, after string) Text {
	out := Text{}
	for i, part := range path {
		name := ruleWord(part)
		if i > 0 {
			out.Zh, out.En = out.Zh+" / ", out.En+" / "
		}
		out.Zh, out.En = out.Zh+name.Zh, out.En+name.En
	}
	of := ruleWord
	if path[len(path)-1] == "Kind" { // where marginal is no category
		of = func(kind string) Text { return named(kindWords, kind) }
	}
	was, is := ruleValue(of, before), ruleValue(of, after)
	out.Zh += "：" + was.Zh + " → " + is.Zh
	out.En += ": " + was.En + " → " + is.En
	return out
}

// ruleValue is a value in words; a list is named member by member.
func ruleValue(of func(string) Text, value string) Text {
	if value == "" {
		return Text{"无", "none"}
	}
	out := Text{}
	for i, member := range strings.Split(value, ", ") {
		name := of(member)
		if i > 0 {
			out.Zh, out.En = out.Zh+"、", out.En+", "
		}
		out.Zh, out.En = out.Zh+name.Zh, out.En+name.En
	}
	return out
}

// ruleWord names one part; "inpatient/any" is named part by part.
func ruleWord(part string) Text {
	if name, found := ruleWords[part]; found {
		return name
	}
	if name := Category(settlement.CategoryID(part)); name != Same(part) {
		return name
	}
	if name := Mode(settlement.Mode(part)); name != Same(part) {
		return name
	}
	if mode, class, two := strings.Cut(part, "/"); two {
		if name := Mode(settlement.Mode(mode)); name != Same(mode) {
			of := ruleWord(class)
			return Text{name.Zh + "·" + of.Zh, name.En + ", " + of.En}
		}
	}
	if name := Source(settlement.Source(part)); name != Same(part) {
		return name
	}
	return Bucket(settlement.BucketID(part))
}

// ruleWords name the fields of a version and the words they hold.
var ruleWords = map[string]Text{
	"Above": {"高于", "above"}, "After": {"救助之后支付", "paid after"}, "Aliases": {"类别对应", "aliases"}, "Amount": {"金额", "amount"},
	"Approved": {"须经审批", "needs approval"}, "Article": {"条款", "article"}, "Bands": {"分段", "bands"}, "Base": {"救助基数", "base"},
	"Before": {"救助之前支付", "paid before"}, "Between": {"可选类别", "to choose between"}, "Bucket": {"累计项", "accumulates in"}, "Cap": {"封顶线", "cap"},
	"Caps": {"年度封顶", "annual caps"}, "Categories": {"类别", "categories"}, "Choice": {"类别选择", "choice"}, "Class": {"病种", "class of disease"},
	"Codes": {"疾病编码", "codes"}, "Covered": {"予以救助", "covered"}, "CriticalIllness": {"大病保险", "critical illness"}, "CrossYear": {"跨年住院", "stays across years"},
	"Deductible": {"起付线", "deductible"}, "DeductibleFactor": {"起付线系数", "factor of the deductible"}, "DeductibleIncomeRate": {"起付线占上年收入比例", "deductible as part of income"},
	"DiseaseClass": {"病种", "class of disease"}, "Diseases": {"病种名单", "diseases"}, "ExtraRate": {"提高比例", "extra ratio"}, "Facility": {"医疗机构", "facility"},
	"Factor": {"系数", "factor"}, "From": {"起", "from"}, "Fund": {"资金", "fund"}, "Funding": {"资金分担", "funding"}, "Grant": {"救助额", "grant"},
	"ID": {"编号", "id"}, "Identity": {"身份认定", "identity"}, "InArea": {"统筹区内", "in area"}, "Inclined": {"倾斜救助", "inclined assistance"},
	"IncomeRate": {"占上年收入比例", "part of income"}, "Kind": {"方式", "kind"}, "Late": {"逾期结算", "late claims"}, "Level": {"级次", "level"},
	"Levels": {"机构等级", "levels"}, "Limit": {"限额", "limit"}, "List": {"病种目录", "list"}, "Lists": {"病种目录", "lists of diseases"}, "Mode": {"救助方式", "mode"},
	"Modes": {"救助方式", "modes"}, "Newborn": {"新生儿", "newborn"}, "Days": {"天数", "days"}, "Of": {"起算", "starts from"}, "Over": {"分段范围", "over"},
	"Overrides": {"另定系数", "overrides"}, "Part": {"比例", "part"}, "Parts": {"分担", "parts"}, "Period": {"期间", "period"}, "Points": {"降低比例", "points off"},
	"PriorYearIncome": {"上年人均收入", "income of the year before"}, "Rate": {"救助比例", "rate"}, "Ratio": {"救助比例", "reimbursement ratio"},
	"Residence": {"户籍", "residence"}, "Rounding": {"取整", "rounding"}, "Rules": {"规则", "rules"}, "Schemes": {"参保类型", "schemes"}, "Source": {"支付方", "source"},
	"Stages": {"计算环节", "stages"}, "Threshold": {"起始额", "threshold"}, "Tilt": {"大病倾斜", "tilt"}, "To": {"至", "to"}, "Uncapped": {"不封顶", "uncapped"},
	"Uninsured": {"未参保人员", "uninsured"}, "Unreferred": {"未转诊", "unreferred"}, "UpTo": {"至（含）", "up to"}, "Vocabulary": {"可登记类别", "vocabulary"}, "When": {"条件", "when"},
	"true": {"是", "yes"}, "false": {"否", "no"}, "yes": {"是", "yes"}, "any": {"任何病种", "any illness"}, "general": {"一般疾病", "general illness"},
	"serious": {"重大疾病", "serious illness"}, "special": {"特殊病种", "special illness"}, "free_treatment": {"免费救治病种", "free treatment"},
	"Counts": {"计入", "counts"}, "Month": {"月", "month"}, "Day": {"日", "day"}, "Split": {"按年拆分", "split"}, "stay": {"单次", "stay"}, "year": {"全年累计", "year"},
	"urban": {"城市", "urban"}, "rural": {"农村", "rural"}, "by_residence": {"按户籍", "by residence"},
}

// kindWords name the ways a deductible and a ratio work.
var kindWords = map[string]Text{
	"flat": {"固定比例", "flat"}, "marginal": {"分段累进", "by slices"}, "slab": {"按总额取段", "by size"},
	"none": {"无", "none"}, "per_stay": {"每次住院", "per stay"}, "per_year": {"每年", "per year"}, "threshold": {"达到即全额", "all or nothing"},
}
