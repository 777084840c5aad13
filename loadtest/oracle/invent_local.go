package oracle

import (
	"slices"
	"time"
)

// local invents rules most regions do not have, several at once now and then.
func (a *Author) local(v *Version, held []string) {
	if a.chance(20) {
		v.Identity = &Identity{Counts: pick(a, "any_day", "at_admission", "at_discharge"), Source: "invented"}
	}
	if a.chance(20) {
		v.Rounding = &Rounding{To: pick(a, "yuan_down", "yuan_half_up"), Source: "invented"}
	}
	for _, payer := range []string{"critical_again", "second_assistance"} {
		if a.chance(25) {
			v.Stages = append(v.Stages, a.stage(payer, held))
			v.After = slices.Insert(slices.Clone(v.After), a.r.IntN(len(v.After)+1), payer)
		}
	}
	if a.chance(25) {
		v.Lists = a.lists()
	}
	if a.chance(20) {
		v.Choice = &Choice{Between: some(a, 2, held...), Source: "invented"}
	}
	if a.chance(25) {
		v.Late = &Late{Until: pick(a, "01-31", "03-31", "12-31"), After: pick(a, "current_year", "refused"), Source: "invented"}
	}
	if a.chance(20) {
		v.CrossYear = &CrossYear{Settle: pick(a, "as_one", "split"), Source: "invented"}
		if v.CrossYear.Settle == "split" {
			v.CrossYear.Deductible = pick(a, "once", "each")
		}
	}
	if a.chance(25) {
		v.Newborns = &Newborns{Days: 1 + a.r.IntN(100), Source: "invented"}
	}
}

// stage invents a payment after assistance.
func (a *Author) stage(payer string, held []string) *Stage {
	s := &Stage{
		Payer: payer, Schemes: some(a, 1, "ncms", "resident_bmi", "employee_bmi"), Above: a.text(a.fen()),
		Bands: a.bands(100), Over: "stay", Caps: a.caps("total", payer), Source: "invented",
	}
	if a.chance(50) {
		s.Over, s.Bucket = "year", "borne_"+payer
	}
	if a.chance(40) {
		s.Categories = some(a, 1, held...)
	}
	return s
}

// lists invents lists of which some share codes and some have ended.
func (a *Author) lists() (all []*List) {
	for _, id := range some(a, 1, "a", "b", "c") {
		l := &List{ID: id, Class: pick(a, "serious", "special", "free_treatment"), From: dayAfter(a.r.IntN(200)), Source: "invented"}
		l.Codes = some(a, 1, "C00-C97", "N18", "N18.0", "E10-E14.9", "I10", "C50.1-C50.8")
		if a.chance(30) {
			until := dayAfter(300 + a.r.IntN(500))
			l.To = &until
		}
		if a.chance(50) {
			l.Modes = some(a, 1, "inpatient", "outpatient", "care")
		}
		all = append(all, l)
	}
	return all
}

// illness invents what a facility calls an illness.
func (a *Author) illness() string {
	return pick(a, "", "uremia", "leukemia", "gout", "C50", "c50.100", "C50.900x001", "C97.900", "N18", "N18001", "N18.0", "E14.9", "I10.x00x002", "J18.9")
}

// narrow splits a rule in two by the facility or by the person, or leaves one
// part of the two out.
func (a *Author) narrow(r *Rule) []*Rule {
	here, there := true, false
	pairs := [][2]*When{
		{{Levels: []string{"一级"}}, {Levels: []string{"二级", "三级"}}},
		{{InArea: &here}, {InArea: &there}},
		{{Schemes: []string{"none"}}, {Schemes: []string{"ncms", "resident_bmi", "employee_bmi"}}},
		{{Residence: "urban"}, {Residence: "rural", Levels: []string{"二级"}}},
	}
	pair := pick(a, pairs...)
	first, second := *r, *a.rule(r.Mode, r.Class)
	first.When, second.When = pair[0], pair[1]
	if a.chance(30) {
		return []*Rule{&first}
	}
	return []*Rule{&first, &second}
}

// askLocal invents what only some policies ask of a step.
func (a *Author) askLocal(s *Step, v *Version) {
	if v.Choice != nil && a.chance(70) {
		s.Choice = pick(a, v.Choice.Between...)
	} else if a.chance(1) {
		s.Choice = "dibao"
	}
	if v.Late != nil && a.chance(70) {
		s.Filed = pick(a, s.Discharge, s.Discharge[:4]+"-12-31", "2021-01-31", "2021-02-01", "2021-04-01", "2022-03-31", "2022-12-31", "2024-01-01")
	}
	if v.CrossYear != nil && s.Mode == "inpatient" && a.chance(30) {
		s.Admission, s.Discharge = "2021-01-01", dayAfter(366+a.r.IntN(20))
		s.Continued = a.chance(80)
		s.Filed = ""
	}
	if v.Newborns != nil && a.chance(60) {
		s.Newborn = &Newborn{Born: s.Admission, Registered: after(s.Admission, v.Newborns.Days+a.r.IntN(3)-1)}
	}
}

// grantByList makes every care grant one for the illnesses of a list.
func (v *Version) grantByList(id string) {
	for _, c := range v.Categories {
		for _, r := range c.Rules {
			if r.Mode == "care" {
				r.Diseases, r.List = nil, id
			}
		}
	}
}

// after is so many days after a day.
func after(day string, days int) string {
	from, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return from.AddDate(0, 0, days).Format(time.DateOnly)
}
