package words

import "github.com/onestop-gateway/onestop/settlement"

// claimReasons are the reasons a claim is wrong. Nothing was stored or sent.
var claimReasons = map[settlement.Reason]Entry{
	settlement.ReasonBadPrecision: {
		What:  Text{"金额最多保留两位小数。", "An amount has at most two decimals."},
		Next:  Text{"请更正金额后重新提交。", "Correct the amount and send again."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonNegativeAmount: {
		What:  Text{"金额不能为负数。", "An amount is below zero."},
		Next:  Text{"请更正金额后重新提交。", "Correct the amount and send again."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonBillUnbalanced: {
		What:  Text{"费用总额不等于全自费、先行自付、超限价和符合政策范围四项之和，或四项缺失。", "The bill does not equal the sum of its four parts, or they are missing."},
		Next:  Text{"请核对费用明细后重新提交。", "Check the parts of the bill and send again."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonPayersExceed: {
		What:  Text{"各方支付之和超过费用总额。", "The payers together pay more than the bill."},
		Next:  Text{"请核对其他来源的支付金额。", "Check the amounts of the other sources."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonDateOrder: {
		What:  Text{"出院日期早于入院日期。", "The discharge lies before the admission."},
		Next:  Text{"请更正日期后重新提交。", "Correct the dates and send again."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonFutureDischarge: {
		What:  Text{"出院日期尚未到来。", "The day of discharge is still to come."},
		Next:  Text{"请核对出院日期的年、月、日；患者尚未出院的，请在出院当日结算。", "Check year, month and day of the discharge; if the patient has not left yet, settle on the day of discharge."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonNoPolicyVersion: {
		What:  Text{"出院日期没有可适用的救助政策。", "No assistance policy is in force on the day of discharge."},
		Next:  Text{"请核对日期；如无误，请联系民政部门发布政策。", "Check the date; if it is right, the civil-affairs bureau has to publish the policy."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonUnknownCategory: {
		What:  Text{"登记的救助对象类别不在目录内。", "The registry holds a category nobody knows."},
		Next:  Text{"请联系民政部门更正登记。", "The civil-affairs bureau has to correct the registry."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonCareBill: {
		What:  Text{"关怀救助的费用各项应为零。", "The bill of a care grant must be zero."},
		Next:  Text{"请改用其他救助方式，或不填费用。", "Choose another form of assistance, or leave out the bill."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonSchemeConflict: {
		What:  Text{"未参保人员不应有保险支付。", "A person without insurance has insurance shares."},
		Next:  Text{"请核对参保类型。", "Check the kind of insurance."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonSourceNotPlaced: {
		What:  Text{"当地政策没有规定该支付来源的次序。", "The policy of the region has no place for this source of payment."},
		Next:  Text{"请核对支付来源；如无误，请联系民政部门。", "Check the source; if it is right, ask the civil-affairs bureau."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonLateClaim: {
		What:  Text{"已超过该年度费用的申报截止日期。", "The last day for claims of that year has passed."},
		Next:  Text{"请联系民政部门。", "Ask the civil-affairs bureau."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonCrossYear: {
		What:  Text{"跨年住院的结算方式与当地政策不符。", "The policy settles a stay across 31 December otherwise."},
		Next:  Text{"如政策要求分段结算，请将截至12月31日和自1月1日起的费用分别结算，后一段注明为续住院。", "Where it wants two parts, settle that up to 31 December and that from 1 January each by itself, the second marked as continued."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonDiseaseNotListed: {
		What:  Text{"主要诊断编码缺失，或不在所填病种分类的病种目录内。", "The code of the main diagnosis is missing, or on no list of the class of disease stated."},
		Next:  Text{"请核对诊断编码和病种分类。", "Check the code and the class of disease."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonChoiceNeeded: {
		What:  Text{"患者同时符合两类救助，政策要求本人或监护人选择其一。", "The person qualifies in two categories, of which they or their guardian must choose one."},
		Next:  Text{"请询问患者或监护人，填写所选类别后重新提交。", "Ask them, state the category chosen and send again."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonChoiceNotOffered: {
		What:  Text{"所选类别不是该患者可以选择的类别。", "The category chosen is not one this person may choose."},
		Next:  Text{"请核对所选类别，或不填。", "Check the choice, or leave it out."},
		Fixes: Cashier, Moved: MovedNo,
	},
}

// formReasons are the reasons of the input's form. Nothing was stored or sent.
var formReasons = map[settlement.Reason]Entry{
	settlement.ReasonBadAmount: {
		What:  Text{"金额格式不正确，应为如“1234.50”的十进制数。", "An amount is not decimal text such as \"1234.50\"."},
		Next:  Text{"请更正金额后重新提交。", "Correct the amount and send again."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonBadRatio: {
		What:  Text{"比例格式不正确，应为如“0.70”的十进制数。", "A ratio is not decimal text such as \"0.70\"."},
		Next:  Text{"请更正后重新提交。", "Correct it and send again."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonBadDate: {
		What:  Text{"日期不存在或格式不正确，应为如“2012-08-09”。", "A date does not exist or is not written like \"2012-08-09\"."},
		Next:  Text{"请更正日期后重新提交。", "Correct the date and send again."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonBadIdentity: {
		What:  Text{"身份证号不正确。", "The identity number is not a valid one."},
		Next:  Text{"请核对身份证号。", "Check the identity number."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonBadDocument: {
		What:  Text{"报文无法识别。", "The document cannot be understood."},
		Next:  Text{"请信息人员按接口说明更正指出的位置。", "The facility's engineers correct the place named, as the interface says."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonInvalidArgument: {
		What:  Text{"有字段缺失或格式不正确。", "A field is missing or not of the right form."},
		Next:  Text{"请更正指出的字段后重新提交。", "Correct the fields named and send again."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonInvalidFilter: {
		What:  Text{"筛选条件无法识别。", "The filter cannot be understood."},
		Next:  Text{"请更正指出的位置。", "Correct it at the place named."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonInvalidPage: {
		What:  Text{"翻页标记无效，或与筛选条件不符。", "The page token is not valid, or was given for another filter."},
		Next:  Text{"请从第一页重新查询。", "Start again from the first page."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonKeyMissing: {
		What:  Text{"缺少请求编号。", "The request id is missing."},
		Next:  Text{"收费系统须先生成并保存请求编号，再随请求发送。", "The billing system makes a request id, keeps it, and sends it in request_id or Idempotency-Key."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonKeyMismatch: {
		What:  Text{"报文头与报文体中的请求编号不一致。", "Idempotency-Key and request_id differ."},
		Next:  Text{"请只保留一个请求编号。", "Send one of them, or the same in both."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonBodyTooLarge: {
		What:  Text{"报文过大。", "The request is too large."},
		Next:  Text{"请信息人员检查所发送的内容。", "The facility's engineers check what is being sent."},
		Fixes: Facility, Moved: MovedNo,
	},
}
