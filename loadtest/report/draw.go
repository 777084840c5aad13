package report

import (
	"fmt"
	"html/template"
	"strings"
)

// The plot on paper, in the units of its view box.
const (
	width, height             = 720.0, 340.0
	left, right, top, bottom  = 74.0, 26.0, 14.0, 56.0
	legendLine, legendPerLine = 18.0, 2
	legendColumn              = (width - left) / legendPerLine
)

// inks are the colours of lines, told apart by most eyes and, with the marks,
// in black and white too.
var inks = []string{"#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#b91c1c", "#0f766e", "#a16207", "#475569"}

// draw is a plot as SVG: within a page that has its style, or alone, a file that
// needs nothing else. Every text in it is escaped here: the template takes the
// result as it is.
func draw(p Plot, alone bool) string {
	var xs, ys []float64
	for _, line := range p.Lines {
		for _, point := range line.Points {
			xs, ys = append(xs, point.X), append(ys, point.Y)
		}
	}
	x, y := newScale(p.X, xs, left, width-right), newScale(p.Y, ys, height-bottom, top)
	legend := legendLine * float64((len(p.Lines)+legendPerLine-1)/legendPerLine)
	d := &drawing{}
	namespace := ""
	if alone {
		namespace = `xmlns="http://www.w3.org/2000/svg" `
	}
	d.add(`<svg %sviewBox="0 0 %g %g" role="img" aria-label="%s">`, namespace, width, height+legend, escape(p.Title))
	if alone {
		d.add("<title>%s</title>\n<style>\n  svg { font-family: system-ui, sans-serif; background: #fff; }\n%s</style>", escape(p.Title), plotStyle)
	}
	d.axes(p, &x, &y)
	for i, line := range p.Lines {
		d.line(line, &x, &y)
		d.legend(line, i)
	}
	d.add(`</svg>`)
	return d.text.String()
}

// drawing is an SVG in the making.
type drawing struct{ text strings.Builder }

func (d *drawing) add(format string, values ...any) { fmt.Fprintf(&d.text, format+"\n", values...) }

func escape(text string) string { return template.HTMLEscapeString(text) }

// axes draws the grid, its numbers and what they are of.
func (d *drawing) axes(p Plot, x, y *scale) {
	for _, tick := range y.ticks {
		at := y.at(tick.At)
		d.add(`<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`, left, width-right, at, at)
		d.add(`<text class="tick" text-anchor="end" x="%g" y="%.1f">%s</text>`, left-8, at+4, escape(tick.Text))
	}
	for _, tick := range x.ticks {
		at := x.at(tick.At)
		d.add(`<line class="grid" x1="%.1f" x2="%.1f" y1="%g" y2="%g"/>`, at, at, top, height-bottom)
		d.add(`<text class="tick" text-anchor="middle" x="%.1f" y="%g">%s</text>`, at, height-bottom+18, escape(tick.Text))
	}
	d.add(`<rect class="frame" x="%g" y="%g" width="%g" height="%g"/>`, left, top, width-left-right, height-top-bottom)
	d.add(`<text class="label" text-anchor="middle" x="%g" y="%g">%s</text>`, (left+width-right)/2, height-bottom+40, escape(p.X.Label))
	d.add(`<text class="label" text-anchor="middle" transform="translate(16 %g) rotate(-90)">%s</text>`, (top+height-bottom)/2, escape(p.Y.Label))
}

// marksAbout is how many points of a line are marked.
const marksAbout = 10

// line draws one line through its points.
func (d *drawing) line(line Line, x, y *scale) {
	var path []string
	for _, point := range line.Points {
		path = append(path, fmt.Sprintf("%.1f,%.1f", x.at(point.X), y.at(point.Y)))
	}
	dash := ""
	if line.Dashed {
		dash = ` stroke-dasharray="6 4"`
	}
	d.add(`<polyline class="line" stroke="%s"%s points="%s"/>`, inks[line.Ink%len(inks)], dash, strings.Join(path, " "))
	for i, point := range line.Points {
		if i%(1+len(line.Points)/marksAbout) == 0 {
			d.mark(line.Ink, x.at(point.X), y.at(point.Y))
		}
	}
}

// mark draws one of four shapes, so that lines are told apart without colour.
func (d *drawing) mark(of int, x, y float64) {
	ink := inks[of%len(inks)]
	switch of % 4 {
	case 0:
		d.add(`<circle fill="%s" cx="%.1f" cy="%.1f" r="3.5"/>`, ink, x, y)
	case 1:
		d.add(`<rect fill="%s" x="%.1f" y="%.1f" width="7" height="7"/>`, ink, x-3.5, y-3.5)
	case 2:
		d.add(`<path fill="%s" d="M%.1f %.1f l4.5 8 h-9 z"/>`, ink, x, y-5)
	default:
		d.add(`<path fill="%s" d="M%.1f %.1f l4.5 4.5 -4.5 4.5 -4.5 -4.5 z"/>`, ink, x, y-4.5)
	}
}

// legend names a line below the plot, in the i-th place.
func (d *drawing) legend(line Line, i int) {
	x, y := left+float64(i%legendPerLine)*legendColumn, height+float64(i/legendPerLine)*legendLine
	d.mark(line.Ink, x, y-2)
	d.add(`<text class="tick" x="%g" y="%g">%s</text>`, x+10, y+2, escape(line.Name))
}
