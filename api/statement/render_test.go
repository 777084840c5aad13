package statement

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var update = flag.Bool("update", false, "write the sheets of testdata anew")

// Whole sheets, as they are printed. After a change that is meant, write them
// anew with -update and read the difference.
func TestSheets(t *testing.T) {
	for name, of := range map[string]*lifecycle.Statement{
		"settled":     statement(t),
		"care":        statement(t, grant),
		"reversed":    statement(t, func(s *settlement.Settlement) { s.State = settlement.StateReversed }),
		"refused":     statement(t, undecided(settlement.StateAborted, settlement.ReasonPayerRefused), saying("[P500] 费用明细未上传完整")),
		"in_progress": statement(t, undecided(settlement.StateSettling, "")),
		"not_covered": statement(t, func(s *settlement.Settlement) { s.Beneficiary.Entitlements = nil }),
	} {
		for _, language := range []words.Language{words.Chinese, words.English} {
			golden(t, name+"."+string(language)+".txt", Text, of, language)
			golden(t, name+"."+string(language)+".html", HTML, of, language)
		}
	}
}

func golden(t *testing.T, file string, form func(*lifecycle.Statement, words.Language) ([]byte, error), of *lifecycle.Statement, language words.Language) {
	t.Helper()
	got, err := form(of, language)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// Chinese is what a sheet speaks where nobody says otherwise.
func TestLanguageByDefault(t *testing.T) {
	for _, form := range []func(*lifecycle.Statement, words.Language) ([]byte, error){Text, HTML} {
		got, err := form(statement(t), "")
		if err != nil {
			t.Fatal(err)
		}
		want, err := form(statement(t), words.Chinese)
		if err != nil || string(got) != string(want) {
			t.Errorf("%v, or not Chinese", err)
		}
	}
}

// The rows of who pays sum to the bill, whatever the bill and the payers.
func TestRowsSumToTheBill(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		part := func(name string) settlement.Money {
			return settlement.Money(rapid.Int64Range(0, 9_999_999).Draw(r, name))
		}
		of := statement(t, func(s *settlement.Settlement) {
			bill := settlement.Bill{SelfFunded: part("self"), FirstSelfPay: part("first"), OverLimit: part("over"), Eligible: part("eligible")}
			bill.Submitted = bill.SelfFunded + bill.FirstSelfPay + bill.OverLimit + bill.Eligible
			s.Claim.Bill = bill
			s.Legs[0].Payment.Basic = part("basic") * bill.Submitted / 40_000_000
			s.Legs[0].Payment.CriticalIllness = part("critical") * bill.Submitted / 40_000_000
			s.Coverage.Others = []settlement.Share{{Source: settlement.Charity, Amount: part("charity")}}
			s.Claim.Treatment.InArea = rapid.Bool().Draw(r, "in area")
		})
		laid, err := lay(of, words.Chinese)
		if err != nil {
			r.Fatal(err)
		}
		var sum settlement.Money
		for _, row := range laid.Sections[2].Rows {
			if row.Total {
				if yuan(row.Value) != sum || sum != of.Settlement.Claim.Bill.Submitted {
					r.Fatalf("total %s, rows %s, bill %s", row.Value, sum, of.Settlement.Claim.Bill.Submitted)
				}
				break
			}
			sum += yuan(row.Value)
		}
	})
}

// A sheet whose rows do not sum to the bill is not printed.
func TestUnbalancedSheetIsRefused(t *testing.T) {
	of := statement(t)
	of.Settlement.Adjudication.PatientPays++
	for _, form := range []func(*lifecycle.Statement, words.Language) ([]byte, error){Text, HTML} {
		if got, err := form(of, words.Chinese); settlement.KindOf(err) != settlement.KindInternal || err == nil || got != nil {
			t.Errorf("%v, %s", err, got)
		}
	}
}

// The name stands on the sheet; numbers of the person are masked.
func TestNumbersAreMasked(t *testing.T) {
	for _, form := range []func(*lifecycle.Statement, words.Language) ([]byte, error){Text, HTML} {
		got, err := form(statement(t), words.Chinese)
		if err != nil {
			t.Fatal(err)
		}
		text := string(got)
		if !strings.Contains(text, "张测试") || !strings.Contains(text, "360***********0015") || !strings.Contains(text, strings.Repeat("*", 28)+"0001") {
			t.Errorf("not as it should be:\n%s", text)
		}
		if strings.Contains(text, "195001") || strings.Contains(text, "3608270000000000") {
			t.Errorf("a number stands open:\n%s", text)
		}
	}
	for number, want := range map[settlement.Private]string{"": "", "1234567": "*******", "12345678": "123*5678", "1": "*"} {
		if got := masked(number, 3, 4); got != want {
			t.Errorf("%q: %q", number.Reveal(), got)
		}
	}
}

// Whatever names hold, HTML stays text, and a line stays a line.
func TestEverythingIsEscaped(t *testing.T) {
	hostile := `<script>alert(1)</script>"'&` + "\x1b[2J\u202e\r\n"
	of := statement(t)
	of.Settlement.State, of.Settlement.Message = settlement.StateReversed, hostile
	of.Person.Name, of.Policy, of.Facility.Name = settlement.Private(hostile), hostile, hostile
	of.Settlement.Claim.Disease, of.Settlement.Discharge = hostile, settlement.DischargeID(hostile)
	of.Settlement.Adjudication.Trace[0].Article, of.Settlement.Adjudication.Trace[1].Subject = hostile, hostile
	of.Settlement.Adjudication.Category = settlement.CategoryID(hostile)
	page, err := HTML(of, words.English)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "<script") || !strings.Contains(string(page), "&lt;script&gt;") {
		t.Errorf("%s", page)
	}
	if tags := regexp.MustCompile(`(?i)<(script|img|iframe|link|object)|\son\w+=|https?:|url\(`).FindString(string(page)); tags != "" {
		t.Errorf("%q in the page", tags)
	}
	sheet, err := Text(of, words.English)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(sheet), "\x1b\u202e\r") {
		t.Errorf("%q", sheet)
	}
}

// No line of the text sheet is wider than the paper, in either language.
func TestTextFitsThePaper(t *testing.T) {
	of := statement(t)
	of.Facility.Name = strings.Repeat("很长的医院名称", 12)
	of.Settlement.Adjudication.Trace[2].Article = strings.Repeat("a very long article ", 12) + strings.Repeat("x", 100)
	for _, language := range []words.Language{words.Chinese, words.English} {
		got, err := Text(of, language)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(got)) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns: %s", n, line)
			}
			if strings.HasSuffix(line, " \n") {
				t.Errorf("blanks at the end: %q", line)
			}
		}
	}
}
