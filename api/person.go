package api

import (
	"context"
	"strings"
	"unicode/utf8"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

var residences = pairing[onestopv1.Residence, settlement.Residence]{
	{onestopv1.Residence_RESIDENCE_URBAN, settlement.Urban},
	{onestopv1.Residence_RESIDENCE_RURAL, settlement.Rural},
}

var personActions = pairing[onestopv1.PersonAction, registry.Action]{
	{onestopv1.PersonAction_PERSON_ACTION_REGISTERED, registry.Registered},
	{onestopv1.PersonAction_PERSON_ACTION_GRANTED, registry.Granted},
	{onestopv1.PersonAction_PERSON_ACTION_SUSPENDED, registry.Suspended},
	{onestopv1.PersonAction_PERSON_ACTION_RESUMED, registry.Resumed},
	{onestopv1.PersonAction_PERSON_ACTION_ENDED, registry.Ended},
	{onestopv1.PersonAction_PERSON_ACTION_DIED, registry.Died},
	{onestopv1.PersonAction_PERSON_ACTION_WATCHED, registry.Watched},
	{onestopv1.PersonAction_PERSON_ACTION_RELEASED, registry.Released},
	{onestopv1.PersonAction_PERSON_ACTION_SURVEYED, registry.Surveyed},
	{onestopv1.PersonAction_PERSON_ACTION_SCHEME_CHANGED, registry.SchemeChanged},
	{onestopv1.PersonAction_PERSON_ACTION_MOVED, registry.Moved},
	{onestopv1.PersonAction_PERSON_ACTION_WITHDRAWN, registry.Withdrawn},
}

var changeCauses = pairing[onestopv1.ChangeCause, registry.Cause]{
	{onestopv1.ChangeCause_CHANGE_CAUSE_APPLIED, registry.CauseApplied},
	{onestopv1.ChangeCause_CHANGE_CAUSE_REVIEW, registry.CauseReview},
	{onestopv1.ChangeCause_CHANGE_CAUSE_INCOME_IMPROVED, registry.CauseIncome},
	{onestopv1.ChangeCause_CHANGE_CAUSE_DEATH, registry.CauseDeath},
	{onestopv1.ChangeCause_CHANGE_CAUSE_MOVED, registry.CauseMoved},
	{onestopv1.ChangeCause_CHANGE_CAUSE_SCHEME_GONE, registry.CauseNoScheme},
	{onestopv1.ChangeCause_CHANGE_CAUSE_NOT_SURVEYED, registry.CauseUnsurveyed},
	{onestopv1.ChangeCause_CHANGE_CAUSE_MISTAKE, registry.CauseMistake},
	{onestopv1.ChangeCause_CHANGE_CAUSE_OTHER, registry.CauseOther},
}

// dayIfAny reads a day that may be left out.
func (d *decoder) dayIfAny(field, text string) settlement.Date {
	if text == "" {
		return 0
	}
	return d.date(field, text)
}

// certificate reads an identity number that may be left out.
func (d *decoder) certificate(text string) settlement.Private {
	if text == "" {
		return ""
	}
	number, err := settlement.ParseIdentityNumber(settlement.Private(text))
	d.note("id_number", err)
	return number
}

func decodeEnrolment(ctx context.Context, in *onestopv1.CreatePersonRequest) (eligibility.Enrolment, error) {
	var d decoder
	ask := eligibility.Enrolment{
		Key: eligibility.Key{Tenant: keyTenantOf(ctx), Request: settlement.RequestID(in.GetRequestId())},
		By:  operatorOf(in.GetOperator()),
		Draft: registry.Draft{ID: settlement.BeneficiaryID(in.GetPersonId()), Facts: registry.Facts{
			Name: settlement.Private(in.GetName()), Certificate: d.certificate(in.GetIdNumber()), Household: in.GetHousehold(),
			Region: settlement.RegionID(in.GetRegion()), Residence: residences.toWord(in.GetResidence()),
			Scheme: schemes.toWord(in.GetScheme()), Insured: settlement.Private(in.GetInsuredNumber()),
		}},
	}
	for _, c := range in.GetCategories() {
		ask.Draft.Periods = append(ask.Draft.Periods, settlement.Entitlement{
			Category: settlement.CategoryID(c.GetCategory()), Document: c.GetDocument(),
			Period: settlement.Period{From: d.date("categories.from_date", c.GetFromDate()), To: d.dayIfAny("categories.to_date", c.GetToDate())},
		})
	}
	return ask, d.err()
}

func decodeNotice(ctx context.Context, in *onestopv1.RecordPersonChangeRequest) (eligibility.Notice, error) {
	var d decoder
	ask := eligibility.Notice{
		Key:    eligibility.Key{Tenant: keyTenantOf(ctx), Request: settlement.RequestID(in.GetRequestId())},
		Person: settlement.BeneficiaryID(in.GetId()),
		Change: registry.Change{
			Corrects: int(in.GetCorrects()), Action: personActions.toWord(in.GetAction()),
			Effective: d.date("effective_date", in.GetEffectiveDate()), By: operatorOf(in.GetOperator()),
			Document: in.GetDocument(), Cause: changeCauses.toWord(in.GetCause()),
			Category: settlement.CategoryID(in.GetCategory()), Until: d.dayIfAny("until_date", in.GetUntilDate()),
			Facts: registry.Facts{
				Name: settlement.Private(in.GetName()), Certificate: d.certificate(in.GetIdNumber()), Household: in.GetHousehold(),
				Region: settlement.RegionID(in.GetRegion()), Residence: residences.toWord(in.GetResidence()),
				Scheme: schemes.toWord(in.GetScheme()), Insured: settlement.Private(in.GetInsuredNumber()),
			},
		},
	}
	if survey := in.GetSurvey(); survey != nil {
		ask.Change.Survey = registry.Survey{Members: int(survey.GetMembers()), Income: d.money("survey.income", survey.GetIncome())}
	}
	return ask, d.err()
}

// masked shows the first of a text and hides how much follows.
func masked(text string, shown int) string {
	for i := range text {
		if utf8.RuneCountInString(text[:i]) == shown {
			return text[:i] + "**"
		}
	}
	return strings.Repeat("*", min(len(text), 2))
}

// maskedNumber shows the division code and the last character.
func maskedNumber(number settlement.Private) string {
	text := number.Reveal()
	if len(text) != 18 {
		return number.String()
	}
	return text[:6] + "***********" + text[17:]
}

// encodePerson shows a state without naming the person.
func encodePerson(s *registry.State) *onestopv1.Person {
	p := &s.Person
	out := &onestopv1.Person{
		Id: string(p.ID), MaskedName: masked(p.Name.Reveal(), 1), MaskedIdNumber: maskedNumber(p.Certificate), Household: s.Household,
		Region: string(p.Region), Residence: residences.toWire(p.Residence), Scheme: schemes.toWire(p.Scheme),
		WatchDate: s.Watched.String(), DeathDate: s.Died.String(),
	}
	for _, e := range p.Entitlements {
		out.Categories = append(out.Categories, &onestopv1.CategoryPeriod{
			Category: string(e.Category), FromDate: e.Period.From.String(), ToDate: e.Period.To.String(), Document: e.Document,
		})
	}
	if s.Surveyed != 0 {
		out.Survey = encodeSurvey(s.Survey, s.Surveyed)
	}
	return out
}

func encodeSurvey(survey registry.Survey, day settlement.Date) *onestopv1.Survey {
	return &onestopv1.Survey{SurveyDate: day.String(), Members: int32(survey.Members), Income: survey.Income.String()}
}

func encodePersons(persons []settlement.Person, next settlement.BeneficiaryID, key string) *onestopv1.ListPersonsResponse {
	out := &onestopv1.ListPersonsResponse{}
	for i := range persons {
		out.Persons = append(out.Persons, encodePerson(&registry.State{Person: persons[i]}))
	}
	if next != "" {
		out.NextPageToken = pageToken(lifecycle.Mark{ID: settlement.SettlementID(next)}, key)
	}
	return out
}

func encodeChanges(rows []registry.Change) []*onestopv1.PersonChange {
	var out []*onestopv1.PersonChange
	for i := range rows {
		c := &rows[i]
		row := &onestopv1.PersonChange{
			Number: int32(c.Number), Corrects: int32(c.Corrects), Action: personActions.toWire(c.Action),
			EffectiveDate: c.Effective.String(), RecordTime: encodeTime(c.Recorded), Operator: operatorID(c.By),
			Document: c.Document, Cause: changeCauses.toWire(c.Cause), Category: string(c.Category), UntilDate: c.Until.String(),
			Region: string(c.Facts.Region), Residence: residences.toWire(c.Facts.Residence), Scheme: schemes.toWire(c.Facts.Scheme),
		}
		if c.Action == registry.Surveyed {
			row.Survey = encodeSurvey(c.Survey, c.Effective)
		}
		out = append(out, row)
	}
	return out
}

// encodeRecorded shows what a verb recorded, if it did not fail.
func encodeRecorded(ctx context.Context, r *eligibility.Recorded, err error) (*onestopv1.RecordPersonChangeResponse, error) {
	if err != nil {
		return nil, ofRegister(err)
	}
	out := &onestopv1.RecordPersonChangeResponse{Changes: encodeChanges(r.Changes)}
	if len(r.Changes) > 0 {
		out.Person = encodePerson(&r.State)
	}
	for _, id := range r.Touched {
		out.SettlementIds = append(out.SettlementIds, string(id))
	}
	if r.Replayed {
		return out, replayed(ctx)
	}
	return out, nil
}

// encodeReview shows a run, if the verb did not fail.
func encodeReview(r eligibility.Reviewed, err error) (*onestopv1.Review, error) {
	if err != nil {
		return nil, ofRegister(err)
	}
	run := &r.Review
	out := &onestopv1.Review{
		Id: string(run.ID), Operator: operatorID(run.By), CreateTime: encodeTime(run.At),
		Due: int32(run.Due), Households: int32(run.Households), Kept: int32(run.Kept),
	}
	decisions := map[int]*onestopv1.ReviewDecision{}
	for _, d := range r.Decisions {
		decisions[d.Line] = &onestopv1.ReviewDecision{Confirmed: d.Confirmed, Operator: operatorID(d.By), DecideTime: encodeTime(d.At)}
	}
	for _, p := range run.Proposals {
		out.Proposals = append(out.Proposals, &onestopv1.ReviewProposal{
			Line: int32(p.Line), PersonId: string(p.Person), Action: personActions.toWire(p.Action), Category: string(p.Category),
			EffectiveDate: p.Effective.String(), Cause: changeCauses.toWire(p.Cause), Decision: decisions[p.Line],
		})
	}
	return out, nil
}

func encodeStandards(standards []registry.Standard) *onestopv1.ListStandardsResponse {
	out := &onestopv1.ListStandardsResponse{}
	for i := range standards {
		s := &standards[i]
		one := &onestopv1.Standard{Region: string(s.Region), MarginalFactor: s.Factor.String()}
		for _, amount := range s.Monthly {
			one.Amounts = append(one.Amounts, &onestopv1.StandardAmount{
				Residence: residences.toWire(amount.Residence), FromDate: amount.From.String(),
				Monthly: amount.Monthly.String(), MarginalLine: s.Marginal(amount).String(), Source: amount.Source,
			})
		}
		out.Standards = append(out.Standards, one)
	}
	return out
}
