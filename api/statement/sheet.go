package statement

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// sheet is a statement laid out, ready for either form.
type sheet struct {
	Language  string
	Title     string
	Banner    string // where it is not settled
	Advice    string // under the banner: what to do
	PayerSays string // under it: the payer's own words, if any
	Sections  []section
	Pays      *pays // once settled
	Reasons   []string
	Working   []line
	Note      string // heading over Reasons
	Worked    string // heading over Working
	Foot      string
	Signature string
}

// section is rows under a heading.
type section struct {
	Title   string
	Amounts bool // values are amounts, to be aligned
	Rows    []row
}

// row is one label and its value.
type row struct {
	Label, Value string
	Total        bool
}

// pays is what the patient pays, in figures and in capitals.
type pays struct {
	Label, Amount, Capitals string
}

// line is one step of the working.
type line struct {
	Sentence, Article string
}

// layout is a sheet being laid out.
type layout struct {
	*lifecycle.Statement
	language words.Language
}

func (l *layout) say(text words.Text) string { return text.In(l.language) }

// lay lays a statement out. It fails, with kind Internal, where what the
// payers and the patient pay is not the bill.
func lay(of *lifecycle.Statement, language words.Language) (*sheet, error) {
	if language == "" {
		language = words.Chinese
	}
	l := &layout{of, language}
	s := &of.Settlement
	out := &sheet{
		Language: string(language), Title: l.say(labelTitle), Banner: l.say(banner(s.State)),
		Note: l.say(labelReason), Worked: l.say(labelWorking), Foot: l.say(labelFoot), Signature: l.say(labelSignature),
		Sections: []section{l.person(), l.charges()},
	}
	if out.Banner != "" {
		out.Advice = l.say(words.Standing(s))
		if s.Message != "" {
			out.PayerSays = l.say(labelPayerSays) + s.Message
		}
	}
	if s.Adjudication == nil {
		return out, nil
	}
	shares, err := l.shares()
	if err != nil {
		return nil, err
	}
	out.Sections = append(out.Sections, shares)
	for _, section := range []section{l.year(), l.used()} {
		if len(section.Rows) > 0 {
			out.Sections = append(out.Sections, section)
		}
	}
	amount := s.Adjudication.PatientPays
	out.Pays = &pays{l.say(labelPatient), amount.String(), Capitals(amount)}
	l.explain(out)
	return out, nil
}

// person is who, where and when. The identity number is masked; the name
// stands on the person's own sheet.
func (l *layout) person() section {
	s := &l.Settlement
	var category words.Text
	var settledAt time.Time
	if s.Adjudication != nil { // an abort is closed too, but not settled
		category, settledAt = words.Category(s.Adjudication.Category), s.ClosedAt
	}
	facility := l.Facility.Name
	if l.Facility.Level != "" {
		facility += " " + l.Facility.Level
	}
	stay := s.Claim.Discharge.String()
	if s.Claim.Admission != s.Claim.Discharge {
		stay = s.Claim.Admission.String() + l.say(labelTo) + stay
	}
	return section{Title: l.say(labelPerson), Rows: l.filled([]row{
		{Label: l.say(labelFacility), Value: strings.TrimSpace(facility + " " + string(s.Facility))},
		{Label: l.say(labelName), Value: l.Person.Name.Reveal()},
		{Label: l.say(labelNumber), Value: masked(l.Person.Certificate, 3, 4)},
		{Label: l.say(labelInsured), Value: masked(s.Insured, 0, 4)},
		{Label: l.say(labelCategory), Value: l.say(category)},
		{Label: l.say(labelScheme), Value: l.say(words.Scheme(s.Coverage.Scheme))},
		{Label: l.say(labelMode), Value: l.say(words.Mode(s.Claim.Mode))},
		{Label: l.say(labelDisease), Value: s.Claim.Disease},
		{Label: l.say(labelStay), Value: stay},
		{Label: l.say(labelDischarge), Value: string(s.Discharge)},
		{Label: l.say(labelID), Value: string(s.ID)},
		{Label: l.say(labelApproval), Value: string(s.Claim.Approval)},
		{Label: l.say(labelClosed), Value: moment(settledAt)},
		{Label: l.say(labelPolicy), Value: strings.TrimSpace(l.Policy + " " + string(s.Version))},
	})}
}

