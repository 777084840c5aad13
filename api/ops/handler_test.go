package ops

import (
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func TestLanguage(t *testing.T) {
	handler := NewHandler(quiet().config())
	for _, one := range []struct{ query, accept, want string }{
		{"", "", "zh-CN"},
		{"", "en-GB,en;q=0.9", "en"},
		{"", "zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"},
		{"", "fr-FR, en;q=0.5", "en"},
		{"", "ja", "zh-CN"},
		{"", "en;q=broken,,;", "zh-CN"},
		{"?lang=zh", "en", "zh-CN"},
		{"?lang=en", "zh", "en"},
		{"?lang=klingon", "en", "en"},
	} {
		page := get(t, handler, "/ops"+one.query, "Accept-Language", one.accept).Body.String()
		if !strings.Contains(page, `<html lang="`+one.want+`">`) {
			t.Errorf("%+v answered in another language", one)
		}
	}
}

// TestTheOtherLanguageKeepsThePageStill: the links lead where they say.
func TestTheOtherLanguageKeepsThePageStill(t *testing.T) {
	handler := NewHandler(quiet().config())
	for query, want := range map[string][]string{
		"?lang=en":             {`content="5"`, `href="?lang=en&amp;refresh=off">Keep still`, `href="?lang=zh" lang="zh-CN"`},
		"?lang=en&refresh=off": {`href="?lang=en">Go on`, `href="?lang=zh&amp;refresh=off" lang="zh-CN"`},
		"?lang=zh":             {`content="5"`, `href="?lang=zh&amp;refresh=off">停止刷新`, `href="?lang=en" lang="en"`},
	} {
		page := get(t, handler, "/ops"+query).Body.String()
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s has no %s", query, text)
			}
		}
		if still := strings.Contains(query, "off"); still == strings.Contains(page, `http-equiv="refresh"`) {
			t.Errorf("%s: refreshed %v", query, !still)
		}
	}
}

// TestABrowserMayDoNothingElse: no script, nothing from elsewhere, kept nowhere.
func TestABrowserMayDoNothingElse(t *testing.T) {
	answer := get(t, NewHandler(quiet().config()), "/ops")
	header := answer.Header()
	security := header.Get("Content-Security-Policy")
	if !strings.HasPrefix(security, "default-src 'none'; style-src 'sha256-") || strings.Contains(security, "unsafe") || strings.Contains(security, "script-src") {
		t.Errorf("policy %s", security)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	} {
		if header.Get(name) != want {
			t.Errorf("%s: %s", name, header.Get(name))
		}
	}
	page := answer.Body.String()
	for _, banned := range []string{"<script", "http://", "https://", "style=", "onload", "ZgotmplZ"} {
		if strings.Contains(page, banned) {
			t.Errorf("the page has %s", banned)
		}
	}
}

// TestWhatOthersWroteIsEscaped: names of the configuration, errors not at all.
func TestWhatOthersWroteIsEscaped(t *testing.T) {
	w := quiet()
	const nasty = `"><script>alert(1)</script>`
	w.payers = []settlement.PayerCode{nasty}
	w.standing.Err = errAway
	config := w.config()
	config.About.Settings = []Setting{{nasty, nasty, nasty}}
	config.About.Version, config.About.Store, config.About.Instance = nasty, nasty, nasty
	page := get(t, NewHandler(config), "/ops?lang=en").Body.String()
	if strings.Contains(page, "<script") || strings.Count(page, "&lt;script&gt;alert(1)") < 7 {
		t.Error("something is not escaped")
	}
	if strings.Contains(page, errAway.Error()) {
		t.Error("the page tells the text of an error")
	}
}

