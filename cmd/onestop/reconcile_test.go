package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// reconciling runs a subcommand of reconcile on a SQLite store.
func reconciling(store string, arguments ...string) (string, error) {
	var out bytes.Buffer
	command := reconcileCommand()
	command.SetOut(&out)
	command.SetErr(io.Discard)
	command.SetArgs(append(arguments, "--store-sqlite", store))
	command.SilenceUsage, command.SilenceErrors = true, true
	err := command.Execute()
	return out.String(), err
}

// ever is a period that has all days of a test in it.
var ever = []string{"--payer", "nhsa-demo", "--from", "2000-01-01", "--to", "2099-12-31"}

// booked is what a payer's simulator writes of one record.
type booked struct {
	Reference, Undoes, Person, Encounter string
	Admission                            bool
	Charge                               *struct{}
	Amounts                              struct {
		Total   settlement.Money `json:"total_fen"`
		Fund    settlement.Money `json:"fund_fen"`
		Account settlement.Money `json:"account_fen"`
	}
}

// table200 is the payer's own book as the platform lists it: a reversal is a
// row below zero under a name of its own.
func table200(t *testing.T, book string) (rows []string) {
	t.Helper()
	text, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]booked{}
	for line := range bytes.Lines(text) {
		var b booked
		if err := json.Unmarshal(line, &b); err != nil {
			t.Fatal(err)
		}
		sign, flag := settlement.Money(1), "0"
		if b.Undoes != "" {
			own := b.Reference
			b, sign, flag = known[b.Undoes], -1, "1"
			b.Reference = own
		}
		known[b.Reference] = b
		if !b.Admission && b.Charge == nil {
			rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s", b.Reference, b.Encounter, b.Person,
				sign*b.Amounts.Total, sign*b.Amounts.Fund, sign*b.Amounts.Account, flag))
		}
	}
	return rows
}

