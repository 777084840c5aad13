package document_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement"
)

const seedPolicy = `
id: c
title: A county
aliases: {five_guarantee: tekun}
versions:
- id: c/1
  effective_from: "2020-01-01"
  effective_to: null
  prior_year_income: {"2020": "30000.00"}
  payers_before: [commercial]
  payers_after: [charity]
  uninsured: {covered: true, factor: "0.50", overrides: {tekun: "1.00"}, source: u}
  provider: {unreferred: {rule: minus, points: "0.20"}, source: p}
  critical_illness:
    schemes: [ncms]
    deductible_income_rate: "0.50"
    tilt: {deductible_factor: "0.50", extra_rate: "0.05", uncapped: true}
    bands: [{up_to: "50000", rate: "0.60"}, {up_to: null, rate: "0.70"}]
    cap: "300000"
    source: ci
  inclined: {auto: true, threshold: "6000", rate: "0.60", caps: [{bucket: inclined, limit: "20000"}], source: i}
  categories:
  - id: tekun
    fund: by_residence
    ci_tilt: true
    rules:
    - {mode: inpatient, disease_class: any, deductible: {kind: per_year, income_rate: "0.10"}, ratio: {kind: marginal, bands: [{up_to: "10", rate: "0.5"}, {up_to: null, rate: "0.7"}]}, caps: [{bucket: total, limit: null}], source: r}
    - {mode: care, diseases: [uremia], amount: "1000", source: c}
`

// Whatever a file holds, it is either refused with a path, or a policy by
// which a bill can be settled and adds up.
func FuzzDecodePolicy(f *testing.F) {
	f.Add([]byte(seedPolicy))
	f.Add([]byte(strings.ReplaceAll(seedPolicy, "0.60", "1.60")))
	f.Add([]byte(`{"id": "c", "title": "t", "versions": [{"id": "c/1"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		node, err := document.Read(text)
		if err != nil {
			return
		}
		policy, err := settlement.DecodePolicy("", node)
		if err != nil {
			var problems settlement.Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("refused without saying what is wrong: %v", err)
			}
			return
		}
		for i := range policy.Versions {
			settleUnder(t, &policy.Versions[i])
		}
	})
}

// settleUnder settles one large bill for each category of a version.
func settleUnder(t *testing.T, v *settlement.Version) {
	for _, category := range v.Categories {
		for _, mode := range []settlement.Mode{settlement.Inpatient, settlement.Outpatient, settlement.Inclined} {
			claim := settlement.Claim{
				Mode: mode, DiseaseClass: settlement.Serious, Admission: v.Effective.From, Discharge: v.Effective.From,
				Bill:      settlement.Bill{Submitted: settlement.MoneyMax, Eligible: settlement.MoneyMax},
				Treatment: settlement.Treatment{Designated: true},
			}
			who := settlement.Beneficiary{Entitlements: []settlement.Entitlement{{Category: category.ID}}}
			coverage := settlement.Coverage{Scheme: settlement.SchemeNCMS, ComputeCriticalIllness: true}
			a, err := v.Adjudicate(who, claim, coverage, settlement.Accumulator{})
			if settlement.ReasonOf(err) == settlement.ReasonNoPolicyVersion {
				continue // in a year whose income of the year before nobody has published yet
			}
			if err != nil {
				t.Fatalf("%s, %s: %v", category.ID, mode, err)
			}
			if a.CriticalIllness+a.Benefit+a.PatientPays != settlement.MoneyMax || min(a.CriticalIllness, a.Benefit, a.PatientPays) < 0 {
				t.Fatalf("%s, %s: %s + %s + %s", category.ID, mode, a.CriticalIllness, a.Benefit, a.PatientPays)
			}
		}
	}
}

// What is read in pieces is what is read at once, or nothing: a wrong cut
// never reads as something else.
func FuzzPiecesReadAsTheWhole(f *testing.F) {
	for _, text := range []string{
		"a: 1\ncases:\n- x: 1\n  y: |\n    - z\n- \"q\"\nb:\n- 1\n",
		"cases: [a, {b: c}]\n# end\n", "a: 'x\n  y'\ncases:\n  - >\n    t\n   # c\n  -\n",
		`{"a": {"b": [1]}, "cases": [{"c": null}, 2.50]}`, "cases:\n- - a\n  - b\n- [c]\n", "? a\n: b\n", "a:\n- b\nc: d\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var parts []string
		var items []string
		listed := -1
		for piece, err := range document.Pieces(bytes.NewReader(text), "cases") {
			if err != nil {
				return
			}
			node, err := piece.Node()
			if err != nil {
				return
			}
			switch {
			case piece.Index != document.Whole:
				items = append(items, bare(node))
			case piece.Key == "cases":
				listed = len(parts)
				parts = append(parts, "")
			default:
				parts = append(parts, piece.Key+": "+bare(node))
			}
		}
		whole, err := document.Read(text)
		if err != nil {
			t.Fatalf("%q is refused as a whole, %v, and read in pieces", text, err)
		}
		if listed >= 0 {
			parts[listed] = "cases: " + bareList(whole, items)
		}
		if len(parts) == 0 {
			return
		}
		if got, want := "{"+strings.Join(parts, ", ")+"}", bare(whole); got != want {
			t.Errorf("in pieces %s\n    whole %s", got, want)
		}
	})
}

// bareList is how the list of cases is written: null where the whole has null.
func bareList(whole settlement.Node, items []string) string {
	if list, _ := whole.Get("cases"); list.Kind == settlement.NodeNull && len(items) == 0 {
		return "null@0"
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// bare is show without lines, which count differently for empty values.
func bare(n settlement.Node) string { return show(unlined(n)) }

func unlined(n settlement.Node) settlement.Node {
	n.Line = 0
	for i := range n.Items {
		n.Items[i] = unlined(n.Items[i])
	}
	for i := range n.Fields {
		n.Fields[i].Value = unlined(n.Fields[i].Value)
	}
	return n
}
