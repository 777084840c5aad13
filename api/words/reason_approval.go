package words

import "github.com/onestop-gateway/onestop/settlement"

// approvalReasons are the reasons a claim is refused for its approval, or a
// step of an approval is. None of them moves money.
var approvalReasons = map[settlement.Reason]Entry{
	settlement.ReasonApprovalRequired: {
		What:  Text{"按当地政策，该救助须先经审批，本次请求未注明审批表编号。", "Local policy asks for an approval first, and the request names none."},
		Next:  Text{"请向救助对象户籍所在县级民政部门申请《同步结算申请审批表》；批准后填写审批表编号再结算。", "Apply to the civil-affairs bureau of the person's county for the approval form; once approved, settle with its number."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonApprovalUnknown: {
		What:  Text{"没有该编号的审批表。", "There is no approval with that number."},
		Next:  Text{"请按审批表原件核对编号。", "Check the number on the form itself."},
		Fixes: Cashier, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonApprovalPending: {
		What:  Text{"该审批表已提交，尚未审批。", "The approval is submitted and not decided yet."},
		Next:  Text{"请联系审批表上的签发单位；批准后用同一请求编号再次提交。", "Ask the issuer named on the form; once it approves, send the same request again."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonApprovalRefused: {
		What:  Text{"该审批表未获批准。", "The approval was refused."},
		Next:  Text{"请查看不予批准的原因；补齐材料后向签发单位提交新的审批表。", "Read why; then submit a new form to the issuer."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonApprovalRevoked: {
		What:  Text{"该审批表已被撤销。", "The approval was revoked."},
		Next:  Text{"请向签发单位了解原因；仍需救助的，重新提交审批表。", "Ask the issuer why; submit a new form where assistance is still needed."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonApprovalExpired: {
		What:  Text{"出院（就诊）日期不在该审批表的有效期内。", "The day of discharge is outside the days the approval is valid for."},
		Next:  Text{"请核对日期；确属逾期的，向签发单位重新申请。", "Check the date; where it is right, apply to the issuer anew."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonApprovalMismatch: {
		What:  Text{"该审批表不适用于本次结算：人员、医疗机构、救助方式或病种不符。", "The approval is for another person, facility, mode or class of illness."},
		Next:  Text{"请核对审批表编号和所填内容。", "Check the number and what is stated."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonApprovalUsed: {
		What:  Text{"该审批表已用于另一次结算。", "The approval is used by another settlement."},
		Next:  Text{"一份审批表只用一次；请申请新的审批表，或先冲销原结算。", "One approval is good for one settlement: apply for another, or reverse the first."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonApprovalExists: {
		What:  Text{"该编号的审批表已经提交。", "An approval with that number was submitted already."},
		Next:  Text{"请查询该审批表；新的申请请用新的编号。", "Read that one; a new form needs a new number."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonApprovalDecided: {
		What:  Text{"按该审批表的现状，不能作此操作。", "The approval's status does not allow that."},
		Next:  Text{"请查询审批表的经过。", "Read the approval's history."},
		Fixes: Bureau, Moved: MovedNo,
	},
}
