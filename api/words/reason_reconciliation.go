package words

import "github.com/onestop-gateway/onestop/settlement"

// reconciliationReasons are the reasons a comparison of books, or a fix of what
// it found, is refused. None of them moves money.
var reconciliationReasons = map[settlement.Reason]Entry{
	settlement.ReasonReconciliationNotFound: {
		What:  Text{"没有该编号的对账记录或差异。", "There is no reconciliation, or no difference of one, by that name."},
		Next:  Text{"请在对账列表中核对编号和行号。", "Check the id and the line in the list of reconciliations."},
		Fixes: Operator, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonReconciliationRunning: {
		What:  Text{"相同内容的对账正在进行。", "The same is being compared already."},
		Next:  Text{"请稍候，再查看对账列表中的结果。", "Wait a little, then look for its result in the list of reconciliations."},
		Fixes: Nobody, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonReconciliationBroken: {
		What:  Text{"该次对账开始后中断，没有结果。", "The reconciliation was begun and broke off without a result."},
		Next:  Text{"请以新的请求编号重新对账。", "Reconcile anew, with a new request id."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonFixNotPossible: {
		What:  Text{"该差异目前不能这样处理：它已了结、正待另一人复核，或不适用该处理方式。", "This cannot be done about the difference as it stands: it is closed, it waits for another person, or the fix is not one for it."},
		Next:  Text{"请查看差异的当前状态和处理记录，再作决定。", "Read how the difference stands and its history, then decide."},
		Fixes: Operator, Moved: MovedNo,
	},
}
