package ops

import (
	"bytes"
	"embed"
	"html/template"
	"time"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

//go:embed page
var files embed.FS

//go:embed page/style.css
var style string

// page is what the template shows.
type page struct {
	Language words.Language
	Paused   bool
	At       time.Time
	About    About
	Concerns []concern
	Window   lifecycle.Moments
	Gateway  lifecycle.Quantiles // the gateway's own share of the window
	Flow     flow
	Course   course
	Slow     comparison
	Payers   []payer
	Called   comparison // the payers
	Unread   bool       // the store could not be read
	Sagas    []saga
	Waiting  Aged // in the attention queue
	Rooms    []filling
	Funds    []fund.Standing
	// Uncompared: the store could not be read for what follows.
	Uncompared bool
	Runs       []comparedRun
	Open       []openClass
}

// saga is how many settlements are in one state.
type saga struct {
	State settlement.State
	Does  words.Text
	Aged
}

// filling is how full a room is, as it is drawn.
type filling struct {
	Name        words.Text
	Taken, Room int
	Filled      float64 // of 100
}

// render draws one variant of the page.
func render(c *Config, f *facts, v variant) ([]byte, error) {
	payers := payersOf(f)
	p := page{
		Language: v.language, Paused: v.paused, At: f.at, About: c.About, Concerns: concerns(f),
		Window: f.live.Window, Gateway: f.live.Window.Shares[lifecycle.ShareGateway],
		Flow: flowOf(f.live.Slots), Course: courseOf(f.live.Slots), Slow: whoIsSlow(&f.live.Window),
		Payers: payers, Called: whichPayer(payers), Unread: f.standing.Err != nil,
		Waiting: f.standing.States[settlement.StateAttention], Funds: f.funds,
		Uncompared: f.compared.Err != nil, Runs: f.compared.runs(), Open: f.compared.open(),
	}
	for _, m := range moving {
		p.Sagas = append(p.Sagas, saga{m.state, m.does, f.standing.States[m.state]})
	}
	for _, room := range f.rooms {
		drawn := filling{Name: room.name, Taken: room.taken, Room: room.room}
		if room.room > 0 {
			drawn.Filled = place(float64(min(room.taken, room.room)), 0, float64(room.room), 0, 100)
		}
		p.Rooms = append(p.Rooms, drawn)
	}
	var b bytes.Buffer
	err := spoken[v.language].ExecuteTemplate(&b, "page.html", &p)
	return b.Bytes(), err
}

// spoken is the page's template in each language.
var spoken = map[words.Language]*template.Template{
	words.Chinese: mustSpeak(words.Chinese),
	words.English: mustSpeak(words.English),
}

// mustSpeak reads the templates for a language: say chooses the side of a pair
// written in them, in that of a text.
func mustSpeak(language words.Language) *template.Template {
	in := func(t words.Text) string { return t.In(language) }
	return template.Must(template.New("ops").Funcs(template.FuncMap{
		"say":       func(zh, en string) string { return in(words.Text{Zh: zh, En: en}) },
		"in":        in,
		"style":     func() template.CSS { return template.CSS(style) },
		"latency":   latency,
		"perSecond": perSecond,
		"age":       func(d time.Duration) string { return in(age(d)) },
		"fund":      func(f settlement.Fund) string { return in(words.Fund(f)) },
		"warning":   func(s fund.Standing) string { return in(words.FundWarning(&s)) },
		"clock":     func(t time.Time) string { return t.In(settlement.China).Format("2006-01-02 15:04:05") },
		"period":    period,
		"plus":      func(a, b float64) float64 { return a + b },
	}).ParseFS(files, "page/*.html"))
}
