package words

import "github.com/onestop-gateway/onestop/settlement"

// Reasons only the transport can give. Codes are part of the interface:
// append, never rename.
const (
	ReasonNoRoute   settlement.Reason = "NO_SUCH_PATH"
	ReasonNoMethod  settlement.Reason = "METHOD_NOT_ALLOWED"
	ReasonMediaType settlement.Reason = "UNSUPPORTED_MEDIA_TYPE"
	ReasonCancelled settlement.Reason = "REQUEST_CANCELLED"
	ReasonTimedOut  settlement.Reason = "REQUEST_TIMED_OUT"
)

// TransportReasons are the reasons only the transport can give.
var TransportReasons = []settlement.Reason{ReasonNoRoute, ReasonNoMethod, ReasonMediaType, ReasonCancelled, ReasonTimedOut}

var transportReasons = map[settlement.Reason]Entry{
	ReasonNoRoute: {
		What:  Text{"没有此接口地址。", "There is nothing at this path."},
		Next:  Text{"请信息人员核对接口地址。", "The facility's engineers check the path against /openapi.json."},
		Fixes: Facility, Moved: MovedNo,
	},
	ReasonNoMethod: {
		What:  Text{"该接口不支持此请求方法。", "This path does not take this HTTP method."},
		Next:  Text{"请信息人员核对请求方法。", "The facility's engineers check the method against /openapi.json."},
		Fixes: Facility, Moved: MovedNo,
	},
	ReasonMediaType: {
		What:  Text{"只接受 application/json，编码为 UTF-8，不压缩。", "A body is application/json in UTF-8, not compressed."},
		Next:  Text{"请信息人员更正 Content-Type。", "The facility's engineers correct Content-Type or Content-Encoding."},
		Fixes: Facility, Moved: MovedNo,
	},
	ReasonCancelled: {
		What:  Text{"请求方已中断请求；已开始的结算会继续完成。", "The caller went away; a settlement that had begun goes on."},
		Next:  again,
		Fixes: Facility, RetrySafe: true, Moved: MovedMaybe,
	},
	ReasonTimedOut: {
		What:  Text{"未能在请求时限内给出结果；已开始的结算会继续完成。", "There was no answer within the caller's time; a settlement that had begun goes on."},
		Next:  again,
		Fixes: Nobody, RetrySafe: true, Moved: MovedMaybe,
	},
}
