package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/adapters/sheet"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/api"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// persona runs a command of "onestop person" on a store.
func persona(store string, args ...string) (out, errs string, err error) {
	var stdout, stderr bytes.Buffer
	command := personCommand()
	command.SetOut(&stdout)
	command.SetErr(&stderr)
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetArgs(append(args, "--store-sqlite", store, "--standards", "../../deploy/standards"))
	err = command.Execute()
	return stdout.String(), stderr.String(), err
}

// personIn reads a person of a store that is shut.
func personIn(t *testing.T, store string, number settlement.Private) (settlement.Person, error) {
	t.Helper()
	opened, err := sqlite.Open(context.Background(), sqlite.Config{Path: store})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Shut()
	return opened.PersonByCertificate(context.Background(), number)
}

func TestPersonsAreImportedAndBroughtUpToDate(t *testing.T) {
	folder := t.TempDir()
	store, file := filepath.Join(folder, "store.db"), filepath.Join(folder, "persons.yaml")
	writeFile(t, file, string(mustDemoFile("persons.yaml")), 0o600)
	for _, want := range []string{"15 rows: 15 added", "going on behind row 15"} {
		out, _, err := persona(store, "import", file)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%s %v", out, err)
		}
	}
	changed := strings.Replace(string(mustDemoFile("persons.yaml")), "陈测一", "陈改名", 1)
	writeFile(t, file, changed, 0o600)
	out, _, err := persona(store, "import", file)
	if err != nil || !strings.Contains(out, "0 added, 1 changed, 14 unchanged, 0 rejected") {
		t.Fatalf("%s %v", out, err)
	}
	person, err := personIn(t, store, "360827194103120018")
	if err != nil || person.Name != "陈改名" {
		t.Errorf("%v %v", person.ID, err)
	}
}

// An import that dates a change back names what was settled on other ground,
// when it runs and on asking.
func TestAnImportListsWhatItTouched(t *testing.T) {
	s := staged(t)
	_, _, settled := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	id, _ := settled["id"].(string)
	s.stop()
	stores, err := filepath.Glob(filepath.Join(s.folder, "*.db"))
	if err != nil || len(stores) != 1 || id == "" {
		t.Fatal(stores, settled, err)
	}
	file := filepath.Join(s.folder, "persons.yaml")
	before, after, _ := strings.Cut(string(mustDemoFile("persons.yaml")), "b-rural-2")
	writeFile(t, file, before+"b-rural-2"+strings.Replace(after, "to: null", `to: "2026-04-30"`, 1), 0o600)
	told := file + ": 1 settlements were settled on other ground and are flagged for review:\n  " + id + "\n"
	for _, verb := range []string{"import", "imported", "import"} { // the last goes on behind the end
		out, errs, err := persona(stores[0], verb, file)
		if err != nil || !strings.Contains(out, " 1 changed, ") || !strings.HasSuffix(out, told) {
			t.Errorf("%s: %s%s%v", verb, out, errs, err)
		}
	}
	other := filepath.Join(s.folder, "other.yaml")
	writeFile(t, other, string(mustDemoFile("persons.yaml")), 0o600)
	if out, _, err := persona(stores[0], "imported", other); err != nil || out != other+": 0 rows are in: 0 added, 0 changed, 0 unchanged, 0 rejected\n" {
		t.Errorf("a file never imported: %s %v", out, err)
	}
}

