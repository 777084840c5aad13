package reconcile

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// divider stands between the fields of a packed line; no name may hold it.
const divider = 0

// Pack appends a line of one side to b, so that packed lines sorted by their
// bytes stand in the order that a Comparison wants.
func Pack(b []byte, side Side, l *Line) []byte {
	for _, text := range []string{
		string(l.Encounter), strconv.Itoa(int(side)), l.Reference, string(l.Message), l.Person.Reveal(), string(l.Facility),
		string(l.Insurance), string(l.Clearing), string(l.Category), string(l.Status), string(l.Settlement),
	} {
		b = append(append(b, text...), divider)
	}
	numbers := []int64{int64(l.Day), 0, int64(l.Row), 0}
	if l.Reverses {
		numbers[1] = 1
	}
	if !l.At.IsZero() {
		numbers[3] = l.At.UnixMicro()
	}
	for _, amount := range l.Amounts {
		numbers = append(numbers, int64(amount))
	}
	for _, n := range numbers {
		b = append(strconv.AppendInt(b, n, 10), divider)
	}
	return b
}

// The places of a packed line: its texts, then its numbers.
const (
	packedTexts  = 11
	packedFields = packedTexts + 4 + int(amounts)
)

// errPacked is what is said of other bytes.
var errPacked = errors.New("not a packed line")

// Unpack reads what Pack wrote. Internal: it did not.
func Unpack(packed []byte) (Side, Line, error) {
	fields := bytes.Split(packed, []byte{divider})
	if len(fields) != packedFields+1 {
		return 0, Line{}, unpacked(errPacked)
	}
	text := func(i int) string { return string(fields[i]) }
	numbers := make([]int64, packedFields-packedTexts)
	for i := range numbers {
		n, err := strconv.ParseInt(text(packedTexts+i), 10, 64)
		if err != nil {
			return 0, Line{}, unpacked(err)
		}
		numbers[i] = n
	}
	l := Line{
		Encounter: settlement.EncounterID(text(0)), Reference: text(2), Message: settlement.MessageID(text(3)), Person: settlement.Private(text(4)),
		Facility: settlement.FacilityID(text(5)), Insurance: settlement.Scheme(text(6)), Clearing: settlement.Mode(text(7)),
		Category: settlement.CategoryID(text(8)), Status: Status(text(9)), Settlement: settlement.SettlementID(text(10)),
		Day: settlement.Date(numbers[0]), Reverses: numbers[1] == 1, Row: int(numbers[2]),
	}
	if numbers[3] != 0 {
		l.At = time.UnixMicro(numbers[3])
	}
	for a := range amounts {
		l.Amounts[a] = settlement.Money(numbers[4+int(a)])
	}
	if text(1) == "1" {
		return Theirs, l, nil
	}
	return Ours, l, nil
}

func unpacked(cause error) error {
	return &settlement.Error{Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Cause: cause}
}
