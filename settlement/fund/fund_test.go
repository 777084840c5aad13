package fund

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// rural is the fund of an invented county in 2012.
var rural = Key{Region: "360827", Fund: settlement.RuralFund, Year: 2012}

func budget(level settlement.Level, amount settlement.Money) Posting {
	return Posting{Key: rural, Kind: Budget, Level: level, Amount: amount, Document: "县财社〔2012〕3号", Day: 20120115}
}

func enrolment(persons int, amount settlement.Money) Posting {
	return Posting{Key: rural, Kind: Enrolment, Persons: persons, Amount: amount, Document: "县财社〔2012〕9号", Day: 20120220}
}

func TestCheckNamesTheField(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Posting)
		field  string
	}{
		{"a budget", func(*Posting) {}, ""},
		{"taken back", func(p *Posting) { p.Amount = -p.Amount }, ""},
		{"charity money", func(p *Posting) { p.Level = settlement.Charitable }, ""},
		{"region too short", func(p *Posting) { p.Key.Region = "36082" }, "region_id"},
		{"region not of digits", func(p *Posting) { p.Key.Region = "36082x" }, "region_id"},
		{"no such fund", func(p *Posting) { p.Key.Fund = "suburban" }, "fund"},
		{"year of another age", func(p *Posting) { p.Key.Year = 12 }, "year"},
		{"nothing", func(p *Posting) { p.Amount = 0 }, "amount"},
		{"more than there is", func(p *Posting) { p.Amount = amountMax + 1 }, "amount"},
		{"less than there is", func(p *Posting) { p.Amount = -amountMax - 1 }, "amount"},
		{"no document", func(p *Posting) { p.Document = "" }, "document"},
		{"document without end", func(p *Posting) { p.Document = string(make([]byte, documentMax+1)) }, "document"},
		{"day of another year", func(p *Posting) { p.Day = 20130101 }, "day"},
		{"no kind", func(p *Posting) { p.Kind = "" }, "kind"},
		{"nobody gave it", func(p *Posting) { p.Level = "" }, "level"},
		{"no such level", func(p *Posting) { p.Level = "village" }, "level"},
		{"a budget for persons", func(p *Posting) { p.Persons = 3 }, "level"},
		{"subsidies", func(p *Posting) { *p = enrolment(100, 100_000) }, ""},
		{"subsidies taken back", func(p *Posting) { *p = enrolment(-100, -100_000) }, ""},
		{"subsidies for nobody", func(p *Posting) { *p = enrolment(0, 100_000) }, "persons"},
		{"subsidies taken back from more", func(p *Posting) { *p = enrolment(100, -100_000) }, "persons"},
		{"subsidies by a level", func(p *Posting) { *p = enrolment(100, 100_000); p.Level = settlement.County }, "level"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := budget(settlement.County, 1_000_000_00)
			test.change(&p)
			err := p.Check()
			if test.field == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wrong, ok := err.(*settlement.Error)
			if !ok || wrong.Kind != settlement.KindInvalid || wrong.Field != test.field {
				t.Errorf("got %v, want field %s", err, test.field)
			}
		})
	}
}

// Whatever is posted, its entries sum to zero and move the fund by its amount.
func TestEntriesBalance(t *testing.T) {
	for _, p := range []Posting{budget(settlement.City, 5), budget(settlement.Central, -5), enrolment(2, 7), enrolment(-2, -7)} {
		entries, fund := p.Entries(), settlement.Money(0)
		for _, entry := range entries {
			if entry.Debit < 0 || entry.Credit < 0 {
				t.Errorf("%+v: negative entry %+v", p, entry)
			}
			if entry.Account == rural.Account() {
				fund += entry.Credit - entry.Debit
			}
		}
		want := p.Amount
		if p.Kind == Enrolment {
			want = -want
		}
		if !settlement.Balanced(entries) || len(entries) != 2 || fund != want {
			t.Errorf("%+v: entries %+v move the fund by %s, want %s", p, entries, fund, want)
		}
	}
}

func TestSameLooksAtWhatIsSaidOnly(t *testing.T) {
	p := budget(settlement.County, 100)
	again := p
	again.ID, again.Request, again.By, again.At = "other", "other", "other", 7
	if !p.Same(&again) {
		t.Error("the same posting by another person is not the same")
	}
	again.Amount++
	if p.Same(&again) {
		t.Error("another amount is the same")
	}
}