// filled leaves out rows without a value.
func (l *layout) filled(rows []row) []row {
	return slices.DeleteFunc(rows, func(r row) bool { return r.Value == "" })
}

// charges is the bill in its parts; where only the total is known, that.
func (l *layout) charges() section {
	s := &l.Settlement
	bill := s.Billed().Bill
	out := section{Title: l.say(labelBill), Amounts: true}
	if s.BillStated || s.Adjudication != nil {
		out.Rows = []row{
			l.amount(labelSelfFunded, bill.SelfFunded), l.amount(labelFirstSelfPay, bill.FirstSelfPay),
			l.amount(labelOverLimit, bill.OverLimit), l.amount(labelEligible, bill.Eligible),
		}
	}
	total := l.amount(labelSubmitted, s.Claim.Bill.Submitted)
	total.Total = true
	out.Rows = append(out.Rows, total)
	return out
}

// amount is a row with an amount; its label begins with a capital letter,
// though a name in a sentence does not.
func (l *layout) amount(label words.Text, amount settlement.Money) row {
	name := []rune(l.say(label))
	name[0] = unicode.ToUpper(name[0])
	return row{Label: string(name), Value: amount.String()}
}

// year is what this settlement adds to the person's year.
func (l *layout) year() section {
	delta := l.Settlement.Adjudication.Delta
	out := section{Title: l.say(labelYear), Amounts: true}
	add := func(label words.Text, amount settlement.Money) {
		if amount != 0 {
			out.Rows = append(out.Rows, l.amount(label, amount))
		}
	}
	for _, bucket := range slices.Sorted(maps.Keys(delta.Used)) {
		add(words.Bucket(bucket), delta.Used[bucket])
	}
	add(labelDeductibleMet, delta.DeductibleMet)
	add(labelCriticalBase, delta.CriticalIllnessBase)
	add(labelCriticalPaid, delta.CriticalIllnessPaid)
	return out
}

// used is what the person has used of each annual cap when the sheet is
// printed, this settlement included, with the limit where there is one.
func (l *layout) used() section {
	title := words.Text{
		Zh: strings.ReplaceAll(labelUsed.Zh, "{year}", strconv.Itoa(l.Settlement.Year)),
		En: strings.ReplaceAll(labelUsed.En, "{year}", strconv.Itoa(l.Settlement.Year)),
	}
	out := section{Title: l.say(title), Amounts: true}
	for _, bucket := range slices.Sorted(maps.Keys(l.Used.Used)) {
		row := l.amount(words.Bucket(bucket), l.Used.Used[bucket])
		for _, cap := range l.Caps {
			if cap.Bucket == bucket && cap.Limit != nil {
				row.Label += strings.ReplaceAll(l.say(labelLimit), "{limit}", cap.Limit.String())
			}
		}
		if l.Used.Used[bucket] != 0 {
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}

// explain adds why the assistance is what it is, and its working.
func (l *layout) explain(out *sheet) {
	adjudication := l.Settlement.Adjudication
	if out.Banner == "" {
		out.Reasons = append(out.Reasons, l.say(words.Reason(adjudication.Reason).Sentence()))
	}
	for _, warning := range adjudication.Warnings {
		out.Reasons = append(out.Reasons, l.say(words.Warning(warning)))
	}
	for _, step := range adjudication.Trace {
		out.Working = append(out.Working, line{l.say(words.Step(step)), l.source(step.Article)})
	}
}

// source is where a figure comes from: the policy's own words, or, for what no
// policy says, the principle that is followed.
func (l *layout) source(article string) string {
	if article == "" {
		return ""
	}
	if principle, found := words.Principle(article); found {
		return l.say(labelPrinciple) + l.say(principle)
	}
	return l.say(labelArticleOpening) + article
}

// masked shows the first and last characters of a number and hides the rest; a
// number too short to hide anything shows nothing.
func masked(number settlement.Private, front, back int) string {
	runes := []rune(number.Reveal())
	hidden := len(runes) - front - back
	if hidden <= 0 {
		return strings.Repeat("*", len(runes))
	}
	return string(runes[:front]) + strings.Repeat("*", hidden) + string(runes[len(runes)-back:])
}

func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(settlement.China).Format("2006-01-02 15:04:05")
}
