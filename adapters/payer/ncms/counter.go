package ncms

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/words"
	"github.com/onestop-gateway/onestop/settlement"
)

// counter keeps the ticket of one payer. One caller at a time asks for a new
// one; the others wait for it no longer than their own time.
type counter struct {
	turn   chan struct{} // holds one token; whoever has it may read and write
	life   time.Duration
	ticket settlement.Private
	until  time.Time
}

func newCounter(life time.Duration) *counter {
	c := &counter{turn: make(chan struct{}, 1), life: life}
	c.turn <- struct{}{}
	return c
}

// take is the ticket, asked for by fetch where there is none in force.
func (c *counter) take(ctx context.Context, fetch func(context.Context) (settlement.Private, error)) (settlement.Private, error) {
	select {
	case <-c.turn:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { c.turn <- struct{}{} }()
	if c.ticket != "" && time.Now().Before(c.until) {
		return c.ticket, nil
	}
	asked := time.Now()
	ticket, err := fetch(ctx)
	if err != nil {
		return "", err
	}
	c.ticket, c.until = ticket, asked.Add(c.life)
	return ticket, nil
}

// drop gives up a ticket the payer turned away, unless there is a newer one.
func (c *counter) drop(ctx context.Context, ticket settlement.Private) {
	select {
	case <-c.turn:
	case <-ctx.Done():
		return
	}
	defer func() { c.turn <- struct{}{} }()
	if c.ticket == ticket {
		c.ticket = ""
	}
}

// credential is what proves to the payer who is asking: a ticket, or on a wire
// without tickets the password.
func (p *Payer) credential(ctx context.Context) (settlement.Private, error) {
	if p.counter == nil {
		return p.config.Password, nil
	}
	return p.counter.take(ctx, p.login)
}

// login asks for a ticket. It settles nothing and may be repeated.
func (p *Payer) login(ctx context.Context) (settlement.Private, error) {
	w := ticketed{p.config}
	_, body, err := p.post(ctx, w.loginRequest())
	if err != nil {
		return "", err
	}
	reply, err := w.open(body)
	if err != nil {
		return "", err
	}
	s := open("data", reply.content)
	ticket := s.text("billCode")
	switch {
	case !reply.yes:
		return "", &breach{"login", "refused: " + words.Clean(reply.words)}
	case s.first != nil:
		return "", s.first
	case ticket == "":
		return "", &breach{"login", "no ticket"}
	}
	return settlement.Private(ticket), nil
}
