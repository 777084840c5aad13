package identity

import (
	"crypto/sha256"
	"sync"
	"time"
)

// cacheMax bounds the tokens that are remembered.
const cacheMax = 8192

type digest [sha256.Size]byte

func digestOf(token string) digest { return sha256.Sum256([]byte(token)) }

// known is a caller whose token was proved, until when it is good.
type known struct {
	caller *Caller
	until  time.Time
}

// cache remembers proved tokens by their digests, as long as the keys that
// proved them are in force.
type cache struct {
	mu    sync.RWMutex
	keys  *keySet
	known map[digest]known
}

// find gives the caller of a token proved by these keys and still good, or nil.
func (c *cache) find(of digest, keys *keySet, now time.Time) *Caller {
	c.mu.RLock()
	defer c.mu.RUnlock()
	found, is := c.known[of]
	if !is || c.keys != keys || !now.Before(found.until) {
		return nil
	}
	return found.caller
}

// keep remembers a proved token. Other keys, or too many tokens, forget all
// that is known: each is proved again at its next use.
func (c *cache) keep(of digest, keys *keySet, k known, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= cacheMax {
		for old, was := range c.known {
			if !now.Before(was.until) {
				delete(c.known, old)
			}
		}
	}
	if c.keys != keys || len(c.known) >= cacheMax || c.known == nil {
		c.keys, c.known = keys, make(map[digest]known)
	}
	c.known[of] = k
}