// A bad row is listed with line, field and reason and kept aside as it stood;
// the others go in, and no output shows an identity number.
func TestBadRowsAreKeptAside(t *testing.T) {
	folder := t.TempDir()
	store, file := filepath.Join(folder, "store.db"), filepath.Join(folder, "persons.csv")
	writeFile(t, file, "人员编号,姓名,身份证号,行政区划代码,户籍性质,参保险种,救助类别,享受起始日\n"+
		"b-1,张测试,360827194103120018,360827,农村,新农合,农村低保,2009-01-01\n"+
		"b-2,李测试,360827196207050040,360827,农村,新农合,农村低保,2009-01-01\n"+
		"b-3,王测试,360827410312001,360827,农村,新农合,农村低保,2009-01-01\n"+
		"b-4,赵测试,360827195509210018,360827,月亮,新农合,农村低保,2009-13-01\n", 0o600)
	out, errs, err := persona(store, "import", file)
	if exitedWith(err) != exitFailed || !strings.Contains(out, "4 rows: 1 added, 0 changed, 0 unchanged, 3 rejected") {
		t.Fatalf("%s %v", out, err)
	}
	for _, want := range []string{"line 3: id_number:", "line 4: id_number: is registered for person b-1", "line 5: residence; categories[0].from:"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not in:\n%s", want, errs)
		}
	}
	if strings.Contains(out+errs, "360827196207050040") || strings.Contains(out+errs, "3608274103") {
		t.Error("an identity number was printed")
	}
	kept, err := os.ReadFile(file + ".rejects.csv")
	if err != nil || strings.Count(string(kept), "\n") != 4 || !strings.Contains(string(kept), "b-2,李测试,360827196207050040") {
		t.Errorf("%s %v", kept, err)
	}
	info, err := os.Stat(file + ".rejects.csv")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestFilesThatAreNoPersons(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"empty.csv": "", "heading.csv": "id,telephone\n", "noid.csv": "name\n张测试\n", "list.yaml": "- a\n",
		"other.yaml": "people:\n  - id: b-1\n", "torn.json": `{"persons": [`, "text.xlsx": "no workbook",
		"headless.csv": "b-1,张测试,360827194103120018\n", "name.yaml": "张测试: 360827194103120018\n",
		"random.csv": "\x1b[2J\x00\xff\xfe,\x9c", "random.yaml": "\x1b[2J\x00\xff\xfe: \x9c", "random.json": "{\"\x1b\xff\x9c\": 1}", "gbk.csv": "\xd0\xd5\xc3\xfb\n",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(folder, name)
			writeFile(t, file, text, 0o600)
			store := filepath.Join(folder, name+".db")
			out, errs, err := persona(store, "import", file)
			if exitedWith(err) != exitUnread {
				t.Fatalf("got %v", err)
			}
			told := out + errs + err.Error()
			if strings.Contains(told, "张测试") || strings.Contains(told, "360827194103120018") || strings.ContainsAny(told, "\x00\x1b") || !utf8.ValidString(told) {
				t.Errorf("what stands in the file is told: %q", told)
			}
			if _, err := os.Stat(store); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a store was made: %v", err)
			}
		})
	}
}

func TestAFileWithoutHeadingsIsToldWhich(t *testing.T) {
	file := filepath.Join(t.TempDir(), "persons.csv")
	writeFile(t, file, "b-1,张测试,360827194103120018\n", 0o600)
	_, _, err := persona(file+".db", "import", file)
	refusedAs(t, err, exitUnread, "headings are missing", "id (人员编号)", "name (姓名)", "id_number (身份证号)")
}

// An import that was stopped in the middle goes on where it stood: batches and
// position are one commit. What a dead run left in the file of rejects behind
// its last commit is cut off.
func TestAnInterruptedImportGoesOn(t *testing.T) {
	folder := t.TempDir()
	store, file := filepath.Join(folder, "store.db"), filepath.Join(folder, "persons.csv")
	var text strings.Builder
	text.WriteString("id,name,id_number,region,residence,scheme\n")
	const rows = importBatch + 100
	for i := range rows {
		number := "bad"
		if i%1000 != 5 {
			number = fmt.Sprintf("360827%d%02d%02d%03d", 1950+i%40, 1+i%12, 1+i/480%28, i/40%999)
			full, err := settlement.ParseIdentityNumber(settlement.Private(number[:6] + number[8:]))
			if err != nil {
				t.Fatal(err)
			}
			number = full.Reveal()
		}
		fmt.Fprintf(&text, "b-%d,张测试,%s,360827,rural,ncms\n", i, number)
	}
	writeFile(t, file, text.String(), 0o600)
	opened, err := sqlite.Open(context.Background(), sqlite.Config{Path: store})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	register := newRegister(&stopping{opened, cancel}, nil)
	im := importing{register: register, office: new(twoPeopleConfig).newAssent(opened, register, nil), by: "clerk-1", out: &bytes.Buffer{}, err: &bytes.Buffer{}}
	_, err = im.run(ctx, file)
	if err == nil {
		t.Fatal("was not interrupted")
	}
	if err := opened.Shut(); err != nil {
		t.Fatal(err)
	}
	out, _, err := persona(store, "import", file)
	if exitedWith(err) != exitFailed || !strings.Contains(out, fmt.Sprintf("going on behind row %d", importBatch)) ||
		!strings.Contains(out, fmt.Sprintf("%d rows: %d added, 0 changed, 0 unchanged, 3 rejected", rows, rows-3)) {
		t.Errorf("%s %v", out, err)
	}
	kept, err := os.ReadFile(file + ".rejects.csv")
	if err != nil || strings.Count(string(kept), "\n") != 4 {
		t.Errorf("%s %v", kept, err)
	}
}

// stopping is a store whose caller is stopped behind the first batch.
type stopping struct {
	*sqlite.Store
	stop func()
}

func (s *stopping) Keep(ctx context.Context, batch eligibility.Batch) error {
	defer s.stop()
	return s.Store.Keep(ctx, batch)
}

