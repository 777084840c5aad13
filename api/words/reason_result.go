package words

import "github.com/onestop-gateway/onestop/settlement"

// resultReasons are the reasons of a settlement and of a reversal.
var resultReasons = map[settlement.Reason]Entry{
	settlement.ReasonOK: {
		What:  Text{"已按政策给予救助。", "Assistance is paid as the policy says."},
		Fixes: Nobody, Moved: MovedYes,
	},
	settlement.ReasonCapLimited: {
		What:  Text{"救助金额受年度限额限制。", "The assistance was cut to what remains of an annual cap."},
		Fixes: Nobody, Moved: MovedYes,
	},
	settlement.ReasonNotEligible: {
		What:  Text{"就诊期间没有有效的救助对象类别，不予救助。", "No category of assistance was in force during the stay; none is paid."},
		Next:  Text{"如患者认为有误，请其向户籍地民政部门核实。", "If the patient disagrees, the civil-affairs office of their residence can check the registry."},
		Fixes: Bureau, Moved: MovedYes,
	},
	settlement.ReasonModeNotCovered: {
		What:  Text{"该类别对象不享受此种救助方式或病种的救助。", "The category has no assistance of this form or class of disease."},
		Next:  Text{"请核对救助方式和病种分类。", "Check the form of assistance and the class of disease."},
		Fixes: Cashier, Moved: MovedYes,
	},
	settlement.ReasonProvider: {
		What:  Text{"就诊机构不在救助范围内，或未按规定转诊备案，不予救助。", "The facility is not covered, or care outside the area was not filed; no assistance is paid."},
		Next:  Text{"如为急诊或已备案，请冲正后更正重新结算。", "If it was an emergency or was filed, reverse, correct and settle again."},
		Fixes: Cashier, Moved: MovedYes,
	},
	settlement.ReasonUninsured: {
		What:  Text{"政策规定未参保人员不予救助。", "The policy pays no assistance to persons without insurance."},
		Next:  Text{"请核对参保信息。", "Check the insurance of the person."},
		Fixes: Cashier, Moved: MovedYes,
	},
	settlement.ReasonAlreadyGranted: {
		What:  Text{"本年度已发放过关怀救助。", "The care grant of this year was already given."},
		Fixes: Nobody, Moved: MovedYes,
	},
	settlement.ReasonNothingToAssist: {
		What:  Text{"各方支付后没有可救助的金额。", "Nothing assistable is left after the other payers."},
		Fixes: Nobody, Moved: MovedYes,
	},
	settlement.ReasonBelowDeductible: {
		What:  Text{"可救助金额未超过起付线。", "What could be assisted does not exceed the deductible."},
		Fixes: Nobody, Moved: MovedYes,
	},
	settlement.ReasonCapExhausted: {
		What:  Text{"本年度救助限额已用完。", "The annual cap is used up."},
		Fixes: Nobody, Moved: MovedYes,
	},

	settlement.ReasonSettlementNotFound: {
		What:  Text{"没有这笔结算。", "There is no such settlement."},
		Next:  Text{"请核对结算编号。", "Check the id of the settlement."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonAlreadyReversed: {
		What:  Text{"这笔结算已经冲正或正在冲正。", "This settlement is reversed already, or being reversed."},
		Next:  Text{"无需再次冲正，请查询其状态。", "Do not reverse it again; look up its state."},
		Fixes: Nobody, Moved: MovedNo,
	},
	settlement.ReasonNotReversible: {
		What:  Text{"这笔结算尚未结算成功，不能冲正。", "This settlement is not settled and cannot be reversed."},
		Next:  Text{"请先查询其状态。", "Look up its state first."},
		Fixes: Cashier, Moved: MovedNo,
	},
}
