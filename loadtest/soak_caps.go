package main

import (
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// limits are the annual caps of the shipped policies, read here anew from the
// files, so that a mistake in the product's reading of them would be seen.
type limits struct {
	ordinary map[rule][]limit
	inclined map[string][]limit // by version
}

// rule is where a cap of a policy stands.
type rule struct{ version, category, mode, class string }

// limit is one cap; without an amount it limits nothing.
type limit struct {
	Bucket string  `yaml:"bucket"`
	Amount *string `yaml:"limit"`
}

// anyClass is the class of a rule that is for every disease.
const anyClass = "any"

// readLimits reads the policies of a folder.
func readLimits(folder string) (*limits, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	l := &limits{ordinary: map[rule][]limit{}, inclined: map[string][]limit{}}
	for _, file := range files {
		if err := l.read(file); err != nil {
			return nil, fmt.Errorf("caps of %s: %w", filepath.Base(file), err)
		}
	}
	return l, nil
}

// read takes the caps out of one policy file and leaves the rest: whether the
// file is a sound policy is for the product to say.
func (l *limits) read(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var policy struct {
		Versions []struct {
			ID       string `yaml:"id"`
			Inclined struct {
				Caps []limit `yaml:"caps"`
			} `yaml:"inclined"`
			Categories []struct {
				ID    string `yaml:"id"`
				Rules []struct {
					Mode  string  `yaml:"mode"`
					Class string  `yaml:"disease_class"`
					Caps  []limit `yaml:"caps"`
				} `yaml:"rules"`
			} `yaml:"categories"`
		} `yaml:"versions"`
	}
	if err := yaml.Unmarshal(text, &policy); err != nil {
		return err
	}
	for _, version := range policy.Versions {
		l.inclined[version.ID] = version.Inclined.Caps
		for _, category := range version.Categories {
			for _, r := range category.Rules {
				l.ordinary[rule{version.ID, category.ID, r.Mode, r.Class}] = r.Caps
			}
		}
	}
	return nil
}

// modes and classes are the policies' words for the contract's.
var (
	modes = map[onestopv1.Mode]string{
		onestopv1.Mode_MODE_INPATIENT: "inpatient", onestopv1.Mode_MODE_OUTPATIENT: "outpatient",
	}
	classes = map[string]string{"": "general", "DISEASE_CLASS_GENERAL": "general", "DISEASE_CLASS_SERIOUS": "serious"}
)

// capsOf are the caps that an answer's ordinary assistance has to pass.
func (l *limits) capsOf(answer *onestopv1.Settlement, class string) ([]limit, bool) {
	a := answer.GetAdjudication()
	at := rule{a.GetPolicyVersion(), a.GetCategory(), modes[answer.GetMode()], classes[class]}
	caps, found := l.ordinary[at]
	if !found {
		at.class = anyClass
		caps, found = l.ordinary[at]
	}
	return caps, found
}

// account is one cap of one person in one year.
type account struct{ person, year, bucket string }

// drawn is what was paid under a cap, and the most it lets through.
type drawn struct {
	paid  settlement.Money
	limit *settlement.Money // nil: none
	times int
}

// draw adds what a standing settlement paid to the caps it counts under.
func (l *limits) draw(accounts map[account]*drawn, who *person, answer *onestopv1.Settlement) error {
	a := answer.GetAdjudication()
	year := answer.GetDischargeDate()[:len("2006")]
	ordinary, known := l.capsOf(answer, who.DiseaseClass)
	if !known && a.GetOrdinary() != zero {
		return fmt.Errorf("benefit by a rule no policy has: %s, %s", a.GetPolicyVersion(), a.GetCategory())
	}
	for _, part := range []struct {
		amount string
		caps   []limit
	}{{a.GetOrdinary(), ordinary}, {a.GetInclined(), l.inclined[a.GetPolicyVersion()]}} {
		amount, err := settlement.ParseMoney(part.amount)
		if err != nil {
			return fmt.Errorf("amount %q: %w", part.amount, err)
		}
		for _, one := range part.caps {
			if err := add(accounts, account{who.ID, year, one.Bucket}, one, amount); err != nil {
				return err
			}
		}
	}
	return nil
}

// zero is no money, as the contract writes it.
const zero = "0.00"

// add draws an amount; of several rules over one bucket the widest limits it.
func add(accounts map[account]*drawn, at account, one limit, amount settlement.Money) error {
	d := accounts[at]
	if d == nil {
		d = &drawn{}
		accounts[at] = d
	}
	if one.Amount == nil {
		d.limit = nil
	} else {
		cap, err := settlement.ParseMoney(*one.Amount)
		if err != nil {
			return fmt.Errorf("limit %q: %w", *one.Amount, err)
		}
		if d.times == 0 || d.limit != nil && cap > *d.limit {
			d.limit = &cap
		}
	}
	d.paid += amount
	d.times++
	return nil
}
