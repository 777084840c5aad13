package lifecycle_test

import (
	"fmt"
	"hash/fnv"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// trace is what happened, one line each, and a hash over all of it, so that
// two runs of a seed can be compared.
type trace struct {
	lines []string
	hash  uint64
}

func (t *trace) add(at time.Duration, format string, args ...any) {
	line := fmt.Sprintf("%11.3fs ", at.Seconds()) + fmt.Sprintf(format, args...)
	t.lines = append(t.lines, line)
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%016x%s", t.hash, line)
	t.hash = sum.Sum64()
}

// The most lines a report shows: of what concerns its subject, with the strikes
// at gateways between them, and of the end.
const (
	linesAbout = 60
	linesLast  = 15
)

// about are the last lines that name one of words, and the strikes at the
// gateway that was named last. Callers looking for their answers are left out.
func (t *trace) about(words ...string) []string {
	var found []string
	gateway := "**"
	for _, line := range t.lines {
		named := !strings.Contains(line, "reads key") && slices.ContainsFunc(words, func(word string) bool {
			return word != "" && strings.Contains(line, word)
		})
		if named {
			gateway = strings.Fields(line)[1]
		}
		if named || strings.Contains(line, "** "+gateway+" dies") || strings.Contains(line, "** "+gateway+" stands") {
			found = append(found, line)
		}
	}
	return last(found, linesAbout)
}

func last(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// breach is an invariant found broken, and what it is about.
type breach struct {
	text  string
	about []string
}

// report is what a person needs to follow a breach.
func (s *simulation) report(test string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\ncommit %s; repeat it with ONESTOP_SEED=%d go test -run '^%s$'\n", s.breach.text, s.plan, commit(), s.plan.seed, test)
	fmt.Fprintf(&b, "what concerns %s (of %d events):\n", strings.Join(s.breach.about, ", "), len(s.trace.lines))
	b.WriteString(strings.Join(s.trace.about(s.breach.about...), "\n"))
	fmt.Fprintf(&b, "\nthe last events:\n%s\n", strings.Join(last(s.trace.lines, linesLast), "\n"))
	return b.String()
}

// commit names the revision under test, where git knows it.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
