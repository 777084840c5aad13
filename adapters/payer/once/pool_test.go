package once

import (
	"net"
	"testing"
	"time"
)

// idleLine is a connection that was used so long ago, and its other end.
func idleLine(t *testing.T, to host, ago time.Duration) (*line, net.Conn) {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { here.Close(); there.Close() })
	return &line{to: to, conn: here, used: time.Now().Add(-ago)}, there
}

// closed reports whether a connection was closed at its other end.
func closed(c net.Conn) bool {
	c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	timeout, ok := err.(net.Error)
	return !ok || !timeout.Timeout()
}

func TestThePoolKeepsWhatIsUsed(t *testing.T) {
	a, b := host{address: "a:80"}, host{address: "b:80"}
	p := &pool{most: 2}
	defer p.drop(time.Time{})
	oldest, oldestEnd := idleLine(t, a, 0)
	newest, newestEnd := idleLine(t, a, 0)
	other, otherEnd := idleLine(t, b, 0)
	surplus, surplusEnd := idleLine(t, a, 0)
	for _, l := range []*line{oldest, newest, other, surplus} {
		p.put(l)
	}
	if !closed(surplusEnd) {
		t.Error("more is kept than shall be")
	}
	if p.take(host{address: "a:80", secure: true}) != nil {
		t.Error("what is plain was taken for what is encrypted")
	}
	if got := p.take(a); got != newest {
		t.Error("the one used last is not the first to be used again")
	}
	p.put(newest)
	oldest.used = time.Now().Add(-time.Hour)
	p.drop(time.Now().Add(-idleMax))
	if !closed(oldestEnd) || closed(newestEnd) || closed(otherEnd) || p.sweep == nil {
		t.Error("not just the oldest was closed")
	}
	p.drop(time.Time{})
	if !closed(newestEnd) || !closed(otherEnd) || p.take(a) != nil || p.sweep != nil {
		t.Error("something is left")
	}
}

// A connection nobody used for long is not trusted, even if it is still there.
func TestOldConnectionsAreNotAlive(t *testing.T) {
	server := play(t, func(int64, net.Conn) {})
	p := postman(t, 1, nil)
	to, err := p.target(server.url)
	if err != nil {
		t.Fatal(err)
	}
	l, err := dial(t.Context(), to.host, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	l.used = time.Now()
	if !l.alive() {
		t.Error("a new one is not")
	}
	l.used = time.Now().Add(-idleMax - time.Second)
	if l.alive() {
		t.Error("an old one is")
	}
}
