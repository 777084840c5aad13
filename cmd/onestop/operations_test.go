package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a headless Chromium that talks to nobody of its own accord.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	return ctx
}

// tab is one page with all that went wrong in it.
type tab struct {
	ctx context.Context

	mu     sync.Mutex
	wrongs []string
}

func (b *tab) wrong(format string, arguments ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrongs = append(b.wrongs, fmt.Sprintf(format, arguments...))
}

// open makes a tab that may speak to base only.
func open(ctx context.Context, t *testing.T, base string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	b := &tab{ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Listen(ctx, func(event any) {
		switch event := event.(type) {
		case *runtime.EventConsoleAPICalled:
			b.wrong("the console says %s", event.Type)
		case *runtime.EventExceptionThrown:
			b.wrong("exception %s", event.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			b.wrong("%s: %s", event.Entry.Level, event.Entry.Text)
		case *network.EventRequestWillBeSent:
			if asked := event.Request.URL; !strings.HasPrefix(asked, base+"/ops") && !strings.HasPrefix(asked, "data:") {
				b.wrong("it asks for %s", asked)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// looks is what a page looks like, measured by the browser.
type looks struct {
	Text, Language string
	Across, Screen int // widths
	Cut            []string
	Styled         bool
	Scripts        int
	Refreshed      bool
}

// measured asks for the looks. Cut are the letters of charts that lie outside
// of their drawing, and figures beneath which there is no name.
const measured = `(() => ({
	Text: document.body.innerText, Language: document.documentElement.lang,
	Across: document.documentElement.scrollWidth, Screen: window.innerWidth,
	Cut: [...document.querySelectorAll('svg.chart')].flatMap(svg => {
		const frame = svg.viewBox.baseVal
		const out = [...svg.querySelectorAll('text')].filter(text => {
			const box = text.getBBox()
			return box.x < 0 || box.y < 0 || box.x + box.width > frame.width || box.y + box.height > frame.height
		}).map(text => text.textContent)
		return svg.getAttribute('role') == 'img' && svg.getAttribute('aria-label') ? out : out.concat('a chart without a name')
	}),
	Styled: getComputedStyle(document.querySelector('main')).display == 'grid',
	Scripts: document.scripts.length,
	Refreshed: document.querySelector('meta[http-equiv=refresh]') != null,
}))()`

// TestOperationsPage looks at the page of a gateway under load with the eyes of
// a browser, on a phone and on a desk, in both languages, light and dark.
// ONESTOP_SCREENSHOTS names a folder in which the pictures are kept.
func TestOperationsPage(t *testing.T) {
	s := staged(t)
	s.troubled(t)
	s.differs(t)
	chromium := browser(t)
	for _, view := range []struct {
		name, query, language, scheme string
		width                         int64
		shows                         []string
	}{
		{"phone-zh", "?lang=zh", "zh-CN", "light", 390, []string{"慢在哪里？", "支付方 nhsa-demo", "等待双人处理", "每 5 秒刷新", "与支付方对账一致吗？", "医药机构多 ours_only"}},
		{"phone-en", "?lang=en", "en", "dark", 390, []string{"Who is slow?", "Payer nhsa-demo", "Waiting for two people", "renewed every 5 s", "Do we and the payers agree?", "only we hold it ours_only"}},
		{"desk-zh", "?lang=zh&refresh=off", "zh-CN", "dark", 1280, []string{"每秒应答多少笔？", "已停止刷新", "onestop attention list", "2 处差异，0 行无法识别"}},
		{"desk-en", "?lang=en&refresh=off", "en", "light", 1280, []string{"How many are answered a second?", "kept still", "Configuration in effect", "2 differ, 0 bad rows"}},
	} {
		t.Run(view.name, func(t *testing.T) {
			b := open(chromium, t, s.base)
			seen := b.look(t, s.base+"/ops"+view.query, view.width, view.scheme)
			keep(t, b.ctx, view.name)
			if seen.Across > seen.Screen || int64(seen.Screen) != view.width {
				t.Errorf("%d wide on a screen of %d", seen.Across, seen.Screen)
			}
			if seen.Language != view.language || !seen.Styled || seen.Scripts > 0 || seen.Refreshed == strings.Contains(view.query, "off") || len(seen.Cut) > 0 {
				t.Errorf("language %s, styled %v, %d scripts, refreshed %v, cut off %q", seen.Language, seen.Styled, seen.Scripts, seen.Refreshed, seen.Cut)
			}
			for _, text := range view.shows {
				if !strings.Contains(seen.Text, text) {
					t.Errorf("it does not show %q:\n%s", text, seen.Text)
				}
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if len(b.wrongs) > 0 {
				t.Errorf("in the browser: %q", b.wrongs)
			}
		})
	}
}

// look shows a page and measures it.
func (b *tab) look(t *testing.T, address string, width int64, scheme string) looks {
	t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	seen, err := chromedp.Run(b.ctx, chromedp.Evaluate[looks](measured))
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// keep takes a picture where somebody wants to look at it.
func keep(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("ONESTOP_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// troubled gives the gateway work: settlements one after the other, and a payer
// that loses some answers.
func (s *stage) troubled(t *testing.T) {
	t.Helper()
	s.scripted(t, `{"credentials": {"demo": "demo-token"}, "anyone": {"scheme": "380", "area": "360827", "ratio": "0.65", "deductible": "400.00"},
		"rules": [{"transaction": "2304", "fault": "lost_after", "first": 3}]}`)
	for i := range 40 {
		body := strings.NewReplacer("a-discharge-of-the-tests", fmt.Sprintf("a-discharge-of-the-page-%d", i), `"T1"`, fmt.Sprintf(`"P%d"`, i), `"E-T1"`, fmt.Sprintf(`"E-P%d"`, i)).Replace(aDischarge)
		if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", body); status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
	}
}

// differs has a list compared that lacks one of the payer's bookings and has
// one too many.
func (s *stage) differs(t *testing.T) {
	t.Helper()
	rows := append(table200(t, filepath.Join(s.folder, "nhsa-demo.book"))[1:], "S9\tE9\tP9\t1.00\t1.00\tnull\t0")
	out, err := s.reconciles(append([]string{"run", listed(t, rows), "--operator", "li"}, ever...)...)
	if exitedWith(err) != exitFailed {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestOperationsPageShowsNoSecretAndNoPerson: whatever stands in the
// configuration and in the store.
func TestOperationsPageShowsNoSecretAndNoPerson(t *testing.T) {
	s := staged(t)
	status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	page := s.page(t, "/ops?lang=en")
	for _, hidden := range []string{"360827196207050041", "李测二", "b-rural-2", "demo-token", fields["id"].(string)} {
		if strings.Contains(page, hidden) {
			t.Errorf("it shows %q", hidden)
		}
	}
	for _, shown := range []string{"payers[nhsa-demo].url", "limits.answer_within", "20s", "store.sqlite", "flag --listen-rest", "sqlite ",
		"<code>payers[nhsa-demo].access_id</code></td><td><code>" + covered} {
		if !strings.Contains(page, shown) {
			t.Errorf("it does not show %q", shown)
		}
	}
}

// page is what GET answers.
func (s *stage) page(t *testing.T, path string) string {
	t.Helper()
	p := &player{base: s.base}
	answer, status, err := p.call(context.Background(), http.MethodGet, path, nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%d %v", status, err)
	}
	return string(answer)
}

func TestWhatIsCovered(t *testing.T) {
	for _, one := range []struct{ key, value, want string }{
		{"store.postgres", "postgres://gate:s3cret@db1:5433,db2:5433/onestop?password=other", "onestop on db1:5433, db2:5433 as gate"},
		{"store.postgres", "host=db1 port=5432 user=gate password='s3 cret' dbname=onestop sslmode=disable", "onestop on db1:5432 as gate"},
		{"store.postgres", "host=db1 port=none password=s3cret", covered},
		{"store.postgres", "", ""},
		{"payers[a].url", "https://me:s3cret@payer.example:8443/csb?token=s3cret#x", "https://payer.example:8443/csb"},
		{"payers[a].url", "https://payer.example/%zz?token=s3cret", covered},
		{"payers[a].access_id", "s3cret", covered},
		{"payers[a].operator.name", "张测试", covered},
		{"payers[a].token_file", "/etc/onestop/token", "/etc/onestop/token"},
		{"backup.password", "s3cret", covered},
		{"limits.lease", "1m0s", "1m0s"},
	} {
		if got := shown(one.key, one.value); got != one.want {
			t.Errorf("%s: %q, want %q", one.key, got, one.want)
		}
	}
}

// TestWhereAValueComesFrom: a flag, the environment, a file, or nowhere.
func TestWhereAValueComesFrom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "onestop.yaml")
	writeFile(t, file, "listen_rest: 127.0.0.1:1\nlimits: {lease: 1m}\nregions: [{id: \"360827\", area: [\"360828\"]}]\n", 0o600)
	flags := demoCommand().Flags()
	if err := flags.Parse([]string{"--config", file, "--log-level", "warn"}); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(flags, func(name string) (string, bool) {
		return url.Values{"ONESTOP_INSTANCE": {"3"}}.Get(name), name == "ONESTOP_INSTANCE"
	})
	if err != nil {
		t.Fatal(err)
	}
	settings, err := c.effective()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, setting := range settings {
		got[setting.Key] = setting.Value + " from " + setting.From
	}
	for key, want := range map[string]string{
		"listen_rest": "127.0.0.1:1 from file", "log_level": "warn from flag --log-level", "instance": "3 from ONESTOP_INSTANCE",
		"limits.lease": "1m0s from file", "listen_grpc": "127.0.0.1:9090 from standard", "regions[360827].area": "360828 from file", "facilities": "0 from file",
	} {
		if got[key] != want {
			t.Errorf("%s: %s, want %s", key, got[key], want)
		}
	}
}
