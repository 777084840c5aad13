package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// reconciles runs a subcommand of reconcile against the stage.
func (s *stage) reconciles(arguments ...string) (string, error) {
	var out bytes.Buffer
	command := reconcileCommand()
	command.SetOut(&out)
	command.SetErr(io.Discard)
	command.SetArgs(append(arguments, "--address", s.grpc))
	command.SilenceUsage, command.SilenceErrors = true, true
	err := command.Execute()
	return out.String(), err
}

var runNamed = regexp.MustCompile(`reconciliation ([0-9a-f-]{36}) (\w+)`)

// TestReconcileThroughAGateway: a list that lacks a booking is compared, kept
// and listed, two people have the payer asked, and the whole list heals it.
func TestReconcileThroughAGateway(t *testing.T) {
	s := staged(t)
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	rows := table200(t, filepath.Join(s.folder, "nhsa-demo.book"))
	run := func(rows []string, more ...string) (string, string, error) {
		t.Helper()
		out, err := s.reconciles(append(append([]string{"run", listed(t, rows), "--operator", "li"}, ever...), more...)...)
		if named := runNamed.FindStringSubmatch(out); named != nil {
			return named[1], out, err
		}
		return "", out, err
	}
	stray := "S9\tE9\tP9\t1.00\t1.00\tnull\t0"
	first, out, err := run(append([]string{stray}, rows[1:]...))
	if exitedWith(err) != exitFailed {
		t.Fatalf("%v\n%s", err, out)
	}
	wants(t, out, "done", "2 differ, payer_only 1, ours_only 1")
	if again, out, err := run(append([]string{stray}, rows[1:]...)); again != first || exitedWith(err) != exitFailed {
		t.Errorf("the same file again is %s: %v\n%s", again, err, out)
	}
	out, err = s.reconciles("differences", first, "--class", "ours_only", "--open")
	if err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	line := out[:1]
	out, _ = s.reconciles("fix", "propose", first, line, "--operator", "li", "--fix", "requery", "--document", "电话记录")
	wants(t, out, "proposed", "etag 1")
	if _, err := s.reconciles("fix", "approve", first, line, "--operator", "li", "--etag", "1"); exitedWith(err) != exitFailed {
		t.Errorf("by the same person: %v", err)
	}
	out, err = s.reconciles("fix", "approve", first, line, "--operator", "wang", "--etag", "1")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, out, "approved by wang", "done by wang", "the payer answers: applied")
	second, out, err := run(rows)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, _ = s.reconciles("fix", "show", first, line)
	wants(t, out, "healed by li", second)
	out, err = s.reconciles("list", "--payer", "nhsa-demo")
	if err != nil || !strings.Contains(out, first) || !strings.Contains(out, second) {
		t.Errorf("%v\n%s", err, out)
	}
	third, _, _ := run(rows, "--force")
	out, _ = s.reconciles("show", second)
	wants(t, out, "voided", third)
	out, err = s.reconciles("void", third, "--operator", "li", "--cause", "wrong file")
	if err != nil {
		t.Error(err)
	}
	wants(t, out, "voided", "wrong file")
	s.audited(t)
}

