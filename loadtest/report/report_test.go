package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden report anew")

// sample has everything a report can have.
func sample() *Report {
	return &Report{
		Title: "Settling <over> the wire", Closing: "settle/pgbench 1=1.20 8=2.00",
		Facts: []Fact{{"machine", "A & B, 2 cores"}},
		Tables: []Table{{
			Title: "Medians", Head: []string{"", "1 client", "8 clients"},
			Rows: [][]string{{"settle, a second", "800", "3200"}, {"p99", "2.5 ms", "7.1 ms"}},
		}},
		Plots: []Plot{
			{
				Title: "Throughput by clients", X: Axis{Label: "clients", Log: true, Ticks: []Tick{{1, "1"}, {8, "8"}}}, Y: Axis{Label: "settlements a second"},
				Lines: []Line{{Name: "settle", Points: []Point{{1, 800}, {8, 3200}}}, {Name: "pgbench", Points: []Point{{1, 660}, {8, 1600}}, Dashed: true, Ink: 9}},
			},
			{Title: "Latency", X: Axis{Label: "share of answers"}, Y: Axis{Label: "latency, ms", Log: true}, Lines: []Line{{Name: "a<b", Points: []Point{{0, 0.4}, {1, 80}}}}},
		},
		Notes: []string{"Ratios survive a noisy machine."},
	}
}

func TestReport(t *testing.T) {
	var got bytes.Buffer
	if err := sample().Write(&got); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/report.golden.html"
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the report is another (-update writes it):\n%s", diff)
	}
}

// A plot by itself is well-formed, has its colours in it and asks for nothing.
func TestPlotByItself(t *testing.T) {
	for _, p := range sample().Plots {
		var got bytes.Buffer
		if err := p.Write(&got); err != nil {
			t.Fatal(err)
		}
		var names []string
		tokens := xml.NewDecoder(&got)
		for {
			token, err := tokens.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", p.Title, err)
			}
			if element, is := token.(xml.StartElement); is && len(names) < 3 {
				names = append(names, element.Name.Space+" "+element.Name.Local)
			}
		}
		const space = "http://www.w3.org/2000/svg "
		if diff := cmp.Diff([]string{space + "svg", space + "title", space + "style"}, names); diff != "" {
			t.Errorf("%s begins otherwise:\n%s", p.Title, diff)
		}
	}
}

// A report needs nothing but itself, and no text of it can become markup.
func TestReportIsOneFile(t *testing.T) {
	var got bytes.Buffer
	if err := sample().Write(&got); err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"http://", "https://", "<script", "src=", "<over>", "a<b"} {
		if strings.Contains(got.String(), never) {
			t.Errorf("%q is in it", never)
		}
	}
	for _, says := range []string{"Settling &lt;over&gt; the wire", "A &amp; B", "settlements a second", "latency, ms", "a&lt;b"} {
		if !strings.Contains(got.String(), says) {
			t.Errorf("%q is not in it", says)
		}
	}
	if err := sample().Write(broken{}); err == nil {
		t.Error("written to nothing")
	}
}

// broken takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("full") }

// A plot is well-formed, and stays within its paper.
func TestDraw(t *testing.T) {
	for _, plot := range append(sample().Plots, Plot{Title: "nothing"}, Plot{Title: "zero", Y: Axis{Log: true}, Lines: []Line{{Points: []Point{{0, 0}}}}}) {
		text := draw(plot, false)
		for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
			token, err := decoder.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", plot.Title, err)
			}
			if start, ok := token.(xml.StartElement); ok && start.Name.Local == "polyline" && strings.Contains(text, "NaN") {
				t.Errorf("%s: a point nowhere", plot.Title)
			}
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		name   string
		axis   Axis
		values []float64
		ticks  string
		at     map[float64]float64 // share of the paper
	}{
		{"from nothing", Axis{}, []float64{3, 870}, "0 200 400 600 800 1000", map[float64]float64{0: 0, 500: 0.5}},
		{"a whole number of steps", Axis{}, []float64{1, 6}, "0 1 2 3 4 5 6", map[float64]float64{6: 1}},
		{"decades", Axis{Log: true}, []float64{0.3, 40}, "0.1 0.2 0.5 1 2 5 10 20 50 100", map[float64]float64{0.1: 0, 100: 1, 0: 0}},
		{"many decades", Axis{Log: true}, []float64{1, 90_000}, "1 10 100 1000 10000 100000", map[float64]float64{100: 0.4}},
		{"a power of ten alone", Axis{Log: true}, []float64{10}, "10 20 50 100", map[float64]float64{10: 0}},
		{"its own ticks", Axis{Log: true, Ticks: []Tick{{1, "1"}, {100, "100"}}}, []float64{10}, "1 100", map[float64]float64{10: 0.5}},
		{"nothing", Axis{}, nil, "0 2 4 6 8 10", nil},
	} {
		s := newScale(c.axis, c.values, 0, 1)
		var ticks []string
		for _, tick := range s.ticks {
			ticks = append(ticks, tick.Text)
		}
		if got := strings.Join(ticks, " "); got != c.ticks {
			t.Errorf("%s: ticks %s, want %s", c.name, got, c.ticks)
		}
		for value, want := range c.at {
			if got := s.at(value); math.Abs(got-want) > 1e-9 {
				t.Errorf("%s: %v at %v, want %v", c.name, value, got, want)
			}
		}
	}
}
