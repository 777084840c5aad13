package settlement_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestParseDate(t *testing.T) {
	for _, text := range []string{"2012-07-01", "2024-02-29", "2000-02-29", "2023-12-31", "0001-01-01", "9999-12-31"} {
		if got, err := settlement.ParseDate(text); err != nil || got.String() != text {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "2012-7-1", "2012/07/01", "20120701", "2012-02-30", "2023-02-29", "1900-02-29", "2012-13-01", "2012-00-10",
		"2012-01-00", "2012-04-31", "0000-01-01", " 2012-07-01", "2012-07-01T00:00:00Z", "2012-07-0１", "-012-07-01",
	} {
		if got, err := settlement.ParseDate(text); settlement.ReasonOf(err) != settlement.ReasonBadDate {
			t.Errorf("%q: %s, %v; want BAD_DATE", text, got, err)
		}
	}
}

// The calendar is the same as the standard library's.
func TestDateFollowsTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 100_000).Draw(t, "days"))
		today, err := settlement.ParseDate(at.Format(time.DateOnly))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := today.Next().String(), at.AddDate(0, 0, 1).Format(time.DateOnly); got != want {
			t.Errorf("the day after %s is %s, want %s", today, got, want)
		}
		if today.Next() <= today {
			t.Errorf("%s does not come before %s", today, today.Next())
		}
	})
}

func TestPeriodEndsAreInclusive(t *testing.T) {
	march := settlement.Period{From: day("2020-03-01"), To: day("2020-03-31")}
	open := settlement.Period{From: day("2020-03-31")}
	for _, test := range []struct {
		a, b settlement.Period
		want bool
	}{
		{march, open, true},
		{march, settlement.Period{From: day("2020-04-01")}, false},
		{march, settlement.Period{From: day("2020-02-01"), To: day("2020-03-01")}, true},
		{march, settlement.Period{From: day("2020-02-01"), To: day("2020-02-29")}, false},
		{open, settlement.Period{From: day("2031-01-01")}, true},
	} {
		if test.a.Overlaps(test.b) != test.want || test.b.Overlaps(test.a) != test.want {
			t.Errorf("%v and %v overlap: want %v both ways", test.a, test.b, test.want)
		}
	}
	for text, want := range map[string]bool{"2020-02-29": false, "2020-03-01": true, "2020-03-31": true, "2020-04-01": false} {
		if march.Covers(day(text)) != want {
			t.Errorf("March covers %s: want %v", text, want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2012-07-01", "2024-02-29", "2023-02-29", "2012-7-1", "９999-12-31", "0001-01-01", "9999-12-31", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := settlement.ParseDate(text)
		want, wantErr := time.Parse(time.DateOnly, text)
		if wantErr == nil && want.Year() == 0 {
			return // the calendar here begins with the year 1
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, the standard library says %v", text, err, wantErr)
		}
		if err == nil && got.String() != text {
			t.Errorf("%q reads as %s", text, got)
		}
	})
}

// Previous undoes Next, over every kind of month's end.
func TestPrevious(t *testing.T) {
	for _, day := range []settlement.Date{20120101, 20120229, 20120228, 20110228, 20121231, 20120430, 20000229, 19000228} {
		if got := day.Next().Previous(); got != day {
			t.Errorf("before %s is %s", day.Next(), got)
		}
	}
}
