package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// adjustedByTwo settles, has a list compared in which the payer bears 30.00
// less, and posts that. It gives the run, its line and the payer's list.
func adjustedByTwo(t *testing.T, s *stage) (run, line string, rows []string) {
	t.Helper()
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	rows = table200(t, filepath.Join(s.folder, "nhsa-demo.book"))
	last := len(rows) - 1
	fields := strings.Split(rows[last], "\t")
	fund, err := settlement.ParseMoney(fields[4])
	if err != nil {
		t.Fatal(err)
	}
	fields[4] = (fund - 30_00).String()
	rows[last] = strings.Join(fields, "\t")
	out, err := s.reconciles(append([]string{"run", listed(t, rows), "--operator", "li"}, ever...)...)
	if exitedWith(err) != exitFailed {
		t.Fatalf("%v\n%s", err, out)
	}
	wants(t, out, "1 differ, amount_differs 1")
	run, line = runNamed.FindStringSubmatch(out)[1], "1"
	_, err = s.reconciles("fix", "propose", run, line, "--operator", "li", "--fix", "post_adjustment", "--document", "赣医保函〔2026〕7号")
	if err == nil || !strings.Contains(err.Error(), "cause: ") {
		t.Errorf("without a cause: %v", err)
	}
	out, err = s.reconciles("fix", "propose", run, line, "--operator", "li", "--fix", "post_adjustment", "--document", "赣医保函〔2026〕7号", "--cause", "类别更正")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, out, "an adjustment would post -30.00", "etag 1")
	out, err = s.reconciles("fix", "approve", run, line, "--operator", "wang", "--etag", "1")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, out, "done by wang", "posted -30.00")
	return run, line, rows
}

// freezes freezes a period as the nth clearing, as some days later.
func freezes(t *testing.T, s *stage, n int, period settlement.Period) {
	t.Helper()
	house := clearinghouse.New(clearinghouse.Config{
		Store: s.kept.house, Now: func() time.Time { return period.To.Plus(2).Midnight() }, Term: 30, Observer: measure.NewClearing(prometheus.NewRegistry()),
	})
	key := func(act string) clearinghouse.Key {
		return clearinghouse.Key{Request: settlement.RequestID(fmt.Sprint(act, n))}
	}
	_, err := house.Open(t.Context(), clearinghouse.Opening{Key: key("open"), Period: period, By: "operator/li"})
	if err == nil {
		_, err = house.Take(t.Context(), clearinghouse.Step{Key: key("freeze"), Number: clearing.Number(n), Act: clearing.Cut, By: "operator/li"})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnAdjustmentsLife: two people post what a payer bears less, the patient's
// answer stays, the next run finds nothing, the clearing nets it and says so, a
// reversal takes it back, and verify ties all of it at each step.
func TestAnAdjustmentsLife(t *testing.T) {
	s := staged(t)
	today := settlement.DayOf(time.Now())
	run, line, rows := adjustedByTwo(t, s)
	status, body, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	again := string(body)
	if status != http.StatusOK || strings.Contains(again, "adjust") {
		t.Errorf("the patient's answer: %d %s", status, again)
	}
	out, err := s.reconciles(append([]string{"run", listed(t, rows), "--operator", "li", "--details", "--force"}, ever...)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wants(t, out, "0 differ")
	out, _ = s.reconciles("fix", "show", run, line)
	wants(t, out, "healed by li")

	freezes(t, s, 1, settlement.Period{From: today, To: today.Next()}) // whatever day it is meanwhile
	shown, err := s.told(clearingCommand(), "show", "1")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, shown, "adjusted -30.00", "1 settlements, 0 reversals", "of it adjusted -30.00")
	store := strings.TrimPrefix(s.kept.name, "sqlite ")
	verifies := func(when string) {
		t.Helper()
		if out, err := verifying(store); err != nil || !strings.Contains(out, "1 settlements, 0 findings") {
			t.Errorf("%s: %v\n%s", when, err, out)
		}
	}
	verifies("adjusted and cleared")
	t.Run("planted", func(t *testing.T) {
		findsEverythingPlanted(t, "--store-sqlite", plantedFixes, plantingInto(t, store, t.TempDir()))
	})
	id := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(again)[1]
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements/"+id+":reverse", `{"request_id":"a-reversal-of-the-tests","cause":"重复录入"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	freezes(t, s, 2, settlement.Period{From: today.Plus(2), To: today.Plus(2)})
	shown, err = s.told(clearingCommand(), "show", "2")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, shown, "adjusted 30.00", "0 settlements, 1 reversals")
	verifies("reversed")
	s.stop()
	moved := plantingInto(t, store, t.TempDir())("moved", plantedFixes[5].statement)
	if out, err := verifying(moved); exitedWith(err) != exitFailed || !strings.Contains(out, "I2 ") || !strings.Contains(out, "C1 ") {
		t.Errorf("an adjustment of another payer's: %v\n%s", err, out)
	}
}
