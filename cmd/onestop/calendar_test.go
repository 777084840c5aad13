package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// scheduled is a configuration of the demonstration with a calendar.
func scheduled(t *testing.T, calendar string) *config {
	t.Helper()
	c := standard()
	if err := c.overlay(mustDemoFile("gateway.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := c.overlay([]byte("reconciliation: " + calendar)); err != nil {
		t.Fatal(err)
	}
	return &c
}

// A region's entry is about all its payers; a payer's own counts before it,
// whichever stands first.
func TestCalendarConfigured(t *testing.T) {
	const region, payer = `{region: "360827", at: "02:30", since: 2026-07-01}`, `{payer: nhsa-demo, at: "23:05", since: 2026-08-01, source: inbox_then_live}`
	from := func(origins ...reconciliation.Origin) []reconciliation.Origin { return origins }
	insurance := reconciliation.Plan{Share: reconcile.InsuranceShare, Payer: "nhsa-demo", At: 150 * time.Minute, Since: 20260701, From: from(reconciliation.FromInbox)}
	granted := reconciliation.Plan{Share: reconcile.AssistanceShare, At: 150 * time.Minute, Since: 20260701, From: from(reconciliation.FromInbox)}
	asked := func(origins ...reconciliation.Origin) []reconciliation.Plan {
		p := insurance
		p.From = origins
		return []reconciliation.Plan{p}
	}
	regional := []reconciliation.Plan{insurance}
	own := asked(reconciliation.FromInbox, reconciliation.FromPayer)
	own[0].At, own[0].Since = 23*time.Hour+5*time.Minute, 20260801
	at := func(rest string) string { return `{at: "02:30", since: 2026-07-01, ` + rest + `}` }
	for daily, want := range map[string][]reconciliation.Plan{
		"":                    nil,
		region:                regional,
		payer:                 own,
		region + ", " + payer: own,
		payer + ", " + region: own,
		at(`region: "360827", share: insurance, source: inbox`): regional,
		at(`payer: nhsa-demo, source: live`):                    asked(reconciliation.FromPayer),
		at(`payer: nhsa-demo, source: live_then_inbox`):         asked(reconciliation.FromPayer, reconciliation.FromInbox),
		at(`share: assistance`):                                 {granted},
		at(`share: assistance`) + ", " + region:                 {granted, insurance},
		at(`region: "360827", share: both, source: live`):       {granted, asked(reconciliation.FromPayer)[0]},
	} {
		c := scheduled(t, "{inbox: inbox, daily: ["+daily+"]}")
		got, err := c.plans()
		if diff := cmp.Diff(want, got); err != nil || diff != "" || c.check() != nil {
			t.Errorf("%s: %v %v\n%s", daily, err, c.check(), diff)
		}
	}
}

// A calendar that leads nowhere does not start.
func TestCalendarRefused(t *testing.T) {
	for daily, want := range map[string]string{
		`{inbox: inbox, daily: [{at: "02:30", since: 2026-07-01}]}`:                                                                                 "daily[0]: name a region or a payer",
		`{inbox: inbox, daily: [{region: "1", at: "02:30", since: 2026-07-01}]}`:                                                                    `region: "1" is not configured`,
		`{inbox: inbox, daily: [{payer: other, at: "02:30", since: 2026-07-01}]}`:                                                                   `payer: "other" is not configured`,
		`{inbox: inbox, daily: [{payer: nhsa-demo, at: "2.30", since: 2026-07-01}]}`:                                                                "at: ",
		`{inbox: inbox, daily: [{payer: nhsa-demo, at: "02:30"}]}`:                                                                                  "since: ",
		`{daily: [{payer: nhsa-demo, at: "02:30", since: 2026-07-01}]}`:                                                                             "inbox: must be set",
		`{inbox: i, daily: [{payer: nhsa-demo, at: "02:30", since: 2026-07-01, source: mail}]}`:                                                     `daily[0].source: "mail" is none of`,
		`{inbox: i, daily: [{payer: nhsa-demo, at: "02:30", since: 2026-07-01, share: all}]}`:                                                       `daily[0].share: "all" is none of`,
		`{inbox: i, daily: [{payer: nhsa-demo, at: "02:30", since: 2026-07-01, share: both}]}`:                                                      "share: both is the payers of a region",
		`{inbox: i, daily: [{region: "360827", at: "02:30", since: 2026-07-01, share: assistance}]}`:                                                "name neither with share: assistance",
		`{inbox: i, daily: [{at: "02:30", since: 2026-07-01, share: assistance, source: live}]}`:                                                    "nobody can be asked live",
		`{daily: [{at: "02:30", since: 2026-07-01, share: assistance}]}`:                                                                            "the lists of assistance come from there",
		`{daily: [{payer: nhsa-demo, at: "02:30", since: 2026-07-01, source: live_then_inbox}]}`:                                                    "inbox: must be set",
		`{inbox: i, daily: [{at: "02:30", since: 2026-07-01, share: assistance}, {region: "360827", at: "02:30", since: 2026-07-01, share: both}]}`: "daily[1].share: assistance is named twice",
		`{inbox: i, daily: [{region: "360827", at: "02:30", since: 2026-07-01}, {region: "511425", at: "03:30", since: 2026-07-01}]}`:               "payer nhsa-demo is named twice",
	} {
		c := scheduled(t, daily)
		if err := c.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", daily, err, want)
		}
	}
	desk := reconciliation.New(reconciliation.Config{})
	live := scheduled(t, `{daily: [{payer: nhsa-demo, at: "02:30", since: 2026-07-01, source: live}]}`)
	if err := live.check(); err != nil {
		t.Error(err)
	}
	if _, err := live.calendar(desk, nil, nil); err == nil || !strings.Contains(err.Error(), "cannot be asked live") {
		t.Errorf("a payer that cannot be asked: %v", err)
	}
}

