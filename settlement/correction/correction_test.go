package correction

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// put is a proposal by somebody, with what happened to it after.
func put(by string, after ...Event) Proposal {
	return Proposal{ID: "c-1", Region: "360827", History: append([]Event{{Line: 1, Act: Proposed, By: by, Cause: "类别更正"}}, after...)}
}

func fieldOf(err error) string {
	var told *settlement.Error
	if !errors.As(err, &told) {
		return ""
	}
	return told.Field
}

// Whoever proposed does not approve, nothing is decided twice, and who declines
// says why.
func TestWhatMayFollowWhat(t *testing.T) {
	none := Proposal{ID: "c-1"}
	waits := put("li")
	approved := put("li", Event{Line: 2, Act: Approved, By: "wang", Became: "7"})
	declined := put("li", Event{Line: 2, Act: Declined, By: "wang", Cause: "证据不足"})
	for name, c := range map[string]struct {
		of     Proposal
		next   Event
		kind   settlement.Kind // 0: it may
		reason settlement.Reason
		field  string
	}{
		"a proposal":                        {of: none, next: Event{Act: Proposed, By: "li", Cause: "类别更正"}},
		"a proposal without a cause":        {none, Event{Act: Proposed, By: "li"}, settlement.KindInvalid, settlement.ReasonInvalidArgument, "cause"},
		"a proposal by nobody":              {none, Event{Act: Proposed, Cause: "类别更正"}, settlement.KindInvalid, settlement.ReasonInvalidArgument, "operator"},
		"a cause too long":                  {none, Event{Act: Proposed, By: "li", Cause: strings.Repeat("x", causeMax+1)}, settlement.KindInvalid, settlement.ReasonInvalidArgument, "cause"},
		"the longest cause":                 {of: none, next: Event{Act: Proposed, By: "li", Cause: strings.Repeat("x", causeMax)}},
		"approval of nothing":               {none, Event{Act: Approved, By: "wang"}, settlement.KindBlocked, settlement.ReasonCorrectionDecided, "id"},
		"approval by another":               {of: waits, next: Event{Act: Approved, By: "wang"}},
		"approval by who proposed":          {waits, Event{Act: Approved, By: "li"}, settlement.KindBlocked, settlement.ReasonSamePerson, "operator"},
		"approval by nobody":                {waits, Event{Act: Approved}, settlement.KindInvalid, settlement.ReasonInvalidArgument, "operator"},
		"declined by another":               {of: waits, next: Event{Act: Declined, By: "wang", Cause: "证据不足"}},
		"withdrawn by who proposed":         {of: waits, next: Event{Act: Declined, By: "li", Cause: "录入错误"}},
		"declined without a cause":          {waits, Event{Act: Declined, By: "wang"}, settlement.KindInvalid, settlement.ReasonInvalidArgument, "cause"},
		"proposed twice":                    {waits, Event{Act: Proposed, By: "wang", Cause: "x"}, settlement.KindBlocked, settlement.ReasonCorrectionDecided, "id"},
		"approved twice":                    {approved, Event{Act: Approved, By: "zhao"}, settlement.KindBlocked, settlement.ReasonCorrectionDecided, "id"},
		"declined when approved":            {approved, Event{Act: Declined, By: "zhao", Cause: "x"}, settlement.KindBlocked, settlement.ReasonCorrectionDecided, "id"},
		"approved when declined":            {declined, Event{Act: Approved, By: "zhao"}, settlement.KindBlocked, settlement.ReasonCorrectionDecided, "id"},
		"an act that nobody has heard of":   {waits, Event{Act: "forgotten", By: "wang", Cause: "x"}, settlement.KindBlocked, settlement.ReasonCorrectionDecided, "id"},
		"approved by who proposed, decided": {approved, Event{Act: Approved, By: "li"}, settlement.KindBlocked, settlement.ReasonCorrectionDecided, "id"},
	} {
		err := c.of.CheckNext(c.next)
		if c.reason == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if settlement.KindOf(err) != c.kind || settlement.ReasonOf(err) != c.reason || fieldOf(err) != c.field {
			t.Errorf("%s: %v, want %v %s of %s", name, err, c.kind, c.reason, c.field)
		}
	}
}

func TestProposalStands(t *testing.T) {
	for want, p := range map[Act]Proposal{
		"":       {},
		Proposed: put("li"),
		Approved: put("li", Event{Act: Approved, By: "wang"}),
		Declined: put("li", Event{Act: Declined, By: "wang", Cause: "x"}),
	} {
		if p.Status() != want || p.Open() != (want == Proposed) {
			t.Errorf("%q: stands as %q, open: %t", want, p.Status(), p.Open())
		}
	}
}

