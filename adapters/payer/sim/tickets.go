package sim

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"sync"
)

// tickets are those given out since the payer started; like a real payer's
// sessions they do not outlive it.
type tickets struct {
	mu    sync.Mutex
	valid map[string]bool
}

// ticketUnknown is the answer to a call under a ticket that is not in force.
var ticketUnknown = refusal("[" + MarkTicket + "] 票据无效或已过期,请重新登录")

// MarkTicket opens the refusal of a ticket.
const MarkTicket = "T401"

func (t *tickets) give() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.valid == nil {
		t.valid = map[string]bool{}
	}
	ticket := rand.Text()
	t.valid[ticket] = true
	return ticket
}

func (t *tickets) known(ticket string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.valid[ticket]
}

func (t *tickets) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.valid = nil
}

// login gives a ticket to a known caller.
func (s *Simulator) login(q question) answer {
	secret, known := s.stage.current().Credentials[q.Input.Data.Person]
	sum := md5.Sum([]byte(secret))
	if !known || q.Input.Data.VoucherType != strings.ToUpper(hex.EncodeToString(sum[:])) {
		return refusal("[P403] 用户名或密码错误")
	}
	return answer{content: ticketed, ticket: s.tickets.give()}
}
