package statement

import (
	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
)

// What the sheet calls things.
var (
	labelTitle     = words.Text{Zh: "医疗救助同步结算单", En: "Statement of settlement with medical assistance"}
	labelPerson    = words.Text{Zh: "患者与就诊", En: "Patient and stay"}
	labelBill      = words.Text{Zh: "医疗费用", En: "Charges"}
	labelShares    = words.Text{Zh: "各方支付", En: "Who pays"}
	labelGrant     = words.Text{Zh: "关怀救助", En: "Care grant"}
	labelYear      = words.Text{Zh: "本次计入年度累计", En: "Counted towards the year by this settlement"}
	labelWorking   = words.Text{Zh: "计算过程", En: "How it was worked out"}
	labelReason    = words.Text{Zh: "说明", En: "Note"}
	labelFoot      = words.Text{Zh: "金额单位：人民币元", En: "Amounts in yuan renminbi"}
	labelSignature = words.Text{Zh: "患者（家属）签字：____________  经办人：____________", En: "Patient or family: ____________  Clerk: ____________"}

	labelFacility  = words.Text{Zh: "医药机构", En: "Facility"}
	labelName      = words.Text{Zh: "姓名", En: "Name"}
	labelNumber    = words.Text{Zh: "身份证号", En: "Identity number"}
	labelInsured   = words.Text{Zh: "人员编号", En: "Insured number"}
	labelCategory  = words.Text{Zh: "救助对象类别", En: "Category"}
	labelScheme    = words.Text{Zh: "参保类型", En: "Insurance"}
	labelMode      = words.Text{Zh: "救助方式", En: "Form of assistance"}
	labelDisease   = words.Text{Zh: "病种", En: "Disease"}
	labelStay      = words.Text{Zh: "就诊日期", En: "Stay"}
	labelDischarge = words.Text{Zh: "就诊编号", En: "Discharge number"}
	labelID        = words.Text{Zh: "结算编号", En: "Settlement"}
	labelApproval  = words.Text{Zh: "审批表编号", En: "Approval"}
	labelClosed    = words.Text{Zh: "结算时间", En: "Settled at"}
	labelPolicy    = words.Text{Zh: "适用政策", En: "Policy"}

	labelSubmitted    = words.Text{Zh: "费用总额", En: "Submitted"}
	labelSelfFunded   = words.Text{Zh: "全自费", En: "Self-funded"}
	labelFirstSelfPay = words.Text{Zh: "先行自付", En: "First self-payment"}
	labelOverLimit    = words.Text{Zh: "超限价", En: "Over the price limit"}
	labelEligible     = words.Text{Zh: "符合政策范围", En: "Eligible"}

	labelBasic    = words.Text{Zh: "基本医疗保险", En: "Basic insurance"} // of one who has none
	labelCritical = words.Text{Zh: "大病保险", En: "Critical-illness insurance"}
	labelOrdinary = words.Text{Zh: "医疗救助", En: "Medical assistance"}
	labelInclined = words.Text{Zh: "倾斜救助", En: "Inclined assistance"}
	labelFund     = words.Text{Zh: "救助资金来源", En: "Borne by"}
	labelPatient  = words.Text{Zh: "个人负担", En: "Patient pays"}
	labelTotal    = words.Text{Zh: "合计", En: "Total"}
	labelAccount  = words.Text{Zh: "其中个人账户", En: "of which from the personal account"}
	labelCash     = words.Text{Zh: "其中现金", En: "of which in cash"}
	labelToPerson = words.Text{Zh: "发给本人", En: "Paid to the person"}

	labelDeductibleMet  = words.Text{Zh: "起付线累计", En: "Deductible met"}
	labelCriticalBase   = words.Text{Zh: "大病保险合规费用", En: "Amount towards critical illness"}
	labelCriticalPaid   = words.Text{Zh: "大病保险支付", En: "Critical illness paid"}
	labelTo             = words.Text{Zh: " 至 ", En: " to "}
	labelArticleOpening = words.Text{Zh: "依据：", En: "Source: "}
	labelPrinciple      = words.Text{Zh: "规则：", En: "Rule: "}
	labelPayerSays      = words.Text{Zh: "支付方答复：", En: "The payer says: "}
	labelLimit          = words.Text{Zh: "（限额{limit}）", En: " (limit {limit})"}
	labelUsed           = words.Text{Zh: "{year}年度累计已用（截至打印时）", En: "Used in {year}, as of printing"}
)

// banner is what stands across the top where the bill is not, or no longer,
// settled; empty where it is.
func banner(state settlement.State) words.Text {
	switch state {
	case settlement.StateCommitted:
		return words.Text{}
	case settlement.StateAborted:
		return words.Text{Zh: "未结算", En: "NOT SETTLED"}
	case settlement.StateReversing:
		return words.Text{Zh: "正在冲正", En: "BEING REVERSED"}
	case settlement.StateReversed:
		return words.Text{Zh: "已冲正作废", En: "REVERSED – VOID"}
	}
	return words.Text{Zh: "未结算（尚无最终结果）", En: "NOT SETTLED (no final answer yet)"}
}
