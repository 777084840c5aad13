package statement

import (
	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
)

// tally is the rows of who pays, with their sum.
type tally struct {
	*layout
	rows []row
	sum  settlement.Money
}

// bears adds a bearer; one who bears nothing is shown only where always is.
func (t *tally) bears(label words.Text, amount settlement.Money, always bool) {
	if amount == 0 && !always {
		return
	}
	t.rows = append(t.rows, t.amount(label, amount))
	t.sum += amount
}

// shares is who pays what of the bill, down to the patient, in the order they
// pay. The rows sum to the bill, or there is no sheet.
func (l *layout) shares() (section, error) {
	s := &l.Settlement
	adjudication := s.Adjudication
	if s.Claim.Mode == settlement.Care {
		return l.grant(), nil
	}
	t := tally{layout: l}
	t.bears(basic(s.Coverage.Scheme), s.Total().Basic, true)
	t.bears(labelCritical, adjudication.CriticalIllness, true)
	for _, share := range adjudication.Before {
		t.bears(words.Source(share.Source), share.Amount, false)
	}
	t.bears(labelOrdinary, adjudication.Ordinary, true)
	t.bears(labelInclined, adjudication.Inclined, false)
	for _, share := range adjudication.After {
		t.bears(words.Source(share.Source), share.Amount, false)
	}
	t.bears(labelPatient, adjudication.PatientPays, true)
	if t.sum != s.Claim.Bill.Submitted {
		return section{}, &settlement.Error{
			Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Object: string(s.ID),
			Value: "shares sum to " + t.sum.String(),
		}
	}
	total := l.amount(labelTotal, t.sum)
	total.Total = true
	rows := append(t.rows, total)
	rows = append(rows, l.account()...)
	return section{Title: l.say(labelShares), Amounts: true, Rows: append(rows, l.fund()...)}, nil
}

// basic is the name of the insurance that pays first.
func basic(scheme settlement.Scheme) words.Text {
	if scheme == "" || scheme == settlement.SchemeNone {
		return labelBasic
	}
	return words.Scheme(scheme)
}

// account tells apart what the patient pays from the personal account and in
// cash, where there is such an account.
func (l *layout) account() []row {
	var account settlement.Money
	for i := range l.Settlement.Legs {
		account += l.Settlement.Legs[i].Payment.PersonalAccount
	}
	if account == 0 {
		return nil
	}
	cash := l.Settlement.Adjudication.PatientPays - account
	return []row{l.amount(labelAccount, account), l.amount(labelCash, cash)}
}

// fund is the fund that bears the assistance.
func (l *layout) fund() []row {
	name := l.say(words.Fund(l.Settlement.Adjudication.Fund))
	if name == "" {
		return nil
	}
	return []row{{Label: l.say(labelFund), Value: name}}
}

// grant is a care grant, which is paid to the person and bears no bill.
func (l *layout) grant() section {
	rows := []row{l.amount(labelToPerson, l.Settlement.Adjudication.Benefit)}
	return section{Title: l.say(labelGrant), Amounts: true, Rows: append(rows, l.fund()...)}
}