// What is exported is what import reads, in either form and language.
func TestExportReadsBack(t *testing.T) {
	folder := t.TempDir()
	store, file := filepath.Join(folder, "store.db"), filepath.Join(folder, "persons.yaml")
	writeFile(t, file, string(mustDemoFile("persons.yaml")), 0o600)
	if _, _, err := persona(store, "import", file); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"out.csv", "zh"}, {"out.xlsx", "zh"}, {"out.xlsx", "en"}, {"out.csv", "en"}} {
		path := filepath.Join(folder, c[1]+c[0])
		out, _, err := persona(store, "export", path, "--language", c[1])
		if err != nil || !strings.Contains(out, "15 persons") {
			t.Fatalf("%s %v", out, err)
		}
		out, _, err = persona(store, "import", path)
		if err != nil || !strings.Contains(out, "0 added, 0 changed") {
			t.Errorf("%v: %s %v", c, out, err)
		}
	}
	if _, _, err := persona(store, "export", filepath.Join(folder, "out.pdf")); exitedWith(err) != exitUnread {
		t.Errorf("a form nobody knows: %v", err)
	}
}

func TestTemplate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "template.xlsx")
	command := personCommand()
	command.SetArgs([]string{"template", path})
	if err := command.Execute(); err != nil {
		t.Fatal(err)
	}
	for row, err := range sheet.Read(path) {
		if err != nil {
			t.Fatal(err)
		}
		if columns, err := registry.Heading(row.Cells); err != nil || len(columns) != len(registry.Columns) {
			t.Errorf("%v %v", columns, err)
		}
	}
}

// confirmedAtTheGateway confirms the first line of a review as a gateway does, for
// a caller of that staff id.
func confirmedAtTheGateway(t *testing.T, store, review, subject string) string {
	t.Helper()
	opened, err := sqlite.Open(t.Context(), sqlite.Config{Path: store})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Shut()
	r := httptest.NewRequest(http.MethodPost, "/v1/reviews/"+review+":decide", strings.NewReader(`{"line":1,"confirm":true,"operator":"`+subject+`"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	api.NewREST(api.Config{Persons: newRegister(opened, nil)}).ServeHTTP(w, r)
	return w.Body.String()
}

// A household above the line is proposed by one person, ended by another, and
// the person shows it.
func TestReviewFromTheCommandLine(t *testing.T) {
	folder := t.TempDir()
	store, file := filepath.Join(folder, "store.db"), filepath.Join(folder, "persons.csv")
	writeFile(t, file, "id,name,id_number,household,region,residence,scheme,category,from,document,survey_date,household_members,household_income\n"+
		"b-1,张测试,360827194103120018,H-1,360827,rural,ncms,rural_dibao,2009-01-01,文号1,2012-08-01,2,396.01\n"+
		"b-2,李测试,360827196207050041,H-2,360827,rural,ncms,rural_dibao,2009-01-01,文号2,2012-08-01,2,220.00\n", 0o600)
	run := func(want string, args ...string) {
		t.Helper()
		out, _, err := persona(store, args...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%v: %s %v", args, out, err)
		}
	}
	run("2 added", "import", file)
	run("2 persons due (2 numbered households), 1 kept, 1 proposals", "review", "open", "360827", "2012Q3", "--operator", "clerk-1")
	_, _, err := persona(store, "review", "confirm", "360827-2012Q3", "1", "--operator", "clerk-1")
	if settlement.ReasonOf(err) != settlement.ReasonSamePerson {
		t.Errorf("confirmed by the maker: %v", err)
	}
	if told := confirmedAtTheGateway(t, store, "360827-2012Q3", "clerk-1"); !strings.Contains(told, string(settlement.ReasonSamePerson)) {
		t.Errorf("confirmed by the maker at a gateway: %s", told)
	}
	_, _, err = persona(store, "review", "confirm", "360827-2012Q3", "1", "--operator", "Clerk-1")
	if err == nil || !strings.Contains(err.Error(), errStaff.Error()) {
		t.Errorf("confirmed by the maker, spelt otherwise: %v", err)
	}
	run("line 1: confirmed", "review", "confirm", "360827-2012Q3", "1", "--operator", "chief-1")
	run("confirmed by chief-1", "review", "show", "360827-2012Q3")
	run("income_improved", "show", "b-1")
	person, err := personIn(t, store, "360827194103120018")
	if err != nil || person.Entitlements[0].Period.To != 20120930 {
		t.Errorf("%+v %v", person.Entitlements, err)
	}
	if _, _, err := persona(store, "show", "b-9"); settlement.ReasonOf(err) != settlement.ReasonUnknownPerson {
		t.Errorf("nobody: %v", err)
	}
}
