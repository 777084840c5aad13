package words

import "github.com/onestop-gateway/onestop/settlement"

// identityReasons are the reasons a caller is turned away before anything is
// done. Which credential is wrong, and how, stands in the gateway's log only.
var identityReasons = map[settlement.Reason]Entry{
	settlement.ReasonUnauthenticated: {
		What:  Text{"未提供凭证，或凭证无效、已过期。", "There are no credentials, or they are not valid or have expired."},
		Next:  Text{"请重新获取令牌（Authorization: Bearer …）；仍不成功请信息人员核对客户端证书、签发方、受众与本机时钟。", "Get a fresh token (Authorization: Bearer …); if that does not help, the facility's engineers check client certificate, issuer, audience and clock."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonRevoked: {
		What:  Text{"凭证已被吊销。", "These credentials were revoked."},
		Next:  Text{"请联系安全管理员换发证书或令牌；凭证如非本人使用，请立即报告。", "Ask the security administrator for others; if it was not you who used them, say so at once."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonLockedOut: {
		What:  Text{"来自同一处的错误凭证过多，暂停接受新凭证。", "Too many credentials from the same place were wrong; new ones are not looked at for a while."},
		Next:  Text{"请一分钟后重试，并检查令牌的来源。", "Try again in a minute, and check where the token comes from."},
		Fixes: Facility, RetrySafe: true, Moved: MovedNo,
	},
	settlement.ReasonPermissionDenied: {
		What:  Text{"没有办理此项业务的权限。", "These credentials may not do this."},
		Next:  Text{"请由有权限的人员办理。", "Somebody with the right to it has to do it."},
		Fixes: Operator, Moved: MovedNo,
	},
	settlement.ReasonOutOfScope: {
		What:  Text{"所指机构或地区不在本凭证的管辖范围内。", "The facility or region named is not in the scope of these credentials."},
		Next:  Text{"请核对机构或地区；如确需办理，请由管辖方办理。", "Check the facility or region; whoever is in charge of it has to do it."},
		Fixes: Facility, Moved: MovedNo,
	},
	settlement.ReasonNotTheCaller: {
		What:  Text{"经办人须是凭证本人，不得填写他人。", "The person who acts is the one the credentials are of, and nobody else."},
		Next:  Text{"请删去经办人，或由本人以自己的凭证办理。", "Leave the operator out, or have that person do it with their own credentials."},
		Fixes: Operator, Moved: MovedNo,
	},
}
