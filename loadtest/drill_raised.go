package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// raised is what a drill made fire.
type raised struct {
	drill drill
	early []string                 // before anything was broken
	fired map[string]time.Duration // after the strike, by alert
}

// missing are the alerts that had to fire and have not.
func (o *raised) missing() (missing []string) {
	for _, e := range o.drill.expect {
		if _, fired := o.fired[e.alert]; !fired {
			missing = append(missing, e.alert)
		}
	}
	return missing
}

// beside are the alerts that fired and had not to.
func (o *raised) beside() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(o.fired)), func(alert string) bool {
		return slices.ContainsFunc(o.drill.expect, func(e expected) bool { return e.alert == alert })
	})
}

// wrong says what is wrong, or "".
func (o *raised) wrong() string {
	if len(o.early) > 0 {
		return "fired before anything was broken: " + strings.Join(o.early, ", ")
	}
	if missing := o.missing(); len(missing) > 0 {
		return "did not fire: " + strings.Join(missing, ", ")
	}
	strangers := slices.DeleteFunc(o.beside(), func(alert string) bool { return slices.Contains(o.drill.allow, alert) })
	if len(strangers) > 0 {
		return "fired for no reason: " + strings.Join(strangers, ", ")
	}
	return ""
}

// print writes a row for each alert that had to fire.
func (o *raised) print(out io.Writer, factor int) {
	beside := strings.Join(o.beside(), ", ")
	if beside == "" {
		beside = "–"
	}
	for _, e := range o.drill.expect {
		after := "**not**"
		if took, fired := o.fired[e.alert]; fired {
			after = fmt.Sprintf("%.1f s", took.Seconds())
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s ÷ %d = %.0f s | %s |\n",
			o.drill.name, o.drill.does, e.alert, after, minutes(e.within), factor, e.within.Seconds()/float64(factor), beside)
	}
}

func minutes(d time.Duration) string { return fmt.Sprintf("%d min", int(d.Minutes())) }
