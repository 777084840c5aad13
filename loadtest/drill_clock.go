package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// readsClock is where the program hands out the time, and where it reads it.
var readsClock = regexp.MustCompile(`\btime\.Now\b`)

// setClock is a clock that a file sets. A program in Go asks the kernel for the
// time, not the C library, so that faketime cannot reach it; a time namespace
// does not shift the time of day.
const setClock = `package main

import (
	"os"
	"strings"
	"time"
)

func drillNow() time.Time {
	text, err := os.ReadFile(%q)
	if err != nil {
		return time.Now()
	}
	ahead, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return time.Now()
	}
	return time.Now().Add(ahead)
}
`

// buildWithClock builds the gateway, in place of program, with another clock in
// main, which hands it to every room: as far ahead as the file named clock
// says. Nothing else of the source is changed.
func buildWithClock(ctx context.Context, program, clock string) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	main := filepath.Join(root, "cmd", "onestop")
	files, err := filepath.Glob(filepath.Join(main, "*.go"))
	if err != nil {
		return err
	}
	folder := filepath.Join(filepath.Dir(clock), "clock-source")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	replaced := map[string]string{}
	put := func(name, text string) error {
		replaced[filepath.Join(main, name)] = filepath.Join(folder, name)
		return os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name := filepath.Base(file)
		if strings.HasSuffix(name, "_test.go") || !readsClock.Match(text) {
			continue
		}
		if err := put(name, withClock(string(text))); err != nil {
			return err
		}
	}
	if len(replaced) == 0 {
		return fmt.Errorf("%s hands out no clock", main)
	}
	if err := put("clock_drill.go", fmt.Sprintf(setClock, clock)); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return err
	}
	list := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return err
	}
	_, err = output(ctx, "go", "build", "-overlay", list, "-o", program, module+"/cmd/onestop")
	return err
}

// withClock reads the other clock wherever a file read time.Now; the import
// stays in use.
func withClock(text string) string {
	return readsClock.ReplaceAllString(text, "drillNow") + "\nvar _ time.Duration\n"
}
