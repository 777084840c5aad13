package sim

import (
	"testing"
	"time"
)

func TestParseScript(t *testing.T) {
	script, err := ParseScript([]byte(`{"people":{"1":{"ratio":"0.5"}},"rules":[{"transaction":"2304","fault":"lost_after","first":2}],
		"weights":{"ok":9,"slow":1},"delay_ms":5,"draws_max":3,"deduplicate":true,"as_text":true,"credentials":{"a":"b"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if script.Rules[0].Fault != LostAfter || script.Weights[Slow] != 1 || script.DrawsMax != 3 || script.People["1"].Ratio != "0.5" {
		t.Errorf("script %+v", script)
	}
	for name, text := range map[string]string{
		"nothing":              ``,
		"an unknown key":       `{"peopel":{}}`,
		"two scripts":          `{}{}`,
		"an unknown fault":     `{"rules":[{"fault":"explode"}]}`,
		"no fault":             `{"rules":[{"transaction":"2304"}]}`,
		"a negative first":     `{"rules":[{"fault":"ok","first":-1}]}`,
		"a negative delay":     `{"rules":[{"fault":"slow","delay_ms":-1}]}`,
		"an unknown weight":    `{"weights":{"explode":1}}`,
		"an item's bad ratio":  `{"items":{"x":"1.1"}}`,
		"a negative weight":    `{"weights":{"ok":-1}}`,
		"a person's bad ratio": `{"people":{"1":{"ratio":"2"}}}`,
		"anyone's bad ratio":   `{"anyone":{"ratio":"x"}}`,
	} {
		if _, err := ParseScript([]byte(text)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// questionOf is a call as the stage sees one.
func questionOf(number, message, person, encounter string) question {
	q := question{Number: number, Message: message}
	q.Input.Data.Person, q.Input.Data.Encounter = person, encounter
	return q
}

// staged is a stage that plays script.
func staged(t *testing.T, seed uint64, script Script) *stage {
	t.Helper()
	s := newStage(seed)
	if err := s.play(script); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRulesDecideInOrderAndWearOut(t *testing.T) {
	s := staged(t, 1, Script{Rules: []Rule{
		{Transaction: "2304", Person: "p1", Fault: LostAfter, First: 2},
		{Transaction: "2304", Encounter: "e2", Fault: Slow, DelayMillis: 7},
		{Transaction: "2601", Fault: Idle},
	}})
	for i, step := range []struct {
		q     question
		want  Fault
		delay time.Duration
	}{
		{questionOf("2304", "m1", "p1", "e1"), LostAfter, 0},
		{questionOf("2303", "m2", "p1", "e1"), OK, 0},
		{questionOf("2304", "m3", "p2", "e1"), OK, 0},
		{questionOf("2304", "m4", "p1", "e2"), LostAfter, 0},
		{questionOf("2304", "m5", "p1", "e1"), OK, 0},
		{questionOf("2304", "m6", "p1", "e2"), Slow, 7 * time.Millisecond},
		{questionOf("2304", "m7", "p2", "e2"), Slow, 7 * time.Millisecond},
		{questionOf("2601", "m8", "", ""), Idle, 0},
	} {
		if fault, delay := s.draw(step.q); fault != step.want || delay != step.delay {
			t.Errorf("call %d: %s after %s, want %s after %s", i, fault, delay, step.want, step.delay)
		}
	}
	if s.arrivals("2304") != 6 || s.arrivals("2303") != 1 || s.arrivals("1101") != 0 {
		t.Error("arrivals are miscounted")
	}
}

// The same seed tells the same story whatever the order of calls, and healing
// ends it.
func TestDrawing(t *testing.T) {
	script := Script{Weights: map[Fault]int{OK: 60, LostAfter: 20, Refuse: 20}, DrawsMax: 2}
	forward, backward, other := staged(t, 1, script), staged(t, 1, script), staged(t, 2, script)
	const calls = 400
	first, differs := map[int]Fault{}, 0
	for i := range calls {
		first[i], _ = forward.draw(questionOf("2304", time.Duration(i).String(), "", ""))
		if fault, _ := other.draw(questionOf("2304", time.Duration(i).String(), "", "")); fault != first[i] {
			differs++
		}
	}
	counts := map[Fault]int{}
	for i := calls - 1; i >= 0; i-- {
		fault, _ := backward.draw(questionOf("2304", time.Duration(i).String(), "", ""))
		if fault != first[i] {
			t.Fatalf("call %d: %s in one order, %s in the other", i, first[i], fault)
		}
		counts[fault]++
	}
	if counts[OK] < 200 || counts[OK] > 280 || counts[LostAfter] < 50 || counts[Refuse] < 50 || differs < 100 {
		t.Errorf("drawn %v of 60:20:20, %d differ by seed", counts, differs)
	}
	for i := range calls {
		forward.draw(questionOf("2304", time.Duration(i).String(), "", ""))
		if fault, _ := forward.draw(questionOf("2304", time.Duration(i).String(), "", "")); fault != OK {
			t.Fatalf("the third call of a message is %s", fault)
		}
	}
}
