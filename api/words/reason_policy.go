package words

import "github.com/onestop-gateway/onestop/settlement"

// policyReasons are the reasons a policy is not published. None of them moves
// money.
var policyReasons = map[settlement.Reason]Entry{
	settlement.ReasonPublicationUnknown: {
		What:  Text{"没有该编号的政策发布申请。", "There is no publication with that id."},
		Next:  Text{"请核对编号。", "Check the id."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPublicationDecided: {
		What:  Text{"该政策发布申请已作出决定。", "The publication is decided already."},
		Next:  Text{"请查看其经过；需要变更的，另行提出。", "Read its history; propose anew what has to change."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonPoliciesFromFiles: {
		What:  Text{"本网关按配置使用文件中的政策，不能在此发布。", "This gateway's policies are its configuration's files; none can be published."},
		Next:  Text{"请由运维将 policies_from 设为 store 后重启。", "The operator sets policies_from to store and starts it again."},
		Fixes: Operator, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPolicyNotUsed: {
		What:  Text{"没有地区使用该政策。", "No region settles under that policy."},
		Next:  Text{"请核对政策编号；新地区请先由运维加入配置。", "Check the policy's id; the operator configures a new region first."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonUnknownPolicy: {
		What:  Text{"没有该编号的政策。", "There is no policy of that id."},
		Next:  Text{"请核对政策编号。", "Check the policy's id."},
		Fixes: Bureau, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPolicyUnchanged: {
		What:  Text{"所提政策与现行政策相同。", "The policy is in force already."},
		Next:  Text{"无需发布；请核对文件是否为修改后的版本。", "There is nothing to publish; check that it is the file you changed."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonVersionPublished: {
		What:  Text{"已发布的政策版本不得修改内容，已生效的不得撤下。", "A published version is not edited, nor withdrawn once it has begun."},
		Next:  Text{"请保留原版本（可改截止日期），以新编号另立版本。", "Keep it (its last day may change) and write a new version under a new id."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonWorkedCaseFailed: {
		What:  Text{"算例在所提政策下的结果与预期不符。", "A worked case comes out otherwise under the policy."},
		Next:  Text{"请核对政策数字和算例预期，改正后重新提出。", "Compare the policy's figures with what the case expects; mend and propose again."},
		Fixes: Bureau, Moved: MovedNo,
	},
	settlement.ReasonVersionWithoutCase: {
		What:  Text{"新增的政策版本没有算例覆盖。", "No worked case comes by a version that is added."},
		Next:  Text{"请为该版本补充至少一个算例。", "Add a case that is settled by it."},
		Fixes: Bureau, Moved: MovedNo,
	},
}
