package main

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// answered is an answer over a transport, in bytes of its own.
func answered(t *testing.T, key, transport string, settlement *onestopv1.Settlement) said {
	t.Helper()
	marshal := func() ([]byte, error) { return protojson.MarshalOptions{UseProtoNames: true}.Marshal(settlement) }
	if transport == transportGRPC {
		marshal = func() ([]byte, error) { return proto.Marshal(settlement) }
	}
	raw, err := marshal()
	if err != nil {
		t.Fatal(err)
	}
	heard := understood(transport, raw)
	heard.Key = key
	return heard
}

// outcome is an answer about the urban dibao person of the tests.
func outcome(id string, state onestopv1.State, ordinary string) *onestopv1.Settlement {
	out := &onestopv1.Settlement{Id: id, State: state, Mode: onestopv1.Mode_MODE_INPATIENT, DischargeDate: "2025-03-01"}
	if state == onestopv1.State_STATE_NOT_SETTLED {
		return out
	}
	out.PayerShares = []*onestopv1.PayerShare{{Payer: "nhsa-one", Reference: "S-" + id}}
	out.Adjudication = &onestopv1.Adjudication{
		PolicyVersion: "suichuan_style/2", Category: "urban_dibao", Ordinary: ordinary, Inclined: zero, Benefit: ordinary,
	}
	return out
}

// The states of the evidence.
const (
	isSettled    = onestopv1.State_STATE_SETTLED
	isNotSettled = onestopv1.State_STATE_NOT_SETTLED
	isReversed   = onestopv1.State_STATE_REVERSED
	isAttended   = onestopv1.State_STATE_NEEDS_ATTENTION
	isProcessing = onestopv1.State_STATE_PROCESSING
)

// soundEvidence is a soak in which everything went well: discharge 1 settled at
// the second try; 2 not settled, then settled, reversed and settled anew up to
// the cap; 3 with people; 4 declined.
func soundEvidence(t *testing.T) *evidence {
	t.Helper()
	shipped, err := readLimits("../deploy/policies")
	if err != nil {
		t.Fatal(err)
	}
	town := &town{byID: map[string]*person{"p": {ID: "p", group: &group{Payers: []string{"nhsa-one"}}}}}
	e := &evidence{town: town, limits: shipped, seconds: map[string]second{}, books: map[string][]booked{
		"nhsa-one": {
			{Message: "m1", Encounter: "E1", Reference: "S-s1", Net: 1},
			{Message: "m3", Encounter: "E2", Reference: "S-s3", Net: 0},
			{Message: "m4", Encounter: "E2", Reference: "S-s4", Net: 1},
			{Message: "m5", Encounter: "E3", Reference: "S-s5", Net: 1},
		},
		"nhsa-two": {},
	}}
	e.tell(t, "k1", "1", outcome("s1", isSettled, "20000.00"))
	e.tell(t, "k2", "2", outcome("s2", isNotSettled, ""))
	e.tell(t, "k3", "2", outcome("s3", isSettled, "30000.00"))
	e.tell(t, "k4", "2", outcome("s4", isSettled, "40000.00"))
	e.tell(t, "k5", "3", outcome("s5", isAttended, ""))
	reversal := e.tell(t, "r3", "2", outcome("s3", isReversed, "30000.00"))
	reversal.Verb, reversal.Of, reversal.OfKey = verbReverse, "s3", "k3"
	e.seconds["k3"] = second{repeat: e.seconds["k3"].repeat} // its later word is the reversal's
	e.stories = append(e.stories, &story{
		ask:  ask{Key: "k6", Verb: verbSettle, Discharge: "D4", Encounter: "E4", Person: "p"},
		Said: []said{{Key: "k6", Status: "FailedPrecondition", Reason: "DISCHARGE_OPEN"}},
	})
	return e
}

// tell adds a key to the evidence that got no answer at first, and then one;
// a final one is the same again at the end.
func (e *evidence) tell(t *testing.T, key, discharge string, settlement *onestopv1.Settlement) *story {
	t.Helper()
	heard := answered(t, key, transportREST, settlement)
	s := &story{
		ask:  ask{Key: key, Verb: verbSettle, Discharge: "D" + discharge, Encounter: "E" + discharge, Person: "p"},
		Said: []said{{Key: key, Status: statusNone}, heard},
	}
	if heard.standing() == standingFinal {
		e.seconds[key] = second{repeat: heard, read: answered(t, "", transportGRPC, settlement)}
	}
	e.stories = append(e.stories, s)
	return s
}

// story is what is told of a key.
func (e *evidence) story(key string) *story {
	return e.stories[slices.IndexFunc(e.stories, func(s *story) bool { return s.Key == key })]
}

