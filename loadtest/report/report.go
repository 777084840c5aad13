package report

import (
	"embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed report.html
var files embed.FS

// plotStyle is how a plot looks, in a report and by itself.
//
//go:embed plot.css
var plotStyle template.CSS

var page = template.Must(template.New("report.html").Funcs(template.FuncMap{
	"draw":  func(p Plot) template.HTML { return template.HTML(draw(p, false)) },
	"style": func() template.CSS { return plotStyle },
}).ParseFS(files, "report.html"))

// Report is a whole report, in the order it is read.
type Report struct {
	Title   string
	Facts   []Fact   // what was measured on, and how
	Closing string   // the line of ratios
	Tables  []Table  // figures
	Plots   []Plot   // the same, drawn
	Notes   []string // how to read it
}

// Fact is one line of what has to be known to believe a figure.
type Fact struct{ Name, Value string }

// Table is a table with a head line; the first column names the row.
type Table struct {
	Title string
	Head  []string
	Rows  [][]string
}

// Plot is lines over two axes.
type Plot struct {
	Title string
	File  string // name, without its ending, of the file it is written to by itself
	X, Y  Axis
	Lines []Line
}

// Axis is one axis of a plot.
type Axis struct {
	Label string // with the unit
	Log   bool   // decades of equal length; only for values above 0
	Ticks []Tick // nil: round numbers
}

// Tick is a value that is marked, and how it is written.
type Tick struct {
	At   float64
	Text string
}

// Line is one line of a plot.
type Line struct {
	Name   string
	Points []Point
	Dashed bool // a yardstick
	Ink    int  // of the same thing the same in every plot
}

// Point is a point in the units of the axes.
type Point struct{ X, Y float64 }

// Write writes the report as one HTML file.
func (r *Report) Write(to io.Writer) error {
	if err := page.Execute(to, r); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// Write writes the plot as an SVG file of its own, on white.
func (p *Plot) Write(to io.Writer) error {
	if _, err := io.WriteString(to, draw(*p, true)); err != nil {
		return fmt.Errorf("writing plot: %w", err)
	}
	return nil
}
