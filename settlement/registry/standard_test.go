package registry

import (
	"os"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement"
)

// county is the standard of the file that ships.
func county(t *testing.T) *Standard {
	t.Helper()
	text, err := os.ReadFile("../../deploy/standards/suichuan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	standards, err := DecodeStandards(doc)
	if err != nil || len(standards) != 1 {
		t.Fatal(err)
	}
	return &standards[0]
}

// The lines are 441.00 urban and 198.00 rural since the standards were raised.
func TestMarginalLines(t *testing.T) {
	standard := county(t)
	tests := []struct {
		residence settlement.Residence
		day       settlement.Date
		dibao     settlement.Money
		marginal  settlement.Money
	}{
		{settlement.Urban, 20111231, 180_00, 324_00},
		{settlement.Urban, 20120101, 245_00, 441_00},
		{settlement.Rural, 20111231, 80_00, 144_00},
		{settlement.Rural, 20120101, 110_00, 198_00},
	}
	for _, tt := range tests {
		amount, err := standard.On(tt.residence, tt.day)
		if err != nil || amount.Monthly != tt.dibao || standard.Marginal(amount) != tt.marginal {
			t.Errorf("%s %v: %v, %v, %v", tt.residence, tt.day, amount.Monthly, standard.Marginal(amount), err)
		}
	}
	if _, err := standard.On(settlement.Urban, 20071231); settlement.ReasonOf(err) != settlement.ReasonNoStandard {
		t.Errorf("before the first amount: %v", err)
	}
}

func TestStandingOfAHousehold(t *testing.T) {
	standard := county(t)
	tests := []struct {
		name   string
		survey Survey
		want   settlement.Standing
	}{
		{"at the standard", Survey{Members: 3, Income: 330_00}, settlement.WithinDibao},
		{"a fen above it for all three", Survey{Members: 3, Income: 330_01}, settlement.MarginalHousehold},
		{"at 180 %", Survey{Members: 3, Income: 594_00}, settlement.MarginalHousehold},
		{"a fen above 180 % for all three", Survey{Members: 3, Income: 594_01}, settlement.AboveMarginal},
		{"nothing", Survey{Members: 1}, settlement.WithinDibao},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := standard.Standing(tt.survey, settlement.Rural, 20120701)
			if err != nil || got != tt.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestDecodeStandardsRefuses(t *testing.T) {
	good := func() map[string]any {
		return map[string]any{
			"region": "360827", "factor": "1.80", "watch_after_quarters": "2", "end_after_quarters": "4",
			"lines":   map[string]any{"marginal": "marginal"},
			"monthly": []any{map[string]any{"residence": "urban", "from": "2012-01-01", "amount": "245.00", "source": "report"}},
		}
	}
	tests := []struct {
		name   string
		change func(map[string]any)
		says   string
	}{
		{"unknown key", func(s map[string]any) { s["country"] = "1" }, "standards[0].country"},
		{"no source", func(s map[string]any) { delete(s["monthly"].([]any)[0].(map[string]any), "source") }, "monthly[0].source"},
		{"no factor", func(s map[string]any) { delete(s, "factor") }, "standards[0].factor"},
		{"ends before it watches", func(s map[string]any) { s["end_after_quarters"] = "1" }, "end_after_quarters"},
		{"category nobody knows", func(s map[string]any) { s["lines"] = map[string]any{"rich": "dibao"} }, "lines.rich"},
		{"two amounts of a day", func(s map[string]any) { m := s["monthly"].([]any); s["monthly"] = append(m, m[0]) }, "monthly[1].from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			standard := good()
			tt.change(standard)
			_, err := DecodeStandards(node(map[string]any{"standards": []any{standard}}))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want a complaint that names %s", err, tt.says)
			}
		})
	}
	_, err := DecodeStandards(node(map[string]any{"standards": []any{good(), good()}}))
	if err == nil || !strings.Contains(err.Error(), "stands twice") {
		t.Errorf("a region twice: %v", err)
	}
}
