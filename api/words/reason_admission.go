package words

import "github.com/onestop-gateway/onestop/settlement"

// admissionReasons are the reasons a stay that was registered before its
// discharge cannot be charged, spoken of or settled by. None of them moves
// money.
var admissionReasons = map[settlement.Reason]Entry{
	settlement.ReasonAdmissionNotFound: {
		What:  Text{"没有此住院登记编号。", "There is no admission by this id."},
		Next:  Text{"请核对编号，或重新办理住院登记。", "Check the admission's id, or register it again."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonAdmissionUnregistered: {
		What:  Text{"该住院尚未在支付方登记，不能上传费用，也不能据以结算。", "The payer has not registered this admission: no charges can be uploaded for it, and nothing settled by it."},
		Next:  Text{"请先查看住院登记的状态：未送达的，用原请求编号再次登记；存疑的，向支付方核实后填报其登记号。", "Look at the admission's state first: one that was not sent is registered again by the same request; for one in doubt, ask the payer and state its number."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonAdmissionNotInDoubt: {
		What:  Text{"该住院登记并不存疑，不能由人工填报登记号。", "This admission is not in doubt; nothing can be stated about its registration."},
		Next:  Text{"请先查看住院登记的状态；正在办理的，稍后再看。", "Look at the admission's state first; one on its way, a little later."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonAdmissionMismatch: {
		What:  Text{"本次请求与所注明的住院登记不符。", "The request is not of the admission it names."},
		Next:  Text{"请按提示的字段核对：须是同一机构、同一人、同一险种、同一入院日期的住院；一次住院登记只结算一次出院。", "Check the field that is named: facility, person, insurance and day of admission must be the admission's, and one admission is settled by one discharge."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonAdmissionUncharged: {
		What:  Text{"该住院有费用明细尚未被支付方接收。", "The payer has not taken all charges of this admission."},
		Next:  Text{"请查看该住院的费用明细：未接收的更正后重新上传，存疑的原样重新上传，再用同一请求编号结算。", "Read the admission: mend rows that were not taken and upload them again, upload rows in doubt as they are, then settle by the same request."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonAdmissionBill: {
		What:  Text{"已上传的费用合计与账单总额不一致。", "The charges uploaded do not come to what the bill submits."},
		Next:  Text{"请补传缺少的费用明细，或更正账单总额，再次提交。", "Upload the charges that are missing, or correct the bill, and send it again."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
}
