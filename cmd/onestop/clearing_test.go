package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/prometheus/client_golang/prometheus"
)

// frozenTomorrow settles a bill and freezes the day it was settled, as on the
// day after.
func frozenTomorrow(t *testing.T, s *stage) settlement.Date {
	t.Helper()
	status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", strings.NewReplacer("%", "a-bill-to-be-cleared", `"approval_number": "测审7号", `, "",
		"H36082900001", "H36082700001", "360827197003150061", "360827196207050041", "E-D6001", "E-D9001").Replace(approvedBill))
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	today := settlement.DayOf(time.Now())
	tomorrow := clearinghouse.New(clearinghouse.Config{
		Store: s.kept.house, Now: func() time.Time { return time.Now().AddDate(0, 0, 2) }, Term: 30, Observer: measure.NewClearing(prometheus.NewRegistry()),
	})
	key := func(request settlement.RequestID) clearinghouse.Key { return clearinghouse.Key{Request: request} }
	_, err := tomorrow.Open(t.Context(), clearinghouse.Opening{Key: key("open"), Period: settlement.Period{From: today.Previous(), To: today}, By: "operator/li"})
	if err == nil {
		_, err = tomorrow.Take(t.Context(), clearinghouse.Step{Key: key("freeze"), Number: 1, Act: clearing.Cut, By: "operator/li"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return today
}

var etagLine = regexp.MustCompile(`etag (\S+)`)

// A clearing's life: frozen and proposed by one, approved by another, taken out
// as a file, paid in two parts.
func TestAClearingsLife(t *testing.T) {
	s := staged(t)
	today := frozenTomorrow(t, s)
	says := func(want string, args ...string) string {
		t.Helper()
		out, err := s.told(clearingCommand(), args...)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, out, want)
		return out
	}
	out := says("proposed", "propose", "1", "--operator", "li")
	wants(t, out, "1 settlements, 0 reversals")
	etag := etagLine.FindStringSubmatch(out)[1]
	_, err := s.told(clearingCommand(), "approve", "1", "--operator", "li", "--etag", etag)
	refusedAs(t, err, exitFailed, "SAME_PERSON")
	_, err = s.told(clearingCommand(), "approve", "1", "--operator", "wang", "--etag", "another")
	refusedAs(t, err, exitFailed, "PROPOSAL_CHANGED")
	says("approved", "approve", "1", "--operator", "wang", "--etag", etag)
	_, err = s.told(clearingCommand(), "void", "1", "--operator", "li", "--cause", "有误")
	refusedAs(t, err, exitFailed, "CLEARING_STATUS")
	says("合计 total", "export", "1", "--operator", "li")
	book := filepath.Join(t.TempDir(), "list.xlsx")
	says("", "export", "1", "--format", "xlsx", "--out", book, "--operator", "li")

	shown := says("unpaid", "show", "1", "--facility", "H36082700001")
	due := regexp.MustCompile(`H36082700001 +payer/nhsa-demo\S* +(\d+)\.00`).FindStringSubmatch(shown)
	if due == nil {
		t.Fatalf("no statement of the payer in %s", shown)
	}
	bearer := regexp.MustCompile(`payer/nhsa-demo\S*`).FindString(shown)
	pay := func(reference, amount string) []string {
		return []string{"pay", "1", "--facility", "H36082700001", "--bearer", bearer, "--amount", amount, "--reference", reference,
			"--day", today.Next().String(), "--operator", "li", "--request-id", "a-payment-of-the-tests-" + reference}
	}
	for range 2 { // confirmed once, however often it is sent
		says("part_paid", pay("b-1", "1.00")...)
	}
	says("over_paid", pay("b-2", due[1]+".00")...)
	_, err = s.told(clearingCommand(), "open", today.Previous().String(), today.String(), "--operator", "li")
	refusedAs(t, err, exitFailed, "CLEARING_PERIOD")
	says("1       paid", "list")
	verifiesClearings(t, s)
}

// verifiesClearings finds nothing in the store as it is, and each breach that
// is planted in a copy.
func verifiesClearings(t *testing.T, s *stage) {
	t.Helper()
	s.stop()
	store, folder := strings.TrimPrefix(s.kept.name, "sqlite "), t.TempDir()
	if out, err := verifying(store); err != nil || !strings.Contains(out, "1 settlements, 0 findings, 1 clearings") {
		t.Errorf("%v\n%s", err, out)
	}
	for rule, statement := range map[string]string{
		"C1": `UPDATE clearing_position SET settled = settled + 1 WHERE account = 'bills'`,
		"C3": `UPDATE clearing SET period_to = period_from`,
		"C4": `DELETE FROM clearing_movement`,
		"C5": `UPDATE clearing_event SET actor = 'operator/wang'`,
	} {
		planted := filepath.Join(folder, rule+".db")
		tamper(t, store, `VACUUM INTO '`+planted+`'`)
		unlock(t, planted)
		tamper(t, planted, statement)
		if out, err := verifying(planted); exitedWith(err) != exitFailed || !strings.HasPrefix(out, rule+" ") && !strings.Contains(out, "\n"+rule+" ") {
			t.Errorf("%v, want %s in\n%s", err, rule, out)
		}
	}
}

func TestClearingCommandsRefuse(t *testing.T) {
	s := staged(t)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no number":       {[]string{"freeze", "may"}, "must be a number"},
		"none to show":    {[]string{"show", "x"}, "must be a number"},
		"none to pay":     {[]string{"pay", "x"}, "must be a number"},
		"none to export":  {[]string{"export", "x"}, "must be a number"},
		"no such form":    {[]string{"export", "1", "--format", "docx"}, "--format"},
		"no such day":     {[]string{"open", "2026-05-32", "2026-05-31", "--operator", "li"}, "from_date"},
		"never opened":    {[]string{"freeze", "9", "--operator", "li"}, "CLEARING_NOT_FOUND"},
		"one day missing": {[]string{"open", "2026-05-01"}, "accepts 2 arg"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.told(clearingCommand(), c.args...)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
	// A period that is not over is not frozen.
	today := settlement.DayOf(time.Now())
	if _, err := s.told(clearingCommand(), "open", today.String(), today.Next().String(), "--operator", "li"); err != nil {
		t.Fatal(err)
	}
	_, err := s.told(clearingCommand(), "freeze", "1", "--operator", "li")
	refusedAs(t, err, exitFailed, "CLEARING_PERIOD")
}