// listed writes rows as a list.
func listed(t *testing.T, rows []string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestReconcileAPayersBook compares the book that the demonstration's payer
// kept with the store, as it is and with things planted into it.
func TestReconcileAPayersBook(t *testing.T) {
	store, _ := afterStory(t)
	rows := table200(t, filepath.Join(filepath.Dir(store), "nhsa-demo.book"))
	run := func(rows []string, more ...string) (string, error) {
		return reconciling(store, append(append([]string{"run", "--dry-run", listed(t, rows)}, ever...), more...)...)
	}
	out, err := run(rows, "--details")
	if err != nil || !strings.Contains(out, ", 0 differ;") || strings.Contains(out, "DIFFERS") {
		t.Fatalf("as it is: %v\n%s", err, out)
	}
	out, err = run(rows)
	if err != nil || !strings.HasSuffix(out, "; totals agree, details not compared\n") {
		t.Errorf("totals: %v\n%s", err, out)
	}
	first := strings.Split(rows[0], "\t")
	if first[6] != "0" {
		t.Fatalf("the book begins with a reversal: %v", first)
	}
	amount := func(fen settlement.Money) string {
		changed := append([]string(nil), first...)
		fund, err := settlement.ParseMoney(first[4])
		if err != nil {
			t.Fatal(err)
		}
		changed[4] = (fund + fen).String()
		return strings.Join(changed, "\t")
	}
	for _, test := range []struct {
		rows []string
		want string
	}{
		{append(rows[:1:1], rows...), "duplicated " + first[1] + " row 2 record " + first[0] + ": row_repeated"},
		{rows[1:], "ours_only " + first[1]},
		{append(rows[:len(rows):len(rows)], "S9\tE9\tP9\t1.00\t1.00\tnull\t0"), "payer_only E9 row"},
		{append([]string{amount(1)}, rows[1:]...), "amount_differs " + first[1] + " row 1 record " + first[0]},
		{append([]string{amount(-100)}, rows[1:]...), "category_corrected (the bill agrees"},
		{append(rows[:len(rows):len(rows)], "S9\tE9\tP9\t1.00\tone\tnull\t0"), "bad row: line"},
	} {
		out, err := run(test.rows)
		if exitedWith(err) != exitFailed || strings.Count(out, test.want) != 1 || strings.Contains(out, "1 differ") == strings.HasPrefix(test.want, "bad") {
			t.Errorf("%s: %v\n%s", test.want, err, out)
		}
	}
}

// What is exported is what a comparison agrees with.
func TestReconcileExport(t *testing.T) {
	store, _ := afterStory(t)
	path := filepath.Join(t.TempDir(), "ours.zip")
	if out, err := reconciling(store, append([]string{"export", path}, ever...)...); err != nil || out != "" {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := reconciling(store, append([]string{"run", "--dry-run", path, "--details"}, ever...)...)
	if err != nil || !strings.Contains(out, ", 0 differ;") || strings.Contains(out, "; 0 equal") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := reconciling(store, append([]string{"export", path}, ever...)...); exitedWith(err) != exitUnread {
		t.Errorf("written over: %v", err)
	}
}

// granted is what the store assisted with, as a bureau lists it, by encounter.
func granted(t *testing.T, store string) (rows []string) {
	t.Helper()
	books, err := (&config{Store: storeConfig{SQLite: store}}).openArchive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	scope := reconcile.Scope{
		Share: reconcile.AssistanceShare, Period: settlement.Period{From: 20000101, To: 20991231}, States: reconcile.StatesAssistance,
	}
	err = reconciliation.Hold(t.Context(), books, &scope, func(l reconcile.Line) error {
		if l.Status == reconcile.Standing {
			rows = append(rows, fmt.Sprintf("%s,%s,%s", l.Encounter, l.Category, l.Amounts[reconcile.Assistance]))
		}
		return nil
	})
	if err := errors.Join(err, books.Shut()); err != nil {
		t.Fatal(err)
	}
	return rows
}

// The bureau's own list is compared with the assistance that the store granted,
// and with nothing that a payer bears.
func TestReconcileAssistance(t *testing.T) {
	store, _ := afterStory(t)
	run := func(rows []string) (string, error) {
		path := listed(t, append([]string{"mdtrt_id,category,maf_pay"}, rows...))
		return reconciling(store, "run", "--dry-run", path, "--form", "csv", "--share", "assistance", "--from", "2000-01-01", "--to", "2099-12-31", "--details")
	}
	rows := granted(t, store)
	if len(rows) < 3 {
		t.Fatalf("the story assisted %d", len(rows))
	}
	out, err := run(rows)
	if err != nil || !strings.Contains(out, fmt.Sprintf("; %d equal, 0 differ;", len(rows))) {
		t.Fatalf("as it is: %v\n%s", err, out)
	}
	unlike := append([]string{"run", "--dry-run", listed(t, []string{"mdtrt_id,maf_pay", "E1,1.00"}), "--form", "csv"}, ever...)
	if out, err := reconciling(store, unlike...); exitedWith(err) != exitUnread || !strings.Contains(err.Error(), "columns value fund") || out != "" {
		t.Errorf("a payer's share of a list without it: %v\n%s", err, out)
	}
	first := strings.Split(rows[0], ",")
	other := first[0] + ",five_guarantee_of_old,0.01"
	for _, test := range []struct {
		rows []string
		want string
	}{
		{append([]string{other}, rows[1:]...), "amount_differs " + first[0] + " row 2 settlement"},
		{append([]string{other}, rows[1:]...), ": category_corrected (the person counts as another category"},
		{rows[1:], "ours_only " + first[0]},
		{append(rows[:len(rows):len(rows)], "E9,,1.00"), "payer_only E9 row"},
	} {
		out, err := run(test.rows)
		if exitedWith(err) != exitFailed || strings.Count(out, test.want) != 1 || !strings.Contains(out, " 1 differ,") {
			t.Errorf("%s: %v\n%s", test.want, err, out)
		}
	}
}

// The platform's own result says what it found, and proves nothing of the rest.
func TestReconcileAResult(t *testing.T) {
	store, _ := afterStory(t)
	rows := table200(t, filepath.Join(filepath.Dir(store), "nhsa-demo.book"))
	first := strings.Split(rows[0], "\t")
	result := func(kind string) string {
		return strings.Join([]string{first[2], first[1], first[0], "null", kind, first[6], "null", first[3], first[4], first[5]}, "\t")
	}
	for kind, want := range map[string]string{
		"0": "; 1 equal, 0 differ;",
		"2": "\nours_only " + first[1] + " row 1 record " + first[0],
	} {
		out, err := reconciling(store, append([]string{"run", "--dry-run", listed(t, []string{result(kind)}), "--form", "3202-result"}, ever...)...)
		if (err == nil) != (kind == "0") || !strings.Contains("\n"+out, want) || strings.Contains(out, "FACILITY") {
			t.Errorf("%s: %v\n%s", kind, err, out)
		}
	}
}

// What is told for programs is one object a line, with nothing between them.
func TestReconcileObjects(t *testing.T) {
	store, _ := afterStory(t)
	rows := append(table200(t, filepath.Join(filepath.Dir(store), "nhsa-demo.book")), "S9\tE9\tP9\t1.00\t0.50\tnull\t0", "S9\tE9\tP9\t1.00\tone\tnull\t0")
	out, err := reconciling(store, append([]string{"run", "--dry-run", listed(t, rows), "--json"}, ever...)...)
	if exitedWith(err) != exitFailed {
		t.Fatalf("%v\n%s", err, out)
	}
	found := map[string]map[string]any{}
	for line := range strings.Lines(out) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		kind, ok := object["is"].(string)
		if !ok || found[kind] != nil {
			t.Errorf("once more: %s", line)
		}
		found[kind] = object
	}
	off := map[string]any{"count": 1.0, "bill": "1.00", "fund": "0.50", "account": "0.00", "assistance": "0.00"}
	want := map[string]any{
		"is": "difference", "class": "payer_only", "encounter": "E9", "row": float64(len(rows) - 1), "record": "S9", "cause": "lost_answer",
		"evidence": "nothing kept here has the record or the encounter", "propose": "requery", "theirs_less_ours": off,
	}
	if diff := cmp.Diff(want, found["difference"]); diff != "" {
		t.Error(diff)
	}
	want = map[string]any{
		"is": "bad_row", "row": float64(len(rows)), "field": "fund_pay_sumamt", "value": "one", "says": "must be yuan with at most two decimals",
	}
	if diff := cmp.Diff(want, found["bad_row"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(off, found["result"]["theirs_less_ours"]); diff != "" || found["result"]["differ"] != 1.0 || found["total"]["theirs"] == nil || len(found) != 4 {
		t.Errorf("%s\n%s", diff, out)
	}
}

func TestReconcileRefuses(t *testing.T) {
	folder := t.TempDir()
	store := filepath.Join(folder, "none.db")
	cut := filepath.Join(folder, "cut.zip")
	if err := os.WriteFile(cut, []byte("PK\x03\x04"), 0o600); err != nil {
		t.Fatal(err)
	}
	sound := listed(t, []string{"S9\tE9\tP9\t1.00\t1.00\tnull\t0"})
	for name, arguments := range map[string][]string{
		"no file": {"run", "--dry-run", filepath.Join(folder, "none.txt"), "--payer", "A", "--from", "2026-07-01"},
		"cut":     {"run", "--dry-run", cut, "--payer", "A", "--from", "2026-07-01"},
		"form":    {"run", "--dry-run", sound, "--payer", "A", "--from", "2026-07-01", "--form", "pdf"},
		"from":    {"run", "--dry-run", sound, "--payer", "A", "--from", "yesterday"},
		"to":      {"run", "--dry-run", sound, "--payer", "A", "--from", "2026-07-01", "--to", "2026-07-32"},
		"store":   {"run", "--dry-run", sound, "--payer", "A", "--from", "2026-07-01"},
		"payer":   {"export", filepath.Join(folder, "ours.zip"), "--from", "2026-07-01"},
		"nothing": {"run"},
	} {
		if out, err := reconciling(store, arguments...); exitedWith(err) != exitUnread || out != "" {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
