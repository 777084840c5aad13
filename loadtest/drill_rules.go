package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// shortenFiles writes every rules file of a folder into another, shortened.
func shortenFiles(from, into string, factor int) error {
	files, err := filepath.Glob(filepath.Join(from, "*.yml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("rules in %s: %d, %w", from, len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yml") + ".rules.yml"
		if err := os.WriteFile(filepath.Join(into, name), []byte(shorten(string(text), factor)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// What of a rule is a stretch of time: the windows of its expression, how far a
// forecast looks ahead, and how long it has to hold.
var (
	lookback = regexp.MustCompile(`\[(\d+[smhd])\]`)
	ahead    = regexp.MustCompile(`(predict_linear\([^)]*, )(\d+)\)`)
	hold     = regexp.MustCompile(`(?m)^(\s*for: )(\d+[smhd])$`)
	measured = regexp.MustCompile(`^(\d+)([smhd])$`)
)

// shorten divides every stretch of time in a rules file. Names, thresholds and
// the buckets of histograms stay: what is too slow or too much does not depend
// on how long it is looked at.
func shorten(text string, factor int) string {
	text = lookback.ReplaceAllStringFunc(text, func(found string) string {
		return "[" + divided(found[1:len(found)-1], factor) + "]"
	})
	text = ahead.ReplaceAllStringFunc(text, func(found string) string {
		parts := ahead.FindStringSubmatch(found)
		seconds, _ := strconv.Atoi(parts[2]) // digits, says the pattern
		return parts[1] + strconv.Itoa(max(1, seconds/factor)) + ")"
	})
	return hold.ReplaceAllStringFunc(text, func(found string) string {
		parts := hold.FindStringSubmatch(found)
		return parts[1] + divided(parts[2], factor)
	})
}

var units = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

// divided is a duration as Prometheus writes it, shorter, in milliseconds.
func divided(duration string, factor int) string {
	parts := measured.FindStringSubmatch(duration)
	n, _ := strconv.Atoi(parts[1]) // digits, says the pattern
	return strconv.FormatInt((time.Duration(n)*units[parts[2]]/time.Duration(factor)).Milliseconds(), 10) + "ms"
}