// lastDue is a time of day and the last day that is due by a calendar with it.
// It was so hours ago and is so for hours, whenever a test begins: no midnight
// comes between.
func lastDue() (at string, day settlement.Date) {
	then := time.Now().Add(-6 * time.Hour)
	return then.In(settlement.China).Format("15:04"), settlement.DayOf(then).Previous()
}

// delivered lays a list of the last day that is due into the inbox of
// nhsa-demo, and an older one that is none; that day is given.
func delivered(t *testing.T, folder string) settlement.Date {
	t.Helper()
	_, day := lastDue()
	for name, text := range map[string]string{
		day.String() + ".3202-upload": "S9\tE9\tP9\t1.00\t1.00\tnull\t0", day.Previous().String() + ".csv": "no,list\n",
	} {
		path, old := filepath.Join(folder, "nhsa-demo", name), time.Now().Add(-time.Hour)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, text, 0o600)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	return day
}

// A gateway compares what lies in its inbox when it starts, once; the next one
// on the store leaves it at that and says what is missing.
func TestCalendarThroughAGateway(t *testing.T) {
	s, c := signedTown(t)
	c.Reconciliation.Inbox = filepath.Join(s.folder, "inbox")
	day := delivered(t, c.Reconciliation.Inbox)
	at, _ := lastDue()
	c.Reconciliation.Daily = []dailyConfig{{Region: "360827", At: at, Since: day.Previous().String()}}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	var list string
	for range 2 {
		s.serve(t, c)
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			list, _ = s.reconciles("list", "--payer", "nhsa-demo")
			missing := strings.Contains(s.scraped(t, "text/plain"), `onestop_reconciliation_days_missing{payer="nhsa-demo"} 1`)
			if strings.Count(list, "\n") == 3 && strings.Count(list, "done")+strings.Count(list, "failed") == 2 && missing {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("nothing was compared:\n%s", list)
			}
		}
		s.stop()
	}
	wants(t, list, day.String(), "platform_upload  done    0      1 ", "csv              failed")
}

// The doctor tells what keeps days from being compared.
func TestDoctorLooksIntoTheInbox(t *testing.T) {
	at, _ := lastDue()
	c := scheduled(t, `{inbox: `+t.TempDir()+`, daily: [{region: "360827", at: "`+at+`", since: 2026-07-01}]}`)
	examined := func() string {
		d := newDoctor(time.Second)
		d.examineInbox(c)
		var out bytes.Buffer
		if err := d.print(&out, false); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	wants(t, examined(), "warning", "has not come")
	day := delivered(t, c.Reconciliation.Inbox)
	wants(t, examined(), "ok ", "inbox of payer nhsa-demo: 2 lists")
	folder := filepath.Join(c.Reconciliation.Inbox, "nhsa-demo")
	writeFile(t, filepath.Join(folder, "list.doc"), "", 0o600)
	writeFile(t, filepath.Join(folder, day.String()+".csv"), "", 0o600)
	wants(t, examined(), "such as list.doc", day.String()+" has more than one list")
	c.Reconciliation.Inbox = filepath.Join(folder, "list.doc")
	wants(t, examined(), "problem")
	c.Reconciliation.Daily[0].At = "noon"
	wants(t, examined(), "problem", "calendar of reconciliation")
}
