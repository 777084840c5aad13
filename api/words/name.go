package words

import "github.com/onestop-gateway/onestop/settlement"

// Mode is the name of a form of assistance.
func Mode(mode settlement.Mode) Text { return named(modes, mode) }

// Scheme is the name of a basic insurance.
func Scheme(scheme settlement.Scheme) Text { return named(schemes, scheme) }

// Category is the name of a category of persons; a policy may have its own,
// which are named by their id.
func Category(category settlement.CategoryID) Text { return named(categories, category) }

// Source is the name of a source of payment.
func Source(source settlement.Source) Text { return named(sources, source) }

// Fund is the name of an assistance fund, empty where none pays.
func Fund(fund settlement.Fund) Text { return named(funds, fund) }

// Level is the name of who gives money to a fund.
func Level(level settlement.Level) Text { return named(levels, level) }

// Warning says what a mark on an adjudication means.
func Warning(warning settlement.Warning) Text { return named(warnings, warning) }

// Bucket is the name of an annual cap; a policy may have its own, which are
// named by their id.
func Bucket(bucket settlement.BucketID) Text { return named(buckets, bucket) }

// named looks a name up; what has none is called by its id.
func named[ID ~string](names map[ID]Text, id ID) Text {
	if text, found := names[id]; found {
		return text
	}
	return Same(string(id))
}

var modes = map[settlement.Mode]Text{
	settlement.Outpatient: {"门诊救助", "outpatient assistance"},
	settlement.Inpatient:  {"住院救助", "inpatient assistance"},
	settlement.Inclined:   {"倾斜救助", "inclined assistance"},
	settlement.Care:       {"关怀救助", "care grant"},
}

var schemes = map[settlement.Scheme]Text{
	settlement.SchemeNCMS:     {"新型农村合作医疗", "new rural cooperative medical scheme"},
	settlement.SchemeResident: {"城乡居民基本医疗保险", "resident basic medical insurance"},
	settlement.SchemeEmployee: {"职工基本医疗保险", "employee basic medical insurance"},
	settlement.SchemeNone:     {"未参保", "not insured"},
}

var categories = map[settlement.CategoryID]Text{
	"":                {"无", "none"},
	"five_guarantee":  {"农村五保供养对象", "five-guarantee household"},
	"three_no":        {"城市三无人员", "urban three-no person"},
	"urban_dibao":     {"城市低保对象", "urban minimum-living-allowance recipient"},
	"rural_dibao":     {"农村低保对象", "rural minimum-living-allowance recipient"},
	"new_four":        {"新增四类对象", "one of the four added groups"},
	"marginal":        {"低保边缘家庭成员", "member of a marginal household"},
	"special_care":    {"重点优抚对象", "entitled to special care"},
	"tekun":           {"特困人员", "person in extreme difficulty"},
	"dibao":           {"低保对象", "minimum-living-allowance recipient"},
	"illness_poverty": {"因病致贫重病患者", "seriously ill and impoverished by illness"},
}

var sources = map[settlement.Source]Text{
	settlement.Commercial:       {"商业保险", "commercial insurance"},
	settlement.CriticalAgain:    {"大病保险再次支付", "critical-illness insurance once more"},
	settlement.SecondAssistance: {"另一级医疗救助", "assistance by another level of government"},
	settlement.HospitalDerate:   {"医院减免", "hospital derate"},
	settlement.SpecialCare:      {"优抚补助", "special-care subsidy"},
	settlement.Charity:          {"慈善救助", "charitable aid"},
}

var levels = map[settlement.Level]Text{
	settlement.Central:    {"中央财政", "central government"},
	settlement.Province:   {"省级财政", "province"},
	settlement.City:       {"市级财政", "city"},
	settlement.County:     {"县级财政", "county"},
	settlement.Township:   {"乡镇财政", "township"},
	settlement.Charitable: {"慈善捐助", "charity"},
}

var funds = map[settlement.Fund]Text{
	settlement.NoFund:    {},
	settlement.UrbanFund: {"城市医疗救助基金", "urban medical assistance fund"},
	settlement.RuralFund: {"农村医疗救助基金", "rural medical assistance fund"},
}

var warnings = map[settlement.Warning]Text{
	settlement.WarnBaseFloored: {
		"救助前各方支付已超过符合政策范围金额，救助基数按零计。",
		"The payers before assistance paid more than the eligible amount; the base is taken as zero.",
	},
	settlement.WarnRoomHeld: {
		"本年度部分额度已由其他预结算保留，本次救助因此减少；保留期过后可撤销重结。",
		"Quotes of others hold part of the year's room, so less is paid now; once they have lapsed the bill may be reversed and settled again.",
	},
}

var buckets = map[settlement.BucketID]Text{
	"total":      {"年度总封顶线", "annual cap in total"},
	"annual":     {"年度救助限额", "annual assistance cap"},
	"outpatient": {"门诊年度限额", "annual outpatient cap"},
	"inclined":   {"倾斜救助年度限额", "annual cap of inclined assistance"},
	"serious":    {"重特大疾病年度限额", "annual cap for serious diseases"},
	"general":    {"普通疾病年度限额", "annual cap for general diseases"},
}
