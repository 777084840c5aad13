package words

import "github.com/onestop-gateway/onestop/settlement"

// again is what to do where the same request may simply be repeated. Decisions
// of people have no request id.
var again = Text{"请稍后原样重新提交同一请求（如有请求编号，编号不变）。", "Send the same request again, unchanged (with the same request id, if it has one)."}

// byHand is what must not happen while money is in doubt.
var byHand = Text{"请勿手工结算，并联系运维人员。", "Do not settle by hand; call the operator."}

// lifecycleReasons are the reasons met on the way of a settlement.
var lifecycleReasons = map[settlement.Reason]Entry{
	settlement.ReasonInternal: {
		What:  Text{"系统内部错误。", "The gateway failed."},
		Next:  again.Then(Text{"如仍出现，请联系运维人员并提供请求标识。", "If it happens again, give the operator the x-request-id."}),
		Fixes: Operator, RetrySafe: true, Moved: MovedMaybe,
	},
	settlement.ReasonKeyReused: {
		What:  Text{"该请求编号已用于内容不同的请求。", "This request id was used before with other content."},
		Next:  Text{"如为另一笔业务，请使用新的请求编号；否则请按原内容提交。", "For another bill take a new request id; else send the first content again."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonRequestInFlight: {
		What:  Text{"同一请求正在处理中。", "The same request is being worked on."},
		Next:  again,
		Fixes: Nobody, RetrySafe: true, Moved: MovedMaybe,
	},
	settlement.ReasonDischargeSettled: {
		What:  Text{"该次就诊已经结算。", "This discharge is settled already."},
		Next:  Text{"请勿重复结算；可按结算编号查询或打印结算单。", "Do not settle it twice; read or print it by its id."},
		Fixes: Nobody, Moved: MovedNo,
	},
	settlement.ReasonDischargeOpen: {
		What:  Text{"该次就诊正在以另一请求编号结算。", "This discharge is being settled under another request id."},
		Next:  Text{"请等待其结束，并按结算编号查询。", "Wait for it, and look it up by its id."},
		Fixes: Nobody, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonDischargeInDoubt: {
		What:  Text{"该次就诊的前一次结算仍在向支付方撤销，或须由两名运维人员核查处理。", "An earlier attempt at this discharge is still being cancelled with the payers, or waits for two people of the operator."},
		Next:  Text{"请勿手工结算，不要收费或退费；请联系运维人员并提供结算编号，待其处理完毕后再提交。", "Do not settle by hand, nor collect or give back money. Call the operator with the settlement's id, and send again when it has ended."},
		Fixes: Operator, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonOverloaded: {
		What:  Text{"系统繁忙，未受理。", "The gateway is busy and took nothing on."},
		Next:  again,
		Fixes: Nobody, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonStoreUnavailable: {
		What:  Text{"系统暂时无法记录。", "The gateway cannot write its records at the moment."},
		Next:  again,
		Fixes: Operator, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonStaleRecord: {
		What:  Text{"记录已被另一处理更新，本次未作改动。", "The record moved on meanwhile, so nothing was changed."},
		Next:  Text{"请重新查看当前状态；如仍需办理，请重新提交。", "Read how it stands now, and send again what is still to be done."},
		Fixes: Nobody, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonUnknownPerson: {
		What:  Text{"救助对象登记中没有此人。", "The registry does not know this person."},
		Next:  Text{"请核对身份证号；如无误，请其向民政部门登记。", "Check the identity number; if it is right, the civil-affairs bureau has to register the person."},
		Fixes: Cashier, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPersonMismatch: {
		What:  Text{"姓名与登记不符。", "The name is not the registered one."},
		Next:  Text{"请核对姓名和身份证号。", "Check the name and the identity number."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonUnknownRegion: {
		What:  Text{"此人所属地区未接入。", "The person's region does not settle through this gateway."},
		Next:  Text{"请按原渠道办理。", "Use the former way of settling."},
		Fixes: Operator, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonUnknownFacility: {
		What:  Text{"没有此医药机构编码。", "This facility code is not known."},
		Next:  Text{"请信息人员核对机构编码。", "The facility's engineers check the code."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonNoPayer: {
		What:  Text{"该地区未配置此种保险的支付方。", "The region has no payer for this insurance."},
		Next:  Text{"请核对参保类型；如无误，请联系运维人员。", "Check the kind of insurance; if it is right, call the operator."},
		Fixes: Operator, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPayerRefused: {
		What:  Text{"支付方拒绝，未支付任何款项。", "The payer refused and paid nothing."},
		Next:  Text{"请按支付方的说明更正后，用新的请求编号重新结算。", "Correct what the payer names, then settle again with a new request id."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonPayerUnavailable: {
		What:  Text{"支付方暂时没有应答。", "The payer does not answer at the moment."},
		Next:  again,
		Fixes: Payer, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPayerSuspended: {
		What:  Text{"支付方近来没有应答，暂停向其发送新的结算。", "The payer has not answered of late, so nothing new is sent to it for the moment."},
		Next:  again,
		Fixes: Payer, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPayerBusy: {
		What:  Text{"发往该支付方的请求已满，未受理。", "As much as may be is being asked of this payer; nothing was taken on."},
		Next:  again,
		Fixes: Nobody, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPayerInDoubt: {
		What:  Text{"支付方没有给出明确结果，本次已撤销。", "The payer gave no clear answer, so this was cancelled with it."},
		Next:  Text{"状态为“未结算”后，请用新的请求编号重新结算。", "Once it is NOT_SETTLED, settle again with a new request id."},
		Fixes: Payer, Moved: MovedMaybe,
	},
	settlement.ReasonPayerAnswer: {
		What:  Text{"支付方的应答不能采信。", "The payer's answer cannot be relied on."},
		Next:  byHand,
		Fixes: Payer, Moved: MovedMaybe,
	},
	settlement.ReasonBillDiffers: {
		What:  Text{"支付方核定的费用与提交的费用不一致。", "The payer sees another bill than was sent."},
		Next:  Text{"请与支付方核对费用明细后重新结算。", "Compare the charges with the payer's, then settle again."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonPayerAssists: {
		What:  Text{"支付方已经支付了医疗救助。", "The payer already paid assistance of its own."},
		Next:  Text{"请联系运维人员；同一费用不能救助两次。", "Call the operator; one bill is not assisted twice."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonCriticalTwice: {
		What:  Text{"支付方已经支付了大病保险，而本地区规定由网关计算大病保险。", "The payer paid critical-illness insurance, which this region has the gateway compute."},
		Next:  Text{"请联系运维人员核对本地区的大病保险设置；同一费用不能支付两次。", "Call the operator to check how this region pays critical illness; one bill is not paid twice."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonDeadline: {
		What:  Text{"未能在规定时间内完成。", "It could not be decided in time."},
		Next:  Text{"状态为“未结算”后，请用新的请求编号重新结算。", "Once it is NOT_SETTLED, settle again with a new request id."},
		Fixes: Operator, Moved: MovedMaybe,
	},
	settlement.ReasonRestored: {
		What:  Text{"数据库从备份恢复，此后支付方的应答已遗失，本次已向支付方撤销。", "The store was restored from a backup; what the payer answered since is lost, so this was cancelled with it."},
		Next:  Text{"状态为“未结算”后，请用新的请求编号重新结算。", "Once it is NOT_SETTLED, settle again with a new request id."},
		Fixes: Operator, Moved: MovedMaybe,
	},
	settlement.ReasonReversalRefused: {
		What:  Text{"支付方拒绝冲正。", "The payer refused the reversal."},
		Next:  Text{"请按支付方的说明线下处理，并联系运维人员。", "Settle it with the payer by its own procedure, and tell the operator."},
		Fixes: Payer, Moved: MovedNo,
	},
	settlement.ReasonReversalExhausted: {
		What:  Text{"多次冲正均无结果。", "The reversal was tried as often as allowed, without an answer."},
		Next:  byHand,
		Fixes: Operator, Moved: MovedMaybe,
	},
	settlement.ReasonNotInAttention: {
		What:  Text{"这笔结算不在待人工处理之列。", "This settlement is not waiting for people."},
		Next:  Text{"请先查询其状态。", "Look up its state first."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonNotResolvable: {
		What:  Text{"这笔结算不能这样处理。", "This settlement cannot be resolved this way."},
		Next:  Text{"请选择其他处理方式。", "Choose another resolution."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonSamePerson: {
		What:  Text{"提出（提交）与复核（审批）的须是两个人。", "Whoever proposed or submitted something cannot decide on it."},
		Next:  Text{"请由另一人办理。", "Another person has to."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonProposalChanged: {
		What:  Text{"您查看之后，处理意见已有变动，未予复核。", "The proposal changed after it was read, so nothing was approved."},
		Next:  Text{"请重新查看后再复核。", "Read it again, then approve what stands there."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonQuoteNotFound: {
		What:  Text{"没有此预结算编号。", "There is no quote by this id."},
		Next:  Text{"请核对预结算编号，或重新预结算。", "Check the quote's id, or quote again."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonNoticeNotFound: {
		What:  Text{"没有此入院告知编号。", "There is no admission notice by this id."},
		Next:  Text{"请核对编号，或重新办理入院告知。", "Check the notice's id, or give notice again."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonQuoteExpired: {
		What:  Text{"预结算的保留期已过。", "The time of the quote is over."},
		Next:  Text{"请重新预结算，或不带预结算编号直接结算。", "Quote again, or settle without the quote."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonQuoteReleased: {
		What:  Text{"该预结算已释放，或已被同一就诊的新预结算取代。", "The quote was released, or replaced by a newer one of the discharge."},
		Next:  Text{"请按最新的预结算编号结算，或重新预结算。", "Settle by the newest quote, or quote again."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonQuoteSettled: {
		What:  Text{"该预结算已据以结算。", "A settlement was made by this quote already."},
		Next:  Text{"请勿重复结算；可按结算编号查询。", "Do not settle it twice; look the settlement up."},
		Fixes: Nobody, Moved: MovedNo,
	},
	settlement.ReasonQuoteMismatch: {
		What:  Text{"该预结算属于另一人、另一机构、另一次就诊或另一年度。", "The quote is of another person, facility, discharge or year."},
		Next:  Text{"请核对所指字段，或按本次就诊重新预结算。", "Check the field named, or quote this discharge anew."},
		Fixes: Cashier, Moved: MovedNo,
	},
	settlement.ReasonHoldTooLong: {
		What:  Text{"要求的保留时间超过上限。", "The quote asks to hold for longer than allowed."},
		Next:  Text{"请按所示上限缩短保留时间。", "Ask for no more than the limit named."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonUnconfirmed: {
		What:  Text{"冲正已受理，但无法证实。", "The reversal was accepted but could not be confirmed."},
		Next:  byHand,
		Fixes: Operator, Moved: MovedMaybe,
	},
}
