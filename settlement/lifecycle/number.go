package lifecycle

import (
	"fmt"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// numbers allocates message ids of the national form: facility (12), second
// (14), serial (4). The serial is the instance's digit and a counter, so that
// instances never meet; a second that is used up borrows from the next. The
// first second used lies after the start, so that a quick restart does not
// meet its predecessor; should they meet all the same, because both began within
// a second or a clock was set back, the store's unique constraint refuses the id
// and one of the next second is taken.
type numbers struct {
	instance int

	mu     sync.Mutex
	second time.Time
	serial int
}

// facilityDigits is how many bytes of a message id name the facility.
const facilityDigits = 12

// serialsPerSecond is how many ids one instance gives out for one second.
const serialsPerSecond = 1000

func newNumbers(instance int, start time.Time) *numbers {
	return &numbers{instance: instance, second: start.Truncate(time.Second).Add(time.Second)}
}

// passBy goes on to the next second where err says that a message id was taken: a
// process of the same instance gave out ids of this one, and those that would
// follow are likely to be taken, too.
func (n *numbers) passBy(err error) {
	if settlement.KindOf(err) != settlement.KindExists || settlement.ReasonOf(err) != settlement.ReasonStaleRecord {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.second, n.serial = n.second.Add(time.Second), 0
}

// next is a message id never given out before.
func (n *numbers) next(facility settlement.FacilityID, now time.Time) settlement.MessageID {
	second, serial := n.take(now.Truncate(time.Second))
	return settlement.MessageID(fmt.Sprintf("%.*s%s%d%03d", facilityDigits, facility, second.In(settlement.China).Format("20060102150405"), n.instance, serial))
}

func (n *numbers) take(second time.Time) (time.Time, int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if second.After(n.second) {
		n.second, n.serial = second, 0
	}
	serial := n.serial
	taken := n.second
	n.serial++
	if n.serial == serialsPerSecond {
		n.second, n.serial = n.second.Add(time.Second), 0
	}
	return taken, serial
}

// today is the business date.
func (l *Lifecycle) today() settlement.Date {
	return settlement.DayOf(l.Now())
}