// Whoever approves approves what was read: any further line, row of the person
// or settlement that would be flagged makes another etag.
func TestEtagIsOfWhatWasRead(t *testing.T) {
	waits := put("li")
	effect := func(rows int, touched ...settlement.SettlementID) *Effect {
		return &Effect{Rows: rows, Touched: touched}
	}
	read := waits.Etag(effect(3, "s-1"))
	if again := waits.Etag(effect(3, "s-1")); again != read || len(read) != 32 {
		t.Errorf("%s, and %s when read again", read, again)
	}
	other, decided := put("li"), put("li", Event{Line: 2, Act: Declined, By: "wang", Cause: "x"})
	other.ID = "c-2"
	for name, etag := range map[string]string{
		"another proposal":            other.Etag(effect(3, "s-1")),
		"decided since":               decided.Etag(effect(3, "s-1")),
		"a row more":                  waits.Etag(effect(4, "s-1")),
		"another settlement":          waits.Etag(effect(3, "s-2")),
		"a settlement more":           waits.Etag(effect(3, "s-1", "s-2")),
		"two settlements written one": waits.Etag(effect(3, "s-1\x00s-2")),
		"no settlement":               waits.Etag(effect(3)),
		"no effect":                   waits.Etag(nil),
	} {
		if etag == read {
			t.Errorf("%s has the same etag", name)
		}
	}
}

// Who approves a file approves what is in it and by which document.
func TestEtagOfAFileIsOfItsDocument(t *testing.T) {
	of := func(file, document string) string {
		p := Proposal{ID: "c-1", Matter: Matter{File: file, Held: 2}, History: []Event{{Line: 1, Act: Proposed, By: "li", Cause: document}}}
		return p.Etag(nil)
	}
	read := of("abc", "民函1号")
	for name, etag := range map[string]string{"another file": of("abd", "民函1号"), "another document": of("abc", "民函2号"), "their border moved": of("abc\x00", "\"民函1号")} {
		if etag == read {
			t.Errorf("%s has the same etag", name)
		}
	}
	if of("abc", "民函1号") != read {
		t.Error("another etag when read again")
	}
}

// A proposal may be approved until its time is over, to the moment; then it is
// neither open nor approved, and may still be declined. What was decided does not
// expire, nor does anything where no time is set.
func TestProposalsExpire(t *testing.T) {
	const week = 7 * 24 * time.Hour
	made := time.Date(2012, 9, 1, 8, 0, 0, 0, time.UTC)
	waits := put("li")
	waits.History[0].At = made
	approve := Event{Line: 2, Act: Approved, By: "wang"}
	for name, c := range map[string]struct {
		life    time.Duration
		after   time.Duration
		expired bool
	}{
		"at once": {week, 0, false}, "at the last moment": {week, week, false}, "a moment later": {week, week + time.Microsecond, true},
		"a year later": {week, 365 * 24 * time.Hour, true}, "without a time": {0, 365 * 24 * time.Hour, false},
	} {
		p := waits.Aged(c.life, made.Add(c.after))
		err := p.CheckNext(approve)
		if p.Open() == c.expired || (p.Status() == Expired) != c.expired || (settlement.ReasonOf(err) == settlement.ReasonProposalExpired) != c.expired || (err != nil) != c.expired {
			t.Errorf("%s: %s, %v", name, p.Status(), err)
		}
		if err := p.CheckNext(Event{Line: 2, Act: Declined, By: "wang", Cause: "过期"}); err != nil {
			t.Errorf("%s, declined: %v", name, err)
		}
		if c.life > 0 && !p.Until.Equal(made.Add(week)) {
			t.Errorf("%s: until %s", name, p.Until)
		}
	}
	decided := put("li", Event{Line: 2, Act: Approved, By: "wang", At: made})
	if aged := decided.Aged(week, made.Add(2*week)); aged.Status() != Approved || !aged.Until.IsZero() {
		t.Errorf("what was approved stands as %s", aged.Status())
	}
}

func TestSecondPersonIsNeeded(t *testing.T) {
	err := Needed("effective_date")
	if settlement.KindOf(err) != settlement.KindBlocked || settlement.ReasonOf(err) != settlement.ReasonSecondPerson || fieldOf(err) != "effective_date" {
		t.Error(err)
	}
}
