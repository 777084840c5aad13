package siege

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Target is a gateway under siege: the addresses of its two ports, and the body
// of a good request to settle, another discharge with each call.
type Target struct {
	REST, GRPC string
	Settle     func() (key string, body []byte)
}

// Case is one attack. It fails with what the gateway did wrong.
type Case struct {
	Name   string
	Attack func(ctx context.Context, a *Attacker) error
}

// Result is what came of a case; a nil error is a gateway that held.
type Result struct {
	Name string
	Err  error
	Took time.Duration
}

// Attacker is a hostile client with an address of its own, so that the bounds
// of one address are not those of the others.
type Attacker struct {
	Target
	local net.IP
}

// patience bounds each wait for the gateway. It is longer than the longest
// time that the gateway gives a client to finish a request.
const patience = 25 * time.Second

// addresses counts the attackers' addresses, all of loopback.
var addresses atomic.Uint32

// NewAttacker is a client of target with the next address.
func NewAttacker(target Target) *Attacker {
	n := addresses.Add(1)
	return &Attacker{Target: target, local: net.IPv4(127, 0, byte(1+n/250), byte(1+n%250))}
}

// Dial opens a connection to one of the ports.
func (a *Attacker) Dial(ctx context.Context, address string) (net.Conn, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: a.local}, Timeout: patience}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(patience))
}

// Cases are all of them.
func Cases() []Case {
	var all []Case
	for _, group := range [][]Case{speeches(), documents(), tempers(), crowds(), frames(), calls()} {
		all = append(all, group...)
	}
	return all
}

// Lay attacks target with cases, several at once, and gives what came of each,
// in their order.
func Lay(ctx context.Context, target Target, cases []Case, atOnce int) []Result {
	results := make([]Result, len(cases))
	var work errgroup.Group
	work.SetLimit(atOnce)
	for i, c := range cases {
		work.Go(func() error {
			start := time.Now()
			err := c.Attack(ctx, NewAttacker(target))
			results[i] = Result{Name: c.Name, Err: err, Took: time.Since(start)}
			return nil
		})
	}
	_ = work.Wait() // what went wrong stands with its case
	return results
}

// among complains of an outcome that none of the wanted ones begins.
func among(got string, want ...string) error {
	for _, one := range want {
		if strings.HasPrefix(got, one) {
			return nil
		}
	}
	return fmt.Errorf("%q, want %s", got, strings.Join(want, " or "))
}