// What a gateway cannot compare is told, and kept as what it is.
func TestReconcileRefused(t *testing.T) {
	s := staged(t)
	list := listed(t, []string{"S9\tE9\tP9\t1.00\t1.00\tnull\t0"})
	for what, arguments := range map[string][]string{
		"no file":      append([]string{"run", "--operator", "li"}, ever...),
		"file missing": append([]string{"run", list + "x", "--operator", "li"}, ever...),
		"form":         append([]string{"run", list, "--operator", "li", "--form", "pdf"}, ever...),
		"json":         append([]string{"run", list, "--operator", "li", "--json"}, ever...),
		"live and dry": append([]string{"run", "--operator", "li", "--live", "--dry-run"}, ever...),
		"no operator":  append([]string{"run", list}, ever...),
		"live":         append(append([]string{"run", "--live", "--operator", "li"}, ever...), "--payer", "nobody"),
		"unreadable":   append([]string{"run", list, "--form", "xlsx", "--operator", "li"}, ever...),
		"class":        {"differences", "c-1", "--class", "odd"},
		"line":         {"fix", "show", "c-1", "one"},
		"fix":          {"fix", "propose", "c-1", "1", "--fix", "odd"},
	} {
		if out, err := s.reconciles(arguments...); exitedWith(err) != exitUnread {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
	for what, arguments := range map[string][]string{
		"no such run":     {"show", "c-1"},
		"nothing to void": {"void", "c-1", "--operator", "li", "--cause", "x"},
		"no proposal":     {"fix", "decline", "c-1", "1", "--operator", "li"},
	} {
		if out, err := s.reconciles(arguments...); exitedWith(err) != exitFailed {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
	if names := fixNames(); len(names) != len(onestopv1.Fix_name)-1 {
		t.Errorf("%v", names)
	}
}

// A file that is no list is refused with the reason and the place, over REST
// and at the command line, whose --dry-run says the same.
func TestReconcileSaysWhatIsWrong(t *testing.T) {
	s := staged(t)
	whole := zipped(t, []byte("S9\tE9\tP9\t1.00\t1.00\tnull\t0"))
	file := filepath.Join(t.TempDir(), "list")
	for _, c := range []struct {
		form, wire  string
		content     []byte
		english, zh string
	}{
		{"3202-upload", "PLATFORM_UPLOAD", whole[:len(whole)/2], "not a whole zip", "不是完整的 zip 文件"},
		{"3202-upload", "PLATFORM_UPLOAD", zipped(t, bytes.Repeat([]byte(" "), 4<<20)), "times its size", "倍"},
		{"xlsx", "XLSX", []byte("S9\tE9\n"), "not a whole zip", "不是完整的 zip 文件"},
		{"csv", "CSV", []byte("张测试,360827196207050041\n"), "line 1: no headings", "第 1 行：缺少表头"},
	} {
		if err := os.WriteFile(file, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := s.reconciles(append([]string{"run", file, "--form", c.form, "--operator", "li"}, ever...)...)
		refusedAs(t, err, exitUnread, "BAD_DOCUMENT", "file: ", c.english, c.zh)
		if strings.Contains(err.Error(), "张测试") {
			t.Errorf("what stands in the file is told: %v", err)
		}
		query := "?form=LIST_FORM_" + c.wire + "&operator=li&payer=nhsa-demo&from_date=2012-07-01&request_id=" + uuid.NewString()
		status, answer, _ := s.call(t, http.MethodPost, "/v1/reconciliations:upload"+query, string(c.content))
		if status != http.StatusBadRequest {
			t.Errorf("%s: %d", c.form, status)
		}
		wants(t, string(answer), "BAD_DOCUMENT", `"field":"file"`, c.english, c.zh)
		_, err = s.reconciles(append([]string{"run", file, "--form", c.form, "--dry-run"}, ever...)...)
		refusedAs(t, err, exitUnread, c.english)
	}
}

// zipped is one text in a zip.
func zipped(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	entry, err := archive.Create("detail.txt")
	if err == nil {
		_, err = entry.Write(text)
	}
	if err = errors.Join(err, archive.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A row with another number of columns is one bad row: told, counted, skipped.
func TestReconcileSkipsARaggedRow(t *testing.T) {
	s := staged(t)
	file := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(file, []byte("mdtrt_id,fund_pay_sumamt\nE8,1.00\nE9,1.00,张测试\nE10\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := s.reconciles(append([]string{"run", file, "--form", "csv", "--operator", "li"}, ever...)...)
	if exitedWith(err) != exitFailed || strings.Contains(out, "张测试") {
		t.Fatalf("%v\n%s", err, out)
	}
	wants(t, out, "done", "1 differ, payer_only 1", "3 columns: must be 2 as in the first row", "1 columns: must be 2 as in the first row")
}

// TestReconcileLive: the payer itself is asked, and says that it holds what we
// do; of what it does not hold itself, it sends a list.
func TestReconcileLive(t *testing.T) {
	s := staged(t)
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	live := append([]string{"run", "--live", "--operator", "li"}, ever...)
	out, err := s.reconciles(live...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wants(t, out, "done", "theirs  count 1", "0 rows theirs, 1 ours, 0 bad; details not compared")
	out, err = s.reconciles(append(live, "--details")...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wants(t, out, "done", "0 differ")
}
