package signature

import (
	"encoding/base64"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// RequestKey is a key that signs requests, and for which facility; "" is any.
type RequestKey struct {
	Public   *PublicKey
	Facility settlement.FacilityID
}

// The bounds of a signed request.
const (
	skewMax   = 5 * time.Minute // how far its time may be from ours
	nonceMin  = 16              // characters
	nonceMax  = 64
	recallMax = 1_000_000 // nonces remembered in the time of one generation
)

// Requests checks signed requests and accepts each of them once. What it
// remembers is this process's: a copy sent to another gateway within five
// minutes passes there, and it is the request key that makes it the same
// request. It is safe for concurrent use.
type Requests struct {
	keys map[string]RequestKey
	now  func() time.Time

	mu sync.Mutex
	// Nonces are kept for as long as their time could be believed, and no longer
	// than twice that: in two generations, the older forgotten whole.
	recent, older map[string]bool
	began         time.Time // of the recent one
}

// NewRequests checks with keys, by the clock now.
func NewRequests(keys []RequestKey, now func() time.Time) (*Requests, error) {
	public := make([]*PublicKey, len(keys))
	for i, key := range keys {
		public[i] = key.Public
	}
	if _, err := byID(public); err != nil {
		return nil, err
	}
	r := &Requests{keys: map[string]RequestKey{}, now: now, recent: map[string]bool{}, began: now()}
	for _, key := range keys {
		r.keys[key.Public.ID()] = key
	}
	return r, nil
}

// Verify says for which facility the signature in header was made over about.
// The header is "key=ID;time=SECONDS;nonce=TEXT;signature=BASE64"; signed is
// what stands in it before ";signature=", a line break, and about. SM2 signs
// under DefaultUserID, in DER.
func (r *Requests) Verify(header, about string) (settlement.FacilityID, error) {
	signed, encoded, found := strings.Cut(header, ";signature=")
	parts := strings.Split(signed, ";")
	if !found || len(parts) != 3 {
		return "", unsigned("not a signature")
	}
	id, hasID := strings.CutPrefix(parts[0], "key=")
	clock, hasTime := strings.CutPrefix(parts[1], "time=")
	nonce, hasNonce := strings.CutPrefix(parts[2], "nonce=")
	key, known := r.keys[id]
	seconds, err := strconv.ParseInt(clock, 10, 64)
	switch {
	case !hasID || !hasTime || !hasNonce || err != nil || !fit(nonce):
		return "", unsigned("not a signature")
	case !known:
		return "", unsigned("of a key that is not known")
	case r.now().Sub(time.Unix(seconds, 0)).Abs() > skewMax:
		return "", unsigned("of another time: at most five minutes from ours")
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || !key.Public.Check(DefaultUserID, []byte(signed+"\n"+about), signature) {
		return "", unsigned("wrong")
	}
	return key.Facility, r.once(id + " " + nonce)
}

// fit reports whether a nonce is long enough to be no one else's and short
// enough to be kept.
func fit(nonce string) bool {
	return len(nonce) >= nonceMin && len(nonce) <= nonceMax && !strings.ContainsFunc(nonce, func(c rune) bool {
		return c <= ' ' || c > '~'
	})
}

// once remembers a nonce, or refuses one that was here before.
func (r *Requests) once(nonce string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.now(); now.Sub(r.began) > 2*skewMax {
		r.older, r.recent, r.began = r.recent, map[string]bool{}, now
	}
	switch {
	case r.recent[nonce] || r.older[nonce]:
		return unsigned("seen before: sign every sending anew, under the same request key")
	case len(r.recent) >= recallMax:
		return &settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded}
	}
	r.recent[nonce] = true
	return nil
}

func unsigned(says string) error {
	return &settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated, Field: "onestop-signature", Value: says}
}
