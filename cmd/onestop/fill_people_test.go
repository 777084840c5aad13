package main

import (
	"context"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// people are invented persons, each like one of those who are registered
// already: number n is made of n alone, so that none has to be remembered.
type people struct {
	models    []settlement.Person
	histories map[settlement.BeneficiaryID][]registry.Change
}

// modelsMost bounds the registered persons that others are made like.
const modelsMost = 100

// newPeople takes whom it finds in the register as models.
func newPeople(ctx context.Context, register eligibility.Store, like func(*settlement.Person) bool) (*people, error) {
	p := &people{}
	found, err := register.Persons(ctx, eligibility.Query{Limit: modelsMost})
	if err != nil {
		return nil, err
	}
	var ids []settlement.BeneficiaryID
	for i := range found {
		if like(&found[i]) {
			p.models = append(p.models, found[i])
			ids = append(ids, found[i].ID)
		}
	}
	if len(p.models) == 0 {
		return nil, fmt.Errorf("nobody is registered whom others could be like")
	}
	p.histories, err = register.Histories(ctx, ids)
	return p, err
}

// model is whom person n is like.
func (p *people) model(n int64) int { return int(n % int64(len(p.models))) }

// scattered spreads numbers as random ids are spread.
func scattered(n int64) uint64 { return uint64(n) * 0x9E3779B97F4A7C15 }

// Two persons of a region with one birthday are told apart by three digits.
const (
	bornSameDay = 900
	birthdays   = 60 * 365
)

// person is number n, from 1.
func (p *people) person(n int64) settlement.Person {
	one := p.models[p.model(n)]
	one.ID = settlement.BeneficiaryID(fmt.Sprintf("b-%016x", scattered(n)))
	one.Name = settlement.Private(fmt.Sprintf("测试%d", n))
	one.Insured = settlement.Private(fmt.Sprintf("%s%09d", one.Region, n))
	born := time.Date(1930, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n/bornSameDay)%birthdays)
	area := 360_000 + n/(bornSameDay*birthdays)
	one.Certificate = identityNumber(fmt.Sprintf("%06d%s%03d", area, born.Format("20060102"), n%bornSameDay+100))
	return one
}

// identityNumber is 17 digits with their check character, by GB 11643 in the
// form that needs no table of weights.
func identityNumber(digits string) settlement.Private {
	sum := 0
	for _, digit := range digits {
		sum = (sum + int(digit-'0')) * 2 % 11
	}
	return settlement.Private(digits + string("10X98765432"[sum]))
}

// rows are a person's rows, by table: as the register keeps their model, with
// their own name and numbers.
func (p *people) rows(n int64, into *recorder) {
	one := p.person(n)
	into.rows.add("person", string(one.ID), one.Certificate.Reveal(), store.EncodePerson(&one), string(one.Region))
	for i, change := range p.histories[p.models[p.model(n)].ID] {
		if change.Facts.Certificate != "" {
			change.Facts.Name, change.Facts.Certificate, change.Facts.Insured = one.Name, one.Certificate, one.Insured
		}
		into.turn++
		into.rows.add("person_change", string(one.ID), int64(i+1), store.EncodeChange(&change), into.turn)
	}
}

// PersonByCertificate implements lifecycle.Registry for whoever is settled for
// next.
func (f *filler) PersonByCertificate(context.Context, settlement.Private) (settlement.Person, error) {
	return f.person, nil
}

// Person implements lifecycle.Registry as PersonByCertificate does.
func (f *filler) Person(context.Context, settlement.BeneficiaryID) (settlement.Person, error) {
	return f.person, nil
}
