package words

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Step is one line of the working in plain words, without its article. A rule
// this table does not know is named by its id, with its figures.
func Step(step settlement.Step) Text {
	text, found := steps[variant(step)]
	if !found {
		text = Text{step.Rule + ":{in} → {out}。", step.Rule + ": {in} → {out}."}
	}
	subject := subject(step)
	return Text{
		Zh: fill(text.Zh, subject.Zh, step),
		En: fill(text.En, subject.En, step),
	}
}

// fill puts a step's figures into a sentence. Every settlement's answer holds
// some dozen of them, so it writes each in one go.
func fill(sentence, subject string, step settlement.Step) string {
	var b strings.Builder
	var figure [figures]byte
	b.Grow(len(sentence) + len(subject) + figures)
	for {
		before, after, found := strings.Cut(sentence, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		var name string
		if name, sentence, found = strings.Cut(after, "}"); !found {
			return b.String() + "{" + name
		}
		switch name {
		case "subject":
			b.WriteString(subject)
		case "in":
			b.Write(step.Input.Append(figure[:0]))
		case "ratio":
			b.WriteString(step.Ratio)
		case "out":
			b.Write(step.Output.Append(figure[:0]))
		default:
			b.WriteString("{" + name + "}")
		}
	}
}

// figures is room for two amounts and a ratio.
const figures = 48

// variant is the key of a step's sentence: its rule and, where one rule says
// different things, which of them.
func variant(step settlement.Step) string {
	switch {
	case step.Rule == settlement.StepCategory && step.Subject == "":
		return step.Rule + "/none"
	case step.Rule == settlement.StepFacility && step.Ratio == "":
		return step.Rule + "/refused"
	case step.Rule == settlement.StepCritical && step.Subject == "given":
		return step.Rule + "/given"
	case step.Rule == settlement.StepBenefit && step.Subject == "":
		return step.Rule + "/none"
	case step.Rule == settlement.StepThreshold && step.Output == 0:
		return step.Rule + "/passed"
	}
	return step.Rule
}

// subject is what a step is about, by name.
func subject(step settlement.Step) Text {
	switch step.Rule {
	case settlement.StepCategory, settlement.StepBenefit, settlement.StepChoice:
		return Category(settlement.CategoryID(step.Subject))
	case settlement.StepBefore, settlement.StepAfter, settlement.StepStage:
		return Source(settlement.Source(step.Subject))
	case settlement.StepFunding:
		return Level(settlement.Level(step.Subject))
	case settlement.StepCap, settlement.StepHeld, settlement.StepInclinedCap, settlement.StepStageCap:
		return Bucket(settlement.BucketID(step.Subject))
	}
	return Same(step.Subject)
}
