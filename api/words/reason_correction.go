package words

import "github.com/onestop-gateway/onestop/settlement"

// correctionReasons are the reasons a correction is not made. None of them moves
// money.
var correctionReasons = map[settlement.Reason]Entry{
	settlement.ReasonSecondPerson: {
		What:  Text{"该更正须由两人办理，本次未作任何改动。", "This correction needs two people; nothing was changed."},
		Next:  Text{"请填写提出原因（propose_because）提出，由另一人查看后批准。", "Propose it with a cause (propose_because); another person reads and approves it."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonCorrectionUnknown: {
		What:  Text{"没有该编号的更正。", "There is no correction with that id."},
		Next:  Text{"请核对编号。", "Check the id."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonCorrectionDecided: {
		What:  Text{"该更正已作出决定。", "The correction is decided already."},
		Next:  Text{"请查看其经过；仍需更正的，另行提出。", "Read its history; propose anew what has to change."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonProposalExpired: {
		What:  Text{"该提议逾期未经第二人批准，已失效，未作任何改动。", "No second person approved the proposal in time: it has expired, and nothing was changed."},
		Next:  Text{"仍需办理的，请重新提出（如有请求编号，须用新的），由另一人在期限内批准。", "If it is still wanted, propose it again, under a new request id if it has one, and have another person approve it in time."},
		Fixes: Bureau, Moved: MovedNo,
	},
}
