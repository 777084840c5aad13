package signature

import (
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// signedHeader is a header over about, as a hospital makes it.
func signedHeader(t testing.TB, key *Key, at time.Time, nonce, about string) string {
	t.Helper()
	signed := fmt.Sprintf("key=%s;time=%d;nonce=%s", key.ID(), at.Unix(), nonce)
	der, err := key.Sign(DefaultUserID, []byte(signed+"\n"+about))
	if err != nil {
		t.Fatal(err)
	}
	return signed + ";signature=" + base64.StdEncoding.EncodeToString(der)
}

const (
	about    = "POST\n/v1/settlements\n\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	someones = "nonce-0123456789"
)

func checking(t testing.TB) (*Requests, *clock, *Key) {
	t.Helper()
	key, c := keyOf(t, "h1", ourKey), &clock{time.Unix(1341126245, 0)}
	requests, err := NewRequests([]RequestKey{{key.Public(), "H36082700001"}}, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return requests, c, key
}

func TestASignedRequestPassesOnce(t *testing.T) {
	requests, c, key := checking(t)
	header := signedHeader(t, key, c.at, someones, about)
	if facility, err := requests.Verify(header, about); err != nil || facility != "H36082700001" {
		t.Fatalf("%q, %v", facility, err)
	}
	for range 10_000 {
		if _, err := requests.Verify(header, about); settlement.KindOf(err) != settlement.KindUnauthorized {
			t.Fatalf("again: %v", err)
		}
	}
	if _, err := requests.Verify(signedHeader(t, key, c.at, someones+"x", about), about); err != nil {
		t.Errorf("signed anew: %v", err)
	}
}

func TestWhatIsNoSignature(t *testing.T) {
	requests, c, key := checking(t)
	good := signedHeader(t, key, c.at, someones, about)
	other := signedHeader(t, keyOf(t, "h1", laterKey), c.at, someones, about)
	for name, header := range map[string]string{
		"nothing": "", "no signature": strings.Split(good, ";signature=")[0], "another key": other,
		"an unknown key": strings.Replace(good, "key=h1", "key=h2", 1), "another time": strings.Replace(good, "1341126245", "1341126246", 1),
		"another nonce": strings.Replace(good, someones, someones+"y", 1), "a field more": strings.Replace(good, ";nonce", ";x=1;nonce", 1),
		"no number": strings.Replace(good, "1341126245", "now", 1), "cut": good[:len(good)-4], "a blank": good + " ",
		"other order": "time=1341126245;key=h1;nonce=" + someones + ";signature=" + strings.Split(good, ";signature=")[1],
		"too old":     signedHeader(t, key, c.at.Add(-skewMax-time.Second), someones, about),
		"too new":     signedHeader(t, key, c.at.Add(skewMax+time.Second), someones, about),
		"short nonce": signedHeader(t, key, c.at, "n", about), "long nonce": signedHeader(t, key, c.at, strings.Repeat("n", 65), about),
	} {
		if _, err := requests.Verify(header, about); settlement.KindOf(err) != settlement.KindUnauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := requests.Verify(good, about+"x"); settlement.KindOf(err) != settlement.KindUnauthorized {
		t.Errorf("over something else: %v", err)
	}
	if _, err := requests.Verify(good, about); err != nil {
		t.Errorf("what was refused has used the nonce up: %v", err)
	}
	if _, err := NewRequests([]RequestKey{{key.Public(), ""}, {key.Public(), "H2"}}, c.now); err == nil {
		t.Error("two keys of one id")
	}
}

// As long as a time can be believed, its nonce is remembered; long after, what
// was remembered is gone, and the time is not believed any more.
func TestNoncesAreForgottenInTime(t *testing.T) {
	requests, c, key := checking(t)
	start := c.at
	ahead := signedHeader(t, key, start.Add(skewMax), someones, about)
	if _, err := requests.Verify(ahead, about); err != nil {
		t.Fatal(err)
	}
	for minute := range 60 {
		c.at = start.Add(time.Duration(minute) * time.Minute)
		if _, err := requests.Verify(ahead, about); err == nil {
			t.Fatalf("accepted again after %d minutes", minute)
		}
		if _, err := requests.Verify(signedHeader(t, key, c.at, fmt.Sprintf("nonce-of-minute-%02d", minute), about), about); err != nil {
			t.Fatal(err)
		}
	}
	if kept := len(requests.recent) + len(requests.older); kept > 23 {
		t.Errorf("%d nonces of an hour are kept, of twenty minutes at most", kept)
	}
}

// Of many that send one signature at the same moment, one passes.
func TestOneOfManyPasses(t *testing.T) {
	requests, c, key := checking(t)
	header := signedHeader(t, key, c.at, someones, about)
	var many sync.WaitGroup
	passed := make(chan bool, 32)
	for range 32 {
		many.Go(func() {
			_, err := requests.Verify(header, about)
			passed <- err == nil
		})
	}
	many.Wait()
	close(passed)
	n := 0
	for one := range passed {
		if one {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d passed", n)
	}
}
