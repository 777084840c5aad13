package words

import "github.com/onestop-gateway/onestop/settlement"

// registryReasons are the reasons a change of the register is refused. None of
// them moves money.
var registryReasons = map[settlement.Reason]Entry{
	settlement.ReasonNotInForce: {
		What:  Text{"该日期该救助类别不在享受期内（恢复时：未处于停发状态）。", "The category is not in force on that day, or, to be resumed, not suspended."},
		Next:  Text{"请查询该人员的变动记录，核对类别和日期。", "Read the person's history and check category and day."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonNotStanding: {
		What:  Text{"要更正的记录不存在，或已被更正、撤销。", "What is to be corrected is not there, or was corrected or withdrawn already."},
		Next:  Text{"请查询该人员的变动记录，更正仍有效的那一条。", "Read the person's history and correct the row that stands."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonPersonExists: {
		What:  Text{"该人员已经登记。", "The person is registered already."},
		Next:  Text{"请在原登记上记录变动，不要重复登记。", "Record a change of the person instead of registering them again."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonUnknownReview: {
		What:  Text{"没有该次复核。", "There is no such review."},
		Next:  Text{"请核对地区和季度。", "Check region and quarter."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonProposalDecided: {
		What:  Text{"该复核建议已作出相反的决定。", "The proposal was decided the other way already."},
		Next:  Text{"请查询复核结果；如需改变，请直接记录人员变动。", "Read the review; to change its outcome record a change of the person."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonNoStandard: {
		What:  Text{"该地区当日没有低保标准。", "The region has no subsistence standard on that day."},
		Next:  Text{"请在标准文件中补充带日期的标准。", "Add the dated standard to the file of standards."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
}
