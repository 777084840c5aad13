package registry

import (
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
)

// DecodeDraft understands one person of a document or of a row of a sheet,
// read at a path of the document. Every problem is noted at its place;
// identity numbers are never repeated.
func DecodeDraft(path string, node settlement.Node) (Draft, error) {
	top := settlement.Top(path, node)
	draft := decodeDraft(top)
	return draft, top.Err()
}

// DecodeDrafts understands a list of persons under the key "persons", none of
// them twice.
func DecodeDrafts(doc settlement.Node) ([]Draft, error) {
	top := settlement.Top("", doc)
	if !top.Map("persons") {
		return nil, top.Err()
	}
	places := top.Need("persons").Items()
	drafts := make([]Draft, len(places))
	ids, numbers := map[settlement.BeneficiaryID]bool{}, map[settlement.Private]bool{}
	for i, place := range places {
		draft := decodeDraft(place)
		if ids[draft.ID] {
			place.Get("id").Refuse("stands twice")
		}
		certificate := draft.Facts.Certificate
		if certificate != "" && numbers[certificate] {
			place.Get("name").Refuse("has the identity number of another person")
		}
		ids[draft.ID], numbers[certificate] = true, true
		drafts[i] = draft
	}
	return drafts, top.Err()
}

func decodeDraft(p *settlement.Place) Draft {
	if !p.Map("id", "name", "id_number", "birth_date", "sex", "household", "region", "residence", "scheme",
		"insured_number", "categories", "survey") {
		return Draft{}
	}
	draft := Draft{
		ID: settlement.Name[settlement.BeneficiaryID](p.Need("id")),
		Facts: Facts{
			Name:        settlement.Private(p.Need("name").Text()),
			Certificate: decodeIdentity(p),
			Household:   settlement.Name[string](p.Get("household")),
			Region:      decodeRegion(p.Need("region")),
			Residence:   settlement.Word(p.Need("residence"), settlement.Urban, settlement.Rural),
			Scheme:      settlement.Word(p.Need("scheme"), schemes...),
			Insured:     settlement.Private(p.Get("insured_number").Text()),
		},
	}
	if categories := p.Get("categories"); categories != nil {
		for _, place := range categories.Items() {
			draft.Periods = append(draft.Periods, decodePeriod(place))
		}
	}
	if survey := p.Get("survey"); survey.Map("date", "members", "income") {
		draft.Visited = survey.Need("date").Date()
		draft.Survey = Survey{Members: survey.Need("members").Count(), Income: survey.Need("income").Amount()}
		if draft.Survey.Members < 1 || draft.Survey.Members > membersMost {
			survey.Get("members").Refuse("must be 1 to %d", membersMost)
		}
	}
	return draft
}

// decodeIdentity reads the identity number, in either form, without letting a
// problem show it, and holds birth date and sex against it where they are
// given.
func decodeIdentity(p *settlement.Place) settlement.Private {
	field := p.Need("id_number")
	if field == nil {
		return ""
	}
	number, err := settlement.ParseIdentityNumber(settlement.Private(field.Text()))
	if err != nil {
		p.RefuseAt("id_number", "is not an identity number of 18 characters with a right check character, nor one of 15 digits")
		return ""
	}
	born, sex, err := settlement.IdentityFacts(number)
	if err != nil {
		p.RefuseAt("id_number", fmt.Sprint(err))
		return ""
	}
	if place := p.Get("birth_date"); !place.Null() && place.Date() != born {
		p.RefuseAt("birth_date", "is not the day of birth that id_number carries")
	}
	if place := p.Get("sex"); !place.Null() && settlement.Word(place, settlement.Male, settlement.Female) != sex {
		p.RefuseAt("sex", "is not the sex that id_number carries")
	}
	return number
}

func decodeRegion(p *settlement.Place) settlement.RegionID {
	text := p.Text()
	if text != "" && !divisionCode(text) {
		p.Refuse("is not a division code of six digits")
	}
	return settlement.RegionID(text)
}

func decodePeriod(p *settlement.Place) settlement.Entitlement {
	if !p.Map("id", "from", "to", "document") {
		return settlement.Entitlement{}
	}
	held := settlement.Entitlement{
		Category: settlement.Word(p.Need("id"), settlement.Vocabulary...),
		Period:   settlement.Period{From: p.Need("from").Date()},
		Document: p.Get("document").Text(),
	}
	if to := p.Get("to"); !to.Null() {
		held.Period.To = to.Date()
		if held.Period.To < held.Period.From {
			to.Refuse("is before from")
		}
	}
	return held
}