// hear adds one more answer to a key.
func (e *evidence) hear(heard said) {
	s := e.story(heard.Key)
	s.Said = append(s.Said, heard)
}

func TestJudgeFindsNothingWhereNothingIs(t *testing.T) {
	v := judge(soundEvidence(t))
	if got, want := v.String(), "acknowledged 4, lost 0, paid twice 0, over cap 0, stuck 0, attention 1"; got != want || !v.sound() {
		t.Errorf("%s, want %s\n%v", got, want, v.problems)
	}
}

// A judge that cannot fail is worth nothing: every zero, planted.
func TestJudgeFindsWhatIsPlanted(t *testing.T) {
	line := func(e *evidence, i int) *booked { return &e.books["nhsa-one"][i] }
	for name, c := range map[string]struct {
		plant func(*testing.T, *evidence)
		want  string
	}{
		"a repeat has other bytes": {func(t *testing.T, e *evidence) {
			e.seconds["k1"] = second{repeat: answered(t, "k1", transportREST, outcome("s1", isSettled, "20000.01")), read: e.seconds["k1"].read}
		}, "acknowledged 4, lost 1, paid twice 0, over cap 0, stuck 0, attention 1"},
		"a repeat over the other transport has another message": {func(t *testing.T, e *evidence) {
			e.hear(answered(t, "k1", transportGRPC, outcome("s9", isSettled, "20000.00")))
		}, "acknowledged 4, lost 1, paid twice 1, over cap 0, stuck 0, attention 1"}, // and names another payment
		"the same message in other bytes": {func(t *testing.T, e *evidence) {
			heard := answered(t, "k1", transportREST, outcome("s1", isSettled, "20000.00"))
			heard.Raw = append(heard.Raw, '\n')
			e.hear(heard)
		}, "acknowledged 4, lost 1, paid twice 0, over cap 0, stuck 0, attention 1"},
		"settled is in progress again": {func(t *testing.T, e *evidence) {
			e.hear(answered(t, "k1", transportREST, outcome("s1", isProcessing, "")))
		}, "acknowledged 4, lost 1, paid twice 0, over cap 0, stuck 0, attention 1"},
		"the key is not known any more": {func(_ *testing.T, e *evidence) {
			e.seconds["k1"] = second{repeat: said{Key: "k1", Transport: transportREST, Status: "FailedPrecondition"}, read: e.seconds["k1"].read}
		}, "acknowledged 4, lost 1, paid twice 0, over cap 0, stuck 0, attention 1"},
		"the settlement is not found": {func(_ *testing.T, e *evidence) {
			e.seconds["k1"] = second{repeat: e.seconds["k1"].repeat, read: said{Transport: transportGRPC, Status: "NotFound"}}
		}, "acknowledged 4, lost 1, paid twice 0, over cap 0, stuck 0, attention 1"},
		"the settlement reads otherwise": {func(t *testing.T, e *evidence) {
			e.seconds["r3"] = second{repeat: e.seconds["r3"].repeat, read: answered(t, "", transportGRPC, outcome("s3", isSettled, "30000.00"))}
		}, "acknowledged 4, lost 1, paid twice 0, over cap 0, stuck 0, attention 1"},
		"nobody answers any more": {func(_ *testing.T, e *evidence) {
			e.seconds["k1"] = second{repeat: said{Key: "k1", Status: statusNone}}
		}, "acknowledged 4, lost 1, paid twice 0, over cap 0, stuck 0, attention 1"},
		"not settled does not stay so": {func(_ *testing.T, e *evidence) {
			delete(e.seconds, "k2")
		}, "acknowledged 4, lost 1, paid twice 0, over cap 0, stuck 0, attention 1"},

		"a message stands twice": {func(_ *testing.T, e *evidence) { line(e, 0).Net = 2 },
			"acknowledged 4, lost 0, paid twice 2, over cap 0, stuck 0, attention 1"},
		"a message was reversed twice": {func(_ *testing.T, e *evidence) { line(e, 1).Net = -1; line(e, 0).Net = 1 },
			"acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"two messages of one discharge stand": {func(_ *testing.T, e *evidence) { line(e, 1).Net = 1 },
			"acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"what is settled is not paid": {func(_ *testing.T, e *evidence) { line(e, 0).Net = 0 },
			"acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"another payment stands than the answer names": {func(_ *testing.T, e *evidence) { line(e, 0).Reference = "S-x" },
			"acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"what is not settled is paid": {func(t *testing.T, e *evidence) {
			e.tell(t, "k7", "5", outcome("s7", isNotSettled, ""))
			e.books["nhsa-one"] = append(e.books["nhsa-one"], booked{Message: "m7", Encounter: "E5", Reference: "S-s7", Net: 1})
		}, "acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"what was declined is paid": {func(_ *testing.T, e *evidence) {
			e.books["nhsa-one"] = append(e.books["nhsa-one"], booked{Message: "m6", Encounter: "E4", Reference: "S-s6", Net: 1})
		}, "acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"two payments while people look": {func(_ *testing.T, e *evidence) {
			e.books["nhsa-one"] = append(e.books["nhsa-one"], booked{Message: "m8", Encounter: "E3", Reference: "S-s8", Net: 1})
		}, "acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"a discharge is settled twice": {func(t *testing.T, e *evidence) { e.tell(t, "k7", "1", outcome("s7", isSettled, "0.00")) },
			"acknowledged 5, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"a payer was asked that is not the person's": {func(_ *testing.T, e *evidence) {
			e.books["nhsa-two"] = []booked{{Message: "m1", Encounter: "E1", Net: 0}}
		}, "acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},
		"a payment nobody asked for": {func(_ *testing.T, e *evidence) {
			e.books["nhsa-one"] = append(e.books["nhsa-one"], booked{Message: "m9", Encounter: "E9", Net: 1})
		}, "acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 0, attention 1"},

		"a fen more than the cap": {func(t *testing.T, e *evidence) {
			e.tell(t, "k7", "5", outcome("s7", isSettled, "0.01"))
			e.books["nhsa-one"] = append(e.books["nhsa-one"], booked{Message: "m7", Encounter: "E5", Reference: "S-s7", Net: 1})
		}, "acknowledged 5, lost 0, paid twice 0, over cap 1, stuck 0, attention 1"},
		"a benefit by no rule": {func(t *testing.T, e *evidence) {
			strange := outcome("s7", isSettled, "0.01")
			strange.Adjudication.Category = "nobody"
			e.tell(t, "k7", "5", strange)
			e.books["nhsa-one"] = append(e.books["nhsa-one"], booked{Message: "m7", Encounter: "E5", Reference: "S-s7", Net: 1})
		}, "acknowledged 5, lost 0, paid twice 0, over cap 1, stuck 0, attention 1"},

		"a key without an answer": {func(_ *testing.T, e *evidence) { e.story("k5").Said = []said{{Key: "k5", Status: "Unavailable"}} },
			"acknowledged 4, lost 0, paid twice 0, over cap 0, stuck 1, attention 0"},
		"a key in progress for ever": {func(t *testing.T, e *evidence) {
			e.story("k5").Said = []said{answered(t, "k5", transportREST, outcome("s5", isProcessing, ""))}
		}, "acknowledged 4, lost 0, paid twice 0, over cap 0, stuck 1, attention 0"},
		"a sound request is called invalid": {func(_ *testing.T, e *evidence) { e.story("k5").Said = []said{{Key: "k5", Status: "InvalidArgument"}} },
			"acknowledged 4, lost 0, paid twice 1, over cap 0, stuck 1, attention 0"}, // and its payer holds what is not settled
	} {
		t.Run(name, func(t *testing.T) {
			e := soundEvidence(t)
			c.plant(t, e)
			v := judge(e)
			if got := v.String(); got != c.want || v.sound() {
				t.Errorf("%s, want %s\n%v", got, c.want, v.problems)
			}
		})
	}
}

