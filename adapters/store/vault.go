package store

import (
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
	"github.com/onestop-gateway/onestop/settlement/registry"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// Vault writes what tells of a person as it is kept in its column, and reads it
// from there: encrypted where there are keys, and bound to its row. The zero
// Vault has none. Rows are named as every engine names them, so that what is
// moved from one to another stays readable. Every error of reading is Internal.
type Vault struct{ *sealing.Ring }

// Columns of settlements, which their tenant and id name.
const (
	askedColumn        = "settlement.asked"
	movedColumn        = "settlement.moved"
	adjudicationColumn = "settlement.adjudication"
)

// answerColumn is sealed so that the same answer is the same bytes.
const answerColumn = "answer.body"

func settlementPlace(column string, tenant settlement.TenantID, id settlement.SettlementID) sealing.Place {
	return sealing.Place{Column: column, A: string(tenant), B: string(id)}
}

// Asked is the part of s that is fixed when it is opened.
func (v Vault) Asked(s *settlement.Settlement) []byte {
	return v.Seal(settlementPlace(askedColumn, s.Tenant, s.ID), EncodeAsked(s))
}

// Moved is the part of s that its transitions change.
func (v Vault) Moved(s *settlement.Settlement) []byte {
	return v.Seal(settlementPlace(movedColumn, s.Tenant, s.ID), EncodeMoved(s))
}

// Adjudication is that of s; nil where it has none.
func (v Vault) Adjudication(s *settlement.Settlement) []byte {
	return v.Seal(settlementPlace(adjudicationColumn, s.Tenant, s.ID), EncodeAdjudication(s.Adjudication))
}

// ReadSettlement reads into s, which has its tenant and id, what the columns
// asked, moved and adjudication hold.
func (v Vault) ReadSettlement(s *settlement.Settlement, asked, moved, adjudication []byte) error {
	text, err := v.Unseal(settlementPlace(askedColumn, s.Tenant, s.ID), asked)
	if err == nil {
		err = DecodeAsked(text, s)
	}
	if err != nil {
		return err
	}
	text, err = v.Unseal(settlementPlace(movedColumn, s.Tenant, s.ID), moved)
	if err == nil {
		err = DecodeMoved(text, s)
	}
	if err != nil {
		return err
	}
	text, err = v.Unseal(settlementPlace(adjudicationColumn, s.Tenant, s.ID), adjudication)
	if err == nil {
		s.Adjudication, err = DecodeAdjudication(text)
	}
	return err
}

func attemptPlace(id settlement.SettlementID, revision, line int64) sealing.Place {
	return sealing.Place{Column: "attempt.body", A: string(id), M: revision, N: line}
}

// Attempt is what was said to a payer or heard from one, by the write of a
// revision in a line.
func (v Vault) Attempt(id settlement.SettlementID, revision int64, line int, body []byte) []byte {
	return v.Seal(attemptPlace(id, revision, int64(line)), body)
}

// ReadAttempt reads what Attempt wrote.
func (v Vault) ReadAttempt(id settlement.SettlementID, revision int64, line int, body []byte) ([]byte, error) {
	return v.Unseal(attemptPlace(id, revision, int64(line)), body)
}

func answerPlace(key lifecycle.RequestKey) sealing.Place {
	return sealing.Place{Column: answerColumn, A: string(key.Tenant), B: string(key.Method), C: string(key.Request)}
}

// Answer is the final answer of a request. The same answer is the same bytes,
// which is how a store knows that nothing is changed by it.
func (v Vault) Answer(key lifecycle.RequestKey, body []byte) []byte {
	return v.SealAgain(answerPlace(key), body)
}

// ReadAnswer reads what Answer wrote; nil where there is none.
func (v Vault) ReadAnswer(key lifecycle.RequestKey, body []byte) ([]byte, error) {
	return v.Unseal(answerPlace(key), body)
}

func personPlace(id settlement.BeneficiaryID) sealing.Place {
	return sealing.Place{Column: "person.document", A: string(id)}
}

// Person is a whole person.
func (v Vault) Person(p *settlement.Person) []byte { return v.Seal(personPlace(p.ID), EncodePerson(p)) }

// ReadPerson reads what Person wrote.
func (v Vault) ReadPerson(id settlement.BeneficiaryID, text []byte) (settlement.Person, error) {
	return opened(v, personPlace(id), text, DecodePerson)
}

// ReadName is the name in a person's document; none without one.
func (v Vault) ReadName(id settlement.BeneficiaryID, text []byte) (settlement.Private, error) {
	if text == nil {
		return "", nil
	}
	person, err := v.ReadPerson(id, text)
	return person.Name, err
}

// Wanted are all ways in which identity numbers may stand in their column, and
// which number each is.
func (v Vault) Wanted(certificates []settlement.Private) (ways []string, of map[string]settlement.Private) {
	of = make(map[string]settlement.Private, len(certificates))
	for _, certificate := range certificates {
		for _, way := range v.Indexes(certificate) {
			ways, of[way] = append(ways, way), certificate
		}
	}
	return ways, of
}

// Named are all ways in which the identity numbers that are written may stand
// in their column, and the persons who are written.
func (v Vault) Named(writes []eligibility.Write) (ways, persons []string) {
	for i := range writes {
		p := &writes[i].Person
		persons = append(persons, string(p.ID))
		if p.Certificate != "" {
			ways = append(ways, v.Indexes(p.Certificate)...)
		}
	}
	return ways, persons
}

func changePlace(person settlement.BeneficiaryID, number int64) sealing.Place {
	return sealing.Place{Column: "person_change.document", A: string(person), N: number}
}

// Change is a row of a person's history.
func (v Vault) Change(person settlement.BeneficiaryID, number int, c *registry.Change) []byte {
	return v.Seal(changePlace(person, int64(number)), EncodeChange(c))
}

// ReadChange reads what Change wrote.
func (v Vault) ReadChange(person settlement.BeneficiaryID, number int, text []byte) (registry.Change, error) {
	return opened(v, changePlace(person, int64(number)), text, DecodeChange)
}

func reviewPlace(id registry.ReviewID) sealing.Place {
	return sealing.Place{Column: "review.document", A: string(id)}
}

// Review is a review run with its proposals.
func (v Vault) Review(r *registry.Review) []byte { return v.Seal(reviewPlace(r.ID), EncodeReview(r)) }

// ReadReview reads what Review wrote.
func (v Vault) ReadReview(id registry.ReviewID, text []byte) (registry.Review, error) {
	return opened(v, reviewPlace(id), text, DecodeReview)
}

func quotePlace(id settlement.QuoteID) sealing.Place {
	return sealing.Place{Column: "quote.document", A: string(id)}
}

// Quote is a quote as it was given.
func (v Vault) Quote(q *settlement.Quote) []byte { return v.Seal(quotePlace(q.ID), EncodeQuote(q)) }

// ReadQuote reads what Quote wrote.
func (v Vault) ReadQuote(id settlement.QuoteID, text []byte) (settlement.Quote, error) {
	return opened(v, quotePlace(id), text, DecodeQuote)
}

func noticePlace(id settlement.NoticeID) sealing.Place {
	return sealing.Place{Column: "notice.document", A: string(id)}
}

// Notice is an admission notice as it was answered.
func (v Vault) Notice(n *lifecycle.Notice) []byte { return v.Seal(noticePlace(n.ID), EncodeNotice(n)) }

// ReadNotice reads what Notice wrote.
func (v Vault) ReadNotice(id settlement.NoticeID, text []byte) (lifecycle.Notice, error) {
	return opened(v, noticePlace(id), text, DecodeNotice)
}

func matterPlace(id correction.ID) sealing.Place {
	return sealing.Place{Column: "correction.document", A: string(id)}
}

// Matter is what is proposed.
func (v Vault) Matter(id correction.ID, m *correction.Matter) []byte {
	return v.Seal(matterPlace(id), EncodeMatter(m))
}

// ReadMatter reads what Matter wrote.
func (v Vault) ReadMatter(id correction.ID, text []byte) (correction.Matter, error) {
	return opened(v, matterPlace(id), text, DecodeMatter)
}

// stayColumn is that of a line of a stay's history.
const stayColumn = "stay_event.document"

func stayPlace(id settlement.AdmissionID, no int64) sealing.Place {
	return sealing.Place{Column: stayColumn, A: string(id), N: no}
}

// StayEvent is one line of a stay's history.
func (v Vault) StayEvent(e *stay.Event) []byte {
	return v.Seal(stayPlace(e.Stay, int64(e.No)), EncodeStayEvent(e))
}

// ReadStayEvent reads what StayEvent wrote.
func (v Vault) ReadStayEvent(id settlement.AdmissionID, no int, text []byte) (stay.Event, error) {
	return opened(v, stayPlace(id, int64(no)), text, DecodeStayEvent)
}

// summaryColumn is that of a stay's summary.
const summaryColumn = "stay.summary"

func summaryPlace(id settlement.AdmissionID) sealing.Place {
	return sealing.Place{Column: summaryColumn, A: string(id)}
}

// StaySummary is a stay as it is listed.
func (v Vault) StaySummary(s *stay.Summary) []byte {
	return v.Seal(summaryPlace(s.Stay), EncodeStaySummary(s))
}

// ReadListedStay reads what StaySummary wrote, if anything, of a stay that has so
// many events now.
func (v Vault) ReadListedStay(id settlement.AdmissionID, summary []byte, kept int) (stay.Listed, error) {
	found := stay.Listed{Kept: kept}
	if found.Stay = id; summary == nil {
		return found, nil
	}
	var err error
	found.Summary, err = opened(v, summaryPlace(id), summary, DecodeStaySummary)
	return found, err
}

func findingPlace(run reconciliation.RunID, line int64) sealing.Place {
	return sealing.Place{Column: "difference.document", A: string(run), N: line}
}

// Finding is a difference without its history.
func (v Vault) Finding(f *reconciliation.Finding) []byte {
	return v.Seal(findingPlace(f.Run, int64(f.Line)), EncodeFinding(f))
}

// ReadFinding reads what Finding wrote.
func (v Vault) ReadFinding(run reconciliation.RunID, line int, text []byte) (reconciliation.Finding, error) {
	return opened(v, findingPlace(run, int64(line)), text, DecodeFinding)
}

func remarkPlace(run reconciliation.RunID, line, number int64) sealing.Place {
	return sealing.Place{Column: "remark.document", A: string(run), M: line, N: number}
}

// Remark is one line of a history.
func (v Vault) Remark(r *reconciliation.Remark) []byte {
	return v.Seal(remarkPlace(r.Run, int64(r.Line), int64(r.Number)), EncodeRemark(r))
}

// ReadRemark reads what Remark wrote.
func (v Vault) ReadRemark(run reconciliation.RunID, line, number int, text []byte) (reconciliation.Remark, error) {
	return opened(v, remarkPlace(run, int64(line), int64(number)), text, DecodeRemark)
}

// ReadKept reads a run with its end and the remark that voids it, either of
// which may be absent.
func (v Vault) ReadKept(begun, end, void []byte) (reconciliation.Kept, error) {
	r, err := DecodeRun(begun)
	if err == nil && end != nil {
		r.End = new(reconciliation.Ending)
		*r.End, err = DecodeEnding(end)
	}
	if err == nil && void != nil {
		r.Void = new(reconciliation.Remark)
		*r.Void, err = v.ReadRemark(r.ID, 0, 1, void)
	}
	return r, err
}

// opened decodes a document that is kept at a place.
func opened[T any](v Vault, at sealing.Place, kept []byte, decode func([]byte) (T, error)) (T, error) {
	text, err := v.Unseal(at, kept)
	if err != nil {
		var none T
		return none, err
	}
	return decode(text)
}
