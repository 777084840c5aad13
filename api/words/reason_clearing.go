package words

import "github.com/onestop-gateway/onestop/settlement"

// clearingReasons are the reasons a step of a clearing is refused. None of them
// moves money.
var clearingReasons = map[settlement.Reason]Entry{
	settlement.ReasonClearingUnknown: {
		What:  Text{"没有该编号的清算。", "There is no clearing with that number."},
		Next:  Text{"请在清算列表中核对编号。", "Check the number in the list of clearings."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonClearingStatus: {
		What:  Text{"按该清算的现状，不能作此操作。", "The clearing's status does not allow that."},
		Next:  Text{"请查询清算的经过；已批准的清算不能作废。", "Read the clearing's history; one that is approved cannot be voided."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonClearingOpen: {
		What:  Text{"上一期清算尚未锁定。", "The clearing before is not frozen yet."},
		Next:  Text{"请先锁定或作废上一期，再开新的一期。", "Freeze or void that one, then open the next."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonClearingPeriod: {
		What:  Text{"清算期间不与上一期相接，或者尚未结束。", "The period does not follow the one before, or is not over yet."},
		Next:  Text{"期间须从上一期结束的次日开始；期满后再锁定。", "A period begins on the day after the last one's end; freeze it when it is over."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonStatementUnknown: {
		What:  Text{"该清算中没有这家机构与这个付款方的结算单。", "The clearing has no statement of that facility and bearer."},
		Next:  Text{"请按清算单核对机构和付款方。", "Check the facility and the bearer on the clearing."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonPaymentExists: {
		What:  Text{"该结算单已登记过同一银行流水号的付款。", "A payment with that bank reference is kept for the statement already."},
		Next:  Text{"请核对流水号；同一笔付款只登记一次。", "Check the reference; a payment is confirmed once."},
		Fixes: Bureau, Moved: MovedNo,
	},
}
