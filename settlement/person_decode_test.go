package settlement

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// node builds a document: maps as pairs, lists as slices, text as it is.
func node(value any) Node {
	switch v := value.(type) {
	case nil:
		return Node{Kind: NodeNull}
	case string:
		return Node{Kind: NodeScalar, Text: v}
	case []any:
		n := Node{Kind: NodeList}
		for _, item := range v {
			n.Items = append(n.Items, node(item))
		}
		return n
	case map[string]any:
		n := Node{Kind: NodeMap}
		for key, item := range v {
			n.Fields = append(n.Fields, Field{key, node(item)})
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

func TestDecodePersons(t *testing.T) {
	got, err := DecodePersons(node(map[string]any{"persons": []any{registered()}}))
	if err != nil {
		t.Fatal(err)
	}
	want := []Person{{
		Beneficiary: Beneficiary{
			ID: "b-1", Region: "360827", Residence: Rural,
			Entitlements: []Entitlement{{Category: "rural_dibao", Period: Period{From: 20090101}, Document: "文号1"}},
		},
		Name: "张测试", Certificate: "360827194103120018", Scheme: SchemeNCMS, Insured: "P1",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodePersonsRefuses(t *testing.T) {
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
			_, err := DecodePersons(node(map[string]any{"persons": []any{person}}))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v, want a complaint that names %s", err, tt.says)
			}
			if strings.Contains(err.Error(), "3608271941") {
				t.Error("the complaint repeats an identity number")
			}
		})
	}
}

func TestDecodePersonsRefusesTheSameTwice(t *testing.T) {
	_, err := DecodePersons(node(map[string]any{"persons": []any{registered(), registered()}}))
	if err == nil || !strings.Contains(err.Error(), "stands twice") || !strings.Contains(err.Error(), "another person") {
		t.Errorf("got %v", err)
	}
}
