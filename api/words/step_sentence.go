package words

import "github.com/onestop-gateway/onestop/settlement"

// steps are the sentences of the working, by variant.
var steps = map[string]Text{
	settlement.StepEligible: {
		"医疗费用总额{in}元，其中符合政策范围{out}元。",
		"Of {in} yuan charged, {out} is within policy scope.",
	},
	settlement.StepBasic: {
		"基本医疗保险就符合政策范围{in}元支付{out}元。",
		"Basic insurance pays {out} on the eligible {in}.",
	},
	settlement.StepCriticalBase: {
		"大病保险累计合规费用由{in}元增至{out}元。",
		"The amount accumulated for critical-illness insurance goes from {in} to {out}.",
	},
	settlement.StepCriticalDeductible: {
		"大病保险起付线：{in}元×{ratio}={out}元。",
		"Critical-illness deductible: {in} × {ratio} = {out}.",
	},
	settlement.StepCriticalBand: {
		"大病保险分段：{in}元×{ratio}={out}元。",
		"Critical-illness band: {in} × {ratio} = {out}.",
	},
	settlement.StepCriticalPrior: {
		"减去此前累计部分：{in}元×{ratio}={out}元。",
		"Less what was accumulated before: {in} × {ratio} = {out}.",
	},
	settlement.StepCriticalCap: {
		"大病保险年度封顶线内：{in}元→{out}元。",
		"Within the yearly cap of critical-illness insurance: {in} → {out}.",
	},
	settlement.StepCritical: {
		"按政策计算{in}元，大病保险支付{out}元。",
		"Computed from the policy at {in}, critical-illness insurance pays {out}.",
	},
	settlement.StepCritical + "/given": {
		"按保险机构给出的数额，大病保险支付{out}元。",
		"By the insurer's own figure, critical-illness insurance pays {out}.",
	},
	settlement.StepBefore: {
		"{subject}在救助前支付{out}元。",
		"Before assistance, {subject} pays {out}.",
	},
	settlement.StepCategory: {
		"按对象类别“{subject}”的规定办理。",
		"The rules for the category “{subject}” apply.",
	},
	settlement.StepCategory + "/none": {
		"就诊期间没有有效的救助对象类别。",
		"No category of assistance was in force during the stay.",
	},
	settlement.StepUninsured: {
		"未参保人员按比例计：{in}元×{ratio}={out}元。",
		"For a person without insurance: {in} × {ratio} = {out}.",
	},
	settlement.StepBase: {
		"{in}元扣除此前各方支付，救助基数为{out}元。",
		"{in} less what others paid before leaves a base of {out}.",
	},
	settlement.StepFacility: {
		"未按规定备案，各救助比例降低{ratio}。",
		"Without the required filing every ratio is reduced by {ratio}.",
	},
	settlement.StepFacility + "/refused": {
		"就诊机构不在救助范围内。",
		"Care at this facility is not covered.",
	},
	settlement.StepGrants: {
		"本年度已发放过关怀救助。",
		"A care grant was already given this year.",
	},
	settlement.StepGrant: {
		"关怀救助病种“{subject}”，年度定额{out}元。",
		"Care grant for “{subject}”: {out} for the year.",
	},
	settlement.StepDeductibleIncome: {
		"救助起付线：上年度收入{in}元×{ratio}={out}元。",
		"Deductible: prior-year income {in} × {ratio} = {out}.",
	},
	settlement.StepDeductible: {
		"救助基数{in}元中扣除起付线{out}元。",
		"Of the base of {in}, {out} is taken off as deductible.",
	},
	settlement.StepFlat: {
		"{in}元×救助比例{ratio}={out}元。",
		"{in} × reimbursement ratio {ratio} = {out}.",
	},
	settlement.StepBand: {
		"分段：{in}元×救助比例{ratio}={out}元。",
		"Band: {in} × reimbursement ratio {ratio} = {out}.",
	},
	settlement.StepSlab: {
		"全额{in}元×所在档比例{ratio}={out}元。",
		"The whole {in} × the ratio of its size {ratio} = {out}.",
	},
	settlement.StepCap: {
		"{subject}余额内：{in}元→{out}元。",
		"Within what remains of the {subject}: {in} → {out}.",
	},
	settlement.StepHeld: {
		"{subject}余额{in}元，扣除其他预结算保留的额度后余{out}元。",
		"Of {in} left of the {subject}, quotes of others leave {out}.",
	},
	settlement.StepPromise: {
		"预结算{subject}承诺救助{in}元，实际救助{out}元。",
		"Quote {subject} promised {in}; {out} is given.",
	},
	settlement.StepInclinedThreshold: {
		"救助后负担{in}元，超过倾斜救助标准{out}元。",
		"Of {in} still borne, {out} is above the threshold of inclined assistance.",
	},
	settlement.StepInclined: {
		"倾斜救助：{in}元×{ratio}={out}元。",
		"Inclined assistance: {in} × {ratio} = {out}.",
	},
	settlement.StepInclinedCap: {
		"倾斜救助在{subject}余额内：{in}元→{out}元。",
		"Inclined assistance within what remains of the {subject}: {in} → {out}.",
	},
	settlement.StepBenefit: {
		"医疗救助合计{out}元。",
		"Assistance comes to {out} in all.",
	},
	settlement.StepBenefit + "/none": {
		"本次不予救助。",
		"No assistance is paid.",
	},
	settlement.StepAfter: {
		"{subject}可支付{in}元，实际支付{out}元。",
		"Of {in} offered, {subject} pays {out} after assistance.",
	},
	settlement.StepPatient: {
		"医疗费用总额{in}元，个人负担{out}元。",
		"Of {in} yuan charged, the patient pays {out}.",
	},
	settlement.StepBaseOf: {
		"该类别对象以{out}元为救助计算起点（符合政策范围{in}元）。",
		"For this category the base starts from {out} (within policy scope: {in}).",
	},
	settlement.StepThreshold: {
		"救助基数未超过{in}元，全部由个人承担：{out}元。",
		"The base does not exceed {in}, so that all of it, {out}, is the person's.",
	},
	settlement.StepThreshold + "/passed": {
		"救助基数超过{in}元，全额纳入救助。",
		"The base exceeds {in} and is assisted whole.",
	},
	settlement.StepBandYear: {
		"本年度累计救助范围费用由{in}元增至{out}元。",
		"The amount accumulated for bands over the year goes from {in} to {out}.",
	},
	settlement.StepBandPrior: {
		"减去此前累计部分：{in}元×{ratio}={out}元。",
		"Less what was accumulated before: {in} × {ratio} = {out}.",
	},
	settlement.StepWhole: {
		"救助金额取整到元：{in}元→{out}元。",
		"Assistance in whole yuan: {in} → {out}.",
	},
	settlement.StepInclinedWhole: {
		"倾斜救助取整到元：{in}元→{out}元。",
		"Inclined assistance in whole yuan: {in} → {out}.",
	},
	settlement.StepStage: {
		"{subject}：符合政策范围{in}元中个人仍负担{out}元。",
		"For {subject}: of {in} within policy scope the person still bears {out}.",
	},
	settlement.StepStageYear: {
		"本年度累计个人负担由{in}元增至{out}元。",
		"What the person bears over the year goes from {in} to {out}.",
	},
	settlement.StepStageBand: {
		"救助后支付分段：{in}元×{ratio}={out}元。",
		"Payment after assistance, band: {in} × {ratio} = {out}.",
	},
	settlement.StepStagePrior: {
		"减去此前累计部分：{in}元×{ratio}={out}元。",
		"Less what was accumulated before: {in} × {ratio} = {out}.",
	},
	settlement.StepFunding: {
		"救助{in}元中由{subject}负担{out}元。",
		"Of the assistance of {in}, the {subject} bears {out}.",
	},
	settlement.StepStageCap: {
		"{subject}余额内：{in}元→{out}元。",
		"Within what remains of the {subject}: {in} → {out}.",
	},
	settlement.StepDisease: {
		"主要诊断在病种目录“{subject}”内。",
		"The main diagnosis is on the list “{subject}”.",
	},
	settlement.StepChoice: {
		"本人或监护人选择按“{subject}”享受救助。",
		"The person or their guardian chose the category “{subject}”.",
	},
	settlement.StepNewborn: {
		"新生儿在规定期限内登记，自出生之日起享受。",
		"The newborn was registered in time and is entitled from birth.",
	},
}
