package settlement

import (
	"strconv"
	"time"
)

// Date is a calendar day in Asia/Shanghai, kept as yyyymmdd so that dates
// compare as integers. The zero value is no date.
type Date int32

// ParseDate reads an ISO day, "2012-07-01". Days that do not exist are refused.
func ParseDate(text string) (Date, error) {
	bad := &Error{Kind: KindInvalid, Reason: ReasonBadDate, Value: clip(text)}
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return 0, bad
	}
	year, month, day := text[:4], text[5:7], text[8:]
	if !decimalDigits(year) || !decimalDigits(month) || !decimalDigits(day) {
		return 0, bad
	}
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	if y == 0 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, bad
	}
	return NewDate(y, m, d), nil
}

// NewDate is the day of a year, month (1 to 12) and day of the month.
func NewDate(year, month, day int) Date { return Date(year*10000 + month*100 + day) }

// China is the time zone of every business date; it has had no other offset
// since 1991.
var China = time.FixedZone("Asia/Shanghai", 8*60*60)

// DayOf is the day of an instant in China.
func DayOf(at time.Time) Date {
	year, month, day := at.In(China).Date()
	return NewDate(year, int(month), day)
}

// Midnight is the instant at which d begins in China.
func (d Date) Midnight() time.Time {
	return time.Date(d.Year(), time.Month(d.Month()), d.Day(), 0, 0, 0, 0, China)
}

// Year is the calendar year of d.
func (d Date) Year() int { return int(d) / 10000 }

// Month is 1 to 12.
func (d Date) Month() int { return int(d) / 100 % 100 }

// Day is the day of the month.
func (d Date) Day() int { return int(d) % 100 }

// Next is the day after d.
func (d Date) Next() Date {
	y, m, day := d.Year(), d.Month(), d.Day()+1
	if day > daysIn(y, m) {
		day, m = 1, m+1
	}
	if m > 12 {
		m, y = 1, y+1
	}
	return NewDate(y, m, day)
}

// Previous is the day before d.
func (d Date) Previous() Date {
	y, m, day := d.Year(), d.Month(), d.Day()-1
	if day == 0 {
		m--
		if m == 0 {
			y, m = y-1, 12
		}
		day = daysIn(y, m)
	}
	return NewDate(y, m, day)
}

// Plus is so many days after d.
func (d Date) Plus(days int) Date {
	for range days {
		d = d.Next()
	}
	return d
}

// String gives the ISO day, or nothing for no date. It is written several times
// for a settlement, to payers and in the answer, so it is put together by hand.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	text := [10]byte{4: '-', 7: '-'}
	rest := int(d)
	for _, place := range [...]int{9, 8, 6, 5, 3, 2, 1, 0} {
		text[place] = byte('0' + rest%10)
		rest /= 10
	}
	return string(text[:])
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// Period is an inclusive range of days; a zero To leaves it open.
type Period struct {
	From, To Date
}

// Overlaps reports whether the two periods share at least one day.
func (p Period) Overlaps(other Period) bool {
	return (p.To == 0 || other.From <= p.To) && (other.To == 0 || p.From <= other.To)
}

// Covers reports whether day lies in the period.
func (p Period) Covers(day Date) bool {
	return p.From <= day && (p.To == 0 || day <= p.To)
}
