package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"
)

// told runs a command against the stage and gives what it printed.
func (s *stage) told(command *cobra.Command, args ...string) (string, error) {
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetErr(io.Discard)
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetArgs(append(args, "--address", s.grpc))
	err := command.Execute()
	return out.String(), err
}

// A fund's year as the bureau sees it: a settlement draws on it, a budget and
// subsidies are posted, it warns, and the report and the public list say so.
func TestAFundsYear(t *testing.T) {
	s := staged(t)
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	out, err := s.told(fundCommand(), "show", "360827", "2026")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, out, "RAISED", "Nothing was raised", "未登记筹资")

	posting := []string{"post", "360827", "rural", "2026", "--level", "county", "--amount", "1000.00",
		"--document", "县财社〔2026〕3号", "--day", "2026-01-15", "--operator", "li", "--request-id", "a-budget-of-the-tests"}
	for range 2 { // once kept, however often it is sent
		if out, err = s.told(fundCommand(), posting...); err != nil {
			t.Fatal(err)
		}
		wants(t, out, "1000.00", "county", "县财社〔2026〕3号", "li")
	}
	changed := strings.Split(strings.Replace(strings.Join(posting, " "), "1000.00", "2000.00", 1), " ")
	_, err = s.told(fundCommand(), changed...)
	refusedAs(t, err, exitUnread, "IDEMPOTENCY_KEY_REUSED")
	if _, err = s.told(fundCommand(), "post", "360827", "rural", "2026", "--persons", "2", "--amount", "560.00",
		"--document", "县医保〔2026〕4号", "--day", "2026-02-01", "--operator", "wang"); err != nil {
		t.Fatal(err)
	}
	if out, err = s.told(fundCommand(), "postings", "360827", "rural", "2026"); err != nil || strings.Count(out, "\n") != 3 {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = s.told(fundCommand(), "show", "360827", "2026")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, out, "560.00", "超出筹集", "settling goes on")

	out, err = s.told(reportCommand(), "year", "360827", "2026", "--format", "json")
	var year struct {
		Total struct {
			Persons, Times int
			Amount         string
		}
	}
	if err != nil || json.Unmarshal([]byte(out), &year) != nil || year.Total.Persons != 1 || year.Total.Times != 1 || year.Total.Amount == "0.00" {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = s.told(reportCommand(), "disclosure", "360827", "2026")
	if err != nil || strings.Count(out, "\r\n") != 2 || strings.Contains(out, "360827196207050041") {
		t.Errorf("%v\n%s", err, out)
	}
	wants(t, out, "*", year.Total.Amount)
}

// A report goes to a new file, which a spreadsheet can read.
func TestAReportIsAFile(t *testing.T) {
	s := staged(t)
	name := filepath.Join(t.TempDir(), "report.xlsx")
	if _, err := s.told(reportCommand(), "year", "360827", "2026", "--format", "xlsx", "--out", name); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if sheets := file.GetSheetList(); len(sheets) != 2 {
		t.Errorf("sheets %v", sheets)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	_, err = s.told(reportCommand(), "year", "360827", "2026", "--out", name)
	refusedAs(t, err, exitUnread, "exists")
}

func TestFundsSayWhatIsWrong(t *testing.T) {
	s := staged(t)
	tests := []struct {
		name    string
		command *cobra.Command
		args    []string
		code    int
		says    string
	}{
		{"no such fund", fundCommand(), []string{"postings", "360827", "suburban", "2026"}, exitUnread, "urban or rural"},
		{"no year", fundCommand(), []string{"show", "360827", "this"}, exitUnread, "year"},
		{"no region", fundCommand(), []string{"show", "3608", "2026"}, exitUnread, "region_id"},
		{"no level", fundCommand(), []string{"post", "360827", "rural", "2026", "--level", "village"}, exitUnread, "--level"},
		{"nothing said", fundCommand(), []string{"post", "360827", "rural", "2026"}, exitUnread, "document"},
		{"a day of another year", fundCommand(), []string{"post", "360827", "rural", "2026", "--level", "city", "--amount", "1.00", "--document", "x", "--day", "2025-01-01", "--operator", "li"}, exitUnread, "day"},
		{"no such day", fundCommand(), []string{"post", "360827", "rural", "2026", "--level", "city", "--amount", "1.00", "--document", "x", "--day", "2026-02-30", "--operator", "li"}, exitUnread, "day"},
		{"a budget for persons", fundCommand(), []string{"post", "360827", "rural", "2026", "--level", "city", "--persons", "1", "--amount", "1.00", "--document", "x", "--day", "2026-02-03", "--operator", "li"}, exitUnread, "level"},
		{"no such report", reportCommand(), []string{"month", "360827", "2026"}, exitUnread, "month"},
		{"no such format", reportCommand(), []string{"disclosure", "360827", "2026", "--format", "pdf"}, exitUnread, "json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := s.told(test.command, test.args...)
			refusedAs(t, err, test.code, test.says)
		})
	}
}
