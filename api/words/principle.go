package words

// Principle is the rule in plain words that is followed where no policy says
// anything: the assumption of that number. found is false for a policy's own
// article.
func Principle(article string) (principle Text, found bool) {
	principle, found = principles[article]
	return principle, found
}

// principles are the assumptions as a patient reads them.
var principles = map[string]Text{
	"A01": {"每一步乘以比例后四舍五入到分。", "Every product with a ratio is rounded to the fen at once, half up."},
	"A02": {"费用总额等于全自费、先行自付、超限价和符合政策范围四项之和。", "A bill is the sum of four parts: self-funded, first self-payment, over the price limit, and eligible."},
	"A03": {"先保险、后救助，个人只付一次余额。", "Insurance pays before assistance; the patient pays the rest once."},
	"A04": {"救助只针对符合政策范围的费用中各方支付后剩下的部分。", "Assistance is given on what other payers leave of the eligible amount."},
	"A05": {"各方支付超过符合政策范围费用的，救助基数按零计。", "Where the others pay more than the eligible amount, nothing is left to assist."},
	"A06": {"未参保人员按符合政策范围费用的规定比例计。", "For a person without insurance a set part of the eligible amount counts."},
	"A07": {"按出院日（门诊按就诊日）的政策办理。", "The rules in force on the day of discharge, or of service, apply."},
	"A08": {"累计额度记入出院日所在年度。", "What is used counts in the year of the discharge."},
	"A09": {"住院期间任何一天具备救助对象身份即予认可。", "An entitlement counts if it was in force on any day of the stay."},
	"A10": {"同时符合多种身份的，按救助最多的一种办理，不叠加。", "Of several entitlements the one that gives most is applied; they are not added up."},
	"A11": {"年度额度按个人累计，各种身份共用。", "The year's limits are counted per person, for all entitlements together."},
	"A12": {"起付线以内由个人负担；按年度计的起付线全年只扣一次。", "The patient bears the deductible; a yearly one is taken off once a year."},
	"A13": {"救助比例按规定的单一、分段或分档方式计算。", "The ratio is applied as one rate, by bands, or by the size of the amount."},
	"A14": {"救助金额不超过各项年度限额的余额。", "Assistance stays within what remains of every annual cap."},
	"A15": {"不予救助的原因按固定的先后次序说明。", "Why no assistance is paid is told in a fixed order of reasons."},
	"A16": {"以保险机构的数额为准；由政策计算的，按全年累计费用计算。", "The insurer's own figure or, where the policy computes it, by the year."},
	"A17": {"救助后负担仍超过标准的住院费用，再给予倾斜救助。", "A stay that still burdens the patient above a threshold is assisted a second time."},
	"A18": {"事后申请的倾斜救助，以原结算后个人负担的费用为准。", "A later application for inclined assistance is about what the patient paid after the settled stay."},
	"A19": {"关怀救助按病种定额发给本人，每年一次，不占年度限额。", "A care grant is a set amount for a listed disease, paid to the person once a year, outside the annual caps."},
	"A20": {"慈善救助在医疗救助之后使用，以个人尚需负担的金额为限。", "Charity comes after assistance and pays at most what the patient still owes."},
	"A21": {"冲正时退还当年已用的额度。", "A reversal gives back what the settlement had used of the year."},
	"A22": {"救助资金按对象类别或户籍由城市或农村基金承担。", "The urban or the rural fund bears it, by category or by the person's residence."},
	"A23": {"资料有误的，不予结算，也不占用额度。", "What is wrong with the request settles nothing and uses nothing of the year."},
	"A24": {"同一人的结算按先后次序办理，后一次计入前一次的结果。", "Settlements of one person are worked in order; a later one counts the earlier."},
	"A25": {"须在定点医药机构就诊，急诊除外；异地就诊须按规定备案。", "Care must be at a designated facility, but for an emergency; care elsewhere needs the required filing."},
}
