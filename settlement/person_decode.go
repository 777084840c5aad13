package settlement

// DecodePersons understands a list of persons for the registry, under the key
// "persons". Every problem is noted at its place; identity numbers are never
// repeated.
func DecodePersons(doc Node) ([]Person, error) {
	top := Top("", doc)
	if !top.Map("persons") {
		return nil, top.Err()
	}
	places := top.Need("persons").Items()
	persons := make([]Person, len(places))
	ids, numbers := map[BeneficiaryID]bool{}, map[Private]bool{}
	for i, place := range places {
		person := decodePerson(place)
		if ids[person.ID] {
			place.Get("id").Refuse("stands twice")
		}
		if person.Certificate != "" && numbers[person.Certificate] {
			place.Get("name").Refuse("has the identity number of another person")
		}
		ids[person.ID], numbers[person.Certificate] = true, true
		persons[i] = person
	}
	return persons, top.Err()
}

func decodePerson(p *Place) Person {
	if !p.Map("id", "name", "id_number", "region", "residence", "scheme", "insured_number", "categories") {
		return Person{}
	}
	person := Person{
		Beneficiary: Beneficiary{
			ID:        Name[BeneficiaryID](p.Need("id")),
			Region:    decodeRegion(p.Need("region")),
			Residence: Word(p.Need("residence"), Urban, Rural),
		},
		Name:        Private(p.Need("name").Text()),
		Certificate: decodeIdentity(p),
		Scheme:      Word(p.Need("scheme"), SchemeNCMS, SchemeResident, SchemeEmployee, SchemeNone),
		Insured:     Private(p.Get("insured_number").Text()),
	}
	for _, place := range p.Need("categories").Items() {
		person.Entitlements = append(person.Entitlements, decodeEntitlement(place))
	}
	return person
}

// decodeIdentity reads the identity number without letting a problem show it.
func decodeIdentity(p *Place) Private {
	field := p.Need("id_number")
	number := Private(field.Text())
	if field != nil && CheckIdentityNumber(number) != nil {
		p.Refuse("id_number is not an identity number of 18 characters with a right check character")
		return ""
	}
	return number
}

func decodeRegion(p *Place) RegionID {
	text := p.Text()
	if text != "" && (len(text) != 6 || !decimalDigits(text)) {
		p.Refuse("is not a division code of six digits")
	}
	return RegionID(text)
}

func decodeEntitlement(p *Place) Entitlement {
	if !p.Map("id", "from", "to", "document") {
		return Entitlement{}
	}
	held := Entitlement{
		Category: Word(p.Need("id"), Vocabulary...),
		Period:   Period{From: p.Need("from").Date()},
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
