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
	out.Steps = encodeSteps(a.Trace)
	return out
}

// encodeSteps shows the working. A trace has some twenty steps, which live and die
// together: they share their room.
func encodeSteps(trace []settlement.Step) []*onestopv1.Step {
	if len(trace) == 0 {
		return nil
	}
	steps, sentences := make([]onestopv1.Step, len(trace)), make([]onestopv1.Text, len(trace))
	out := make([]*onestopv1.Step, len(trace))
	for i, step := range trace {
		said := words.Step(step)
		sentences[i].Zh, sentences[i].En = said.Zh, said.En
		out[i] = &steps[i]
		out[i].Rule, out[i].Subject, out[i].Article = step.Rule, step.Subject, step.Article
		out[i].Input, out[i].Ratio, out[i].Output = step.Input.String(), step.Ratio, step.Output.String()
		out[i].Reason, out[i].Sentence = string(step.Reason), &sentences[i]
	}
	return out
}
