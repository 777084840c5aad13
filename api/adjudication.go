package api

import (
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// encodeAdjudication shows what the policy gives, with its working.
func encodeAdjudication(a *settlement.Adjudication) *onestopv1.Adjudication {
	out := &onestopv1.Adjudication{
		Outcome: outcomes.toWire(a.Outcome), Reason: string(a.Reason),
		ReasonText:    encodeText(words.Reason(a.Reason).What),
		PolicyVersion: string(a.Version), Fund: funds.toWire(a.Fund),
		CriticalIllness: a.CriticalIllness.String(), Base: a.Base.String(), Deductible: a.Deductible.String(),
		Ordinary: a.Ordinary.String(), Inclined: a.Inclined.String(), Benefit: a.Benefit.String(),
		Before: encodeShares(a.Before), After: encodeShares(a.After),
		PatientPays: a.PatientPays.String(), CapLimited: proto.Bool(a.CapLimited),
	}
	if a.Category != "" {
		out.Category, out.CategoryText = string(a.Category), encodeText(words.Category(a.Category))
	}
	for _, warning := range a.Warnings {
		out.Warnings = append(out.Warnings, string(warning))
	}
	for _, candidate := range a.Candidates {
		out.Candidates = append(out.Candidates, &onestopv1.Candidate{
			Category: string(candidate.Category), CategoryText: encodeText(words.Category(candidate.Category)),
			Benefit: candidate.Benefit.String(), Reason: string(candidate.Reason),
		})
	}
	for _, step := range a.Trace {
		out.Steps = append(out.Steps, encodeStep(step))
	}
	return out
}

func encodeStep(step settlement.Step) *onestopv1.Step {
	return &onestopv1.Step{
		Rule: step.Rule, Subject: step.Subject, Article: step.Article,
		Input: step.Input.String(), Ratio: step.Ratio, Output: step.Output.String(),
		Reason: string(step.Reason), Sentence: encodeText(words.Step(step)),
	}
}
