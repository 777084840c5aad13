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
		Next:  Text{"请查看该住院的费用明细：未接收的更正后重新上传，存疑的原样重新上传，支付方一再拒收的由两人了结，再用同一请求编号结算。", "Read the admission: mend rows that were not taken and upload them again, upload rows in doubt as they are, have two people end those that the payer refuses each time, then settle by the same request."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonAdmissionBill: {
		What:  Text{"已上传的费用合计与账单总额不一致。", "The charges uploaded do not come to what the bill submits."},
		Next:  Text{"请补传缺少的费用明细，或更正账单总额，再次提交。", "Upload the charges that are missing, or correct the bill, and send it again."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonAdmissionRow: {
		What:  Text{"该明细已被接收、已由人工了结，或正在上传，不能再由人工了结。", "This row was taken, was ended already, or is under way; it cannot be ended by people."},
		Next:  Text{"请查看该住院的费用明细；正在上传的，稍后再看。", "Read the admission's rows; where one is under way, a little later."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonAdmissionUnbound: {
		What:  Text{"该住院登记没有绑定任何出院，无需解除。", "This admission is bound to no discharge; there is nothing to release."},
		Next:  Text{"可直接据以结算。", "Settle by it as it is."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonAdmissionUsed: {
		What:  Text{"该住院登记已用于所绑定出院的结算（已结算、正在办理或待人工处理），或该出院有预留额度的试算，不能解除绑定。", "What is bound to this admission is in use: its discharge is settled, being settled or waits for people by it, or a quote holds room for that discharge."},
		Next:  Text{"已结算的先冲正；正在办理的等其了结；预留的试算先释放，再解除绑定。", "Reverse what is settled, wait for what is under way to end, release the quote that holds; then release the admission."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonAdmissionUnproposed: {
		What:  Text{"该住院没有等待复核的提议。", "Nothing is proposed for this admission that waits for a second person."},
		Next:  Text{"请重新查看：可能已被复核或退回，或因费用重新上传、出院重新办理而失效。", "Read it again: it may have been decided on, or overtaken by rows that were sent again or a discharge that was taken up anew."},
		Fixes: Facility, Moved: MovedNo,
	},
}
