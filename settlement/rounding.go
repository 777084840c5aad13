package settlement

// Rounding is how assistance comes to whole yuan where a region pays no fen.
// The fen that are not paid stay with the patient.
type Rounding struct {
	To      RoundingKind
	Article string
}

// RoundingKind is a rule of rounding to whole yuan.
type RoundingKind string

// The kinds of rounding. HalfUp never rounds beyond the amount assisted nor
// beyond what a cap has left; where it would, the fen are dropped.
const (
	RoundDown   RoundingKind = "yuan_down"
	RoundHalfUp RoundingKind = "yuan_half_up"
)

// fenPerYuan is a fact of the currency.
const fenPerYuan = 100

// whole rounds an amount of assistance to whole yuan, within most.
func (w *working) whole(kind string, amount, most Money) Money {
	rule := w.version.Rounding
	if rule == nil {
		return amount
	}
	rounded := amount - amount%fenPerYuan
	if rule.To == RoundHalfUp && amount-rounded >= fenPerYuan/2 && rounded+fenPerYuan <= most {
		rounded += fenPerYuan
	}
	w.step(Step{Rule: kind, Subject: string(rule.To), Article: rule.Article, Input: amount, Output: rounded})
	return rounded
}
