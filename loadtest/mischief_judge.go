package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
)

// unmasked is what was made of the mischief.
type unmasked struct {
	planted, found, wrong, invented, causes int
}

// differs is a line about one encounter: its number, class, encounter, then the
// cause.
var differs = regexp.MustCompile(`^\d+ (payer_only|ours_only|duplicated|status_differs|wrong_facility|wrong_day|amount_differs) (\S+)[^:]*: (\w+) \(`)

// closing is the last line, with how many differences there are.
var closing = regexp.MustCompile(`, 0 bad; \d+ equal, (\d+) differ`)

// weigh compares what was said of a list with what was planted into it. What
// is missed, wrong or invented is told on notes.
func (u *unmasked) weigh(planted map[string]trick, text string, notes io.Writer) error {
	u.planted += len(planted)
	said, total := map[string]bool{}, 0
	for line := range strings.Lines(text) {
		parts := differs.FindStringSubmatch(line)
		if parts == nil {
			continue
		}
		total++
		one, known := planted[parts[2]]
		switch {
		case !known || said[parts[2]]:
			u.invented++
			fmt.Fprint(notes, "invented: ", line)
		case one.class != parts[1]:
			u.wrong++
			fmt.Fprintf(notes, "planted %s: %s", one.class, line)
		default:
			u.found++
			if one.cause == parts[3] {
				u.causes++
			} else {
				fmt.Fprintf(notes, "caused by %s: %s", one.cause, line)
			}
		}
		said[parts[2]] = true
	}
	for encounter, one := range planted {
		if !said[encounter] {
			fmt.Fprintf(notes, "missed: %s of %s\n", one.class, encounter)
		}
	}
	last := closing.FindStringSubmatch(text)
	if last == nil || last[1] != fmt.Sprint(total) {
		return fmt.Errorf("%d differences were read of what ends with: %s", total, text[strings.LastIndexByte(text, '\n')+1:])
	}
	return nil
}

// sound: all found with their class, nothing invented, nearly all causes right.
func (u *unmasked) sound() bool {
	return u.found == u.planted && u.wrong == 0 && u.invented == 0 && u.causes*100 >= u.planted*95
}

// String is the closing line.
func (u *unmasked) String() string {
	percent := 100
	if u.planted > 0 {
		percent = u.causes * 100 / u.planted
	}
	return fmt.Sprintf("planted %d, found %d, wrong class %d, invented %d, right cause %d%%", u.planted, u.found, u.wrong, u.invented, percent)
}

// exitCodeOf is the code a program ended with, by the error of running it.
func exitCodeOf(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}
