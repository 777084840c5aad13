package registry

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// node builds a document: maps as pairs, lists as slices, text as it is.
func node(value any) settlement.Node {
	switch v := value.(type) {
	case nil:
		return settlement.Node{Kind: settlement.NodeNull}
	case string:
		return settlement.Node{Kind: settlement.NodeScalar, Text: v}
	case []any:
		n := settlement.Node{Kind: settlement.NodeList}
		for _, item := range v {
			n.Items = append(n.Items, node(item))
		}
		return n
	case map[string]any:
		n := settlement.Node{Kind: settlement.NodeMap}
		for key, item := range v {
			n.Fields = append(n.Fields, settlement.Field{Key: key, Value: node(item)})
		}
		return n
	}
	panic("node of an unknown kind")
}

func registered() map[string]any {
	return map[string]any{
		"id": "b-1", "name": "张测试", "id_number": "360827194103120018", "region": "360827", "residence": "rural",
		"scheme": "ncms", "insured_number": "P1",
		"categories": []any{map[string]any{"id": "rural_dibao", "from": "2009-01-01", "to": nil, "document": "文号1"}},
	}
}

func TestDecodeDrafts(t *testing.T) {
	person := registered()
	person["household"], person["birth_date"], person["sex"] = "H-17", "1941-03-12", "male"
	person["survey"] = map[string]any{"date": "2012-03-01", "members": "3", "income": "600.00"}
	got, err := DecodeDrafts(node(map[string]any{"persons": []any{person}}))
	if err != nil {
		t.Fatal(err)
	}
	want := []Draft{{
		ID: "b-1",
		Facts: Facts{
			Name: "张测试", Certificate: "360827194103120018", Household: "H-17", Region: "360827",
			Residence: settlement.Rural, Scheme: settlement.SchemeNCMS, Insured: "P1",
		},
		Periods: []settlement.Entitlement{{Category: "rural_dibao", Period: settlement.Period{From: 20090101}, Document: "文号1"}},
		Survey:  Survey{Members: 3, Income: 600_00}, Visited: 20120301,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The old form of an identity number is the same person as its full form.
func TestDecodeDraftKnowsTheOldNumber(t *testing.T) {
	person := registered()
	person["id_number"] = "360827410312001"
	got, err := DecodeDraft("persons[7]", node(person))
	if err != nil || got.Facts.Certificate != "360827194103120018" {
		t.Errorf("%v", err)
	}
}

func TestDecodeDraftsRefuses(t *testing.T) {
	set := func(key string, value any) func(map[string]any) {
		return func(p map[string]any) { p[key] = value }
	}
	tests := []struct {
		name   string
		change func(map[string]any)
		says   string
	}{
		{"unknown key", set("phone", "1"), "persons[0].phone"},
		{"no name", func(p map[string]any) { delete(p, "name") }, "persons[0].name"},
		{"wrong check character", set("id_number", "360827194103120019"), "id_number"},
		{"birth date of somebody else", set("birth_date", "1941-03-13"), "persons[0].birth_date"},
		{"sex of somebody else", set("sex", "female"), "persons[0].sex"},
		{"survey of nobody", set("survey", map[string]any{"date": "2012-03-01", "members": "0", "income": "1"}), "persons[0].survey.members"},
		{"region of no province", set("region", "012345"), "persons[0].region"},
		{"region of five digits", set("region", "36082"), "persons[0].region"},
		{"residence", set("residence", "suburban"), "persons[0].residence"},
		{"scheme", set("scheme", "private"), "persons[0].scheme"},
		{"category nobody knows", set("categories", []any{map[string]any{"id": "rich", "from": "2009-01-01"}}), "persons[0].categories[0].id"},
		{"category without a start", set("categories", []any{map[string]any{"id": "marginal"}}), "persons[0].categories[0].from"},
		{"category that ends before it starts", set("categories", []any{map[string]any{"id": "marginal", "from": "2009-01-01", "to": "2008-12-31"}}), "persons[0].categories[0].to"},
		{"category with an unknown key", set("categories", []any{map[string]any{"id": "marginal", "from": "2009-01-01", "until": "x"}}), "persons[0].categories[0].until"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			person := registered()
			tt.change(person)
			_, err := DecodeDrafts(node(map[string]any{"persons": []any{person}}))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v, want a complaint that names %s", err, tt.says)
			}
			if strings.Contains(err.Error(), "3608271941") {
				t.Error("the complaint repeats an identity number")
			}
		})
	}
}

func TestDecodeDraftsRefusesTheSameTwice(t *testing.T) {
	_, err := DecodeDrafts(node(map[string]any{"persons": []any{registered(), registered()}}))
	if err == nil || !strings.Contains(err.Error(), "stands twice") || !strings.Contains(err.Error(), "another person") {
		t.Errorf("got %v", err)
	}
}