// What is no fault must not be taken for one.
func TestJudgeAllows(t *testing.T) {
	for name, plant := range map[string]func(*testing.T, *evidence){
		"no answer to a repeat, or an error that asks for patience": func(_ *testing.T, e *evidence) {
			e.hear(said{Key: "k1", Status: statusNone})
			e.hear(said{Key: "k1", Status: "Unavailable"})
		},
		"the same message over the other transport": func(t *testing.T, e *evidence) {
			e.hear(answered(t, "k1", transportGRPC, outcome("s1", isSettled, "20000.00")))
		},
		"the mark of an earlier reversal, when read": func(t *testing.T, e *evidence) {
			marked := outcome("s4", isSettled, "40000.00")
			marked.Review = proto.Bool(true)
			first := outcome("s4", isSettled, "40000.00")
			first.Review = proto.Bool(false)
			heard := answered(t, "k4", transportREST, first)
			e.story("k4").Said = []said{heard}
			e.seconds["k4"] = second{repeat: heard, read: answered(t, "", transportGRPC, marked)}
		},
		"nothing held while people look": func(_ *testing.T, e *evidence) { e.books["nhsa-one"][3].Net = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			e := soundEvidence(t)
			plant(t, e)
			if v := judge(e); !v.sound() {
				t.Errorf("%s\n%v", v, v.problems)
			}
		})
	}
}

// A soak in which nothing was acknowledged has proved nothing.
func TestJudgeWantsSomething(t *testing.T) {
	if v := judge(&evidence{}); v.sound() {
		t.Errorf("%s is taken for a proof", v)
	}
}