// TestManyViewersCostASecondEach: however many look, what is shown is gathered
// once a second.
func TestManyViewersCostASecondEach(t *testing.T) {
	w := quiet()
	handler := NewHandler(w.config())
	look := func(counted int) {
		t.Helper()
		for range 3 {
			for _, query := range []string{"?lang=zh", "?lang=en", "?lang=en&refresh=off"} {
				get(t, handler, "/ops"+query)
			}
		}
		if w.asked != counted {
			t.Fatalf("counted %d times, want %d", w.asked, counted)
		}
	}
	look(1)
	w.now = w.now.Add(999 * time.Millisecond)
	look(1)
	w.now = w.now.Add(time.Millisecond)
	look(2)
	w.now = w.now.Add(29 * time.Second)
	look(3)
	w.now = w.now.Add(-time.Hour) // a clock that was wrong
	look(4)
}

// TestEverySectionAnswersItsQuestion in both languages, with what there is.
func TestEverySectionAnswersItsQuestion(t *testing.T) {
	w := quiet()
	w.answered(20, false, lifecycle.Spent{lifecycle.SharePayer: 800 * time.Millisecond, lifecycle.ShareStore: 4 * time.Millisecond})
	w.live.Called("nhsa", settlement.ResultApplied, 800*time.Millisecond)
	w.standing.States = map[settlement.State]Aged{
		settlement.StateSettling:  {7, w.now.Add(-70 * time.Second)},
		settlement.StateAttention: {2, w.now.Add(-5 * time.Hour)},
	}
	w.funds = []fund.Standing{{
		Key: fund.Key{Region: "360827", Fund: settlement.RuralFund, Year: 2026}, Raised: 100_00, Assisted: 121_30, Utilisation: "121.3", Warning: fund.Overspent,
	}}
	handler := NewHandler(w.config())
	for query, want := range map[string][]string{
		"?lang=en": {
			"How many are answered a second?", "Who is slow?", "When did it become slow?", "Which payer does not answer, and which is slow?",
			"Which settlements are not at rest, and since when?", "How many wait for two people?", "How near is it to refusing requests?",
			"Do we and the payers agree?", "Do the assistance funds last?", "What runs, and how is it configured?", "7</td><td class=\"number\">70 s", "2 waiting", "the oldest since 5 h",
			"1 / 256", "121.3 %", "! OVERSPENT", "2026-11-21 09:00:00", "1m0s", "(3 h)", "payer p50 800 ms", "onestop attention list",
		},
		"?lang=zh": {
			"每秒应答多少笔？", "慢在哪里？", "从什么时候开始变慢？", "哪个支付方没有应答，哪个慢？", "哪些结算尚未落定，多久了？", "有多少笔等待双人处理？",
			"离拒绝请求还有多远？", "与支付方对账一致吗？", "救助基金还够用吗？", "运行的是什么，配置如何？", "70 秒", "2 笔", "最久 5 小时", "农村医疗救助",
		},
	} {
		page := get(t, handler, "/ops"+query).Body.String()
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s has no %q", query, text)
			}
		}
		if sections, charts := strings.Count(page, "<section"), strings.Count(page, `role="img"`); sections != 10 || charts != 4 {
			t.Errorf("%s: %d sections, %d charts", query, sections, charts)
		}
	}
}

// TestAQuietGatewayClaimsNothing: no figure where nothing was measured, and
// nothing known where the store is errAway.
func TestAQuietGatewayClaimsNothing(t *testing.T) {
	w := quiet()
	page := get(t, NewHandler(w.config()), "/ops?lang=en").Body.String()
	for _, text := range []string{"Nothing needs you now.", "Whole, p99</dt><dd>–", "– not called", "Nothing was raised or paid this year."} {
		if !strings.Contains(page, text) {
			t.Errorf("no %q", text)
		}
	}
	w.standing.Err, w.compared.Err = errAway, errAway
	page = get(t, NewHandler(w.config()), "/ops?lang=en").Body.String()
	if strings.Count(page, "The store cannot be read; it is not known.") != 3 || strings.Contains(page, "✓ none") || !strings.Contains(page, "<dd>unknown") {
		t.Error("a store that is errAway is not told as such")
	}
}
