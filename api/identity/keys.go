package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// How keys are looked for again.
const (
	refreshEvery = 5 * time.Minute  // by itself
	refreshLeast = 30 * time.Second // after a key nobody knew, at the soonest
	fetchWithin  = 5 * time.Second
)

// Keys are an issuer's public keys, pinned by their ids, from a file or from a
// URL of the configuration. Nothing in a token leads to another place.
type Keys struct {
	read func(context.Context) ([]byte, error)
	now  func() time.Time
	set  atomic.Pointer[keySet]

	mu    sync.Mutex // held while keys are looked for
	asked time.Time  // when they were last
}

// NewFileKeys reads the keys of a file.
func NewFileKeys(ctx context.Context, file string, now func() time.Time) (*Keys, error) {
	return newKeys(ctx, now, func(context.Context) ([]byte, error) {
		opened, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		return bounded(opened)
	})
}

// CheckKeysURL refuses an address from which keys could be forged on the way:
// any but https, and http beyond this machine.
func CheckKeysURL(address string) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.User != nil {
		return fmt.Errorf("%q is not an address", address)
	}
	ip := net.ParseIP(parsed.Hostname())
	local := parsed.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if parsed.Scheme != "https" && (parsed.Scheme != "http" || !local) {
		return fmt.Errorf("%q is not https", address)
	}
	return nil
}

// NewURLKeys reads the keys of a URL, following no redirect.
func NewURLKeys(ctx context.Context, address string, now func() time.Time) (*Keys, error) {
	if err := CheckKeysURL(address); err != nil {
		return nil, err
	}
	client := &http.Client{
		Timeout:       fetchWithin,
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return newKeys(ctx, now, func(ctx context.Context) ([]byte, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		response, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("set of keys: answered with %s", response.Status)
		}
		return bounded(response.Body)
	})
}

// bounded reads a set of keys that is not too long.
func bounded(from io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, jwksMax+1))
	if err == nil && len(text) > jwksMax {
		err = fmt.Errorf("set of keys: longer than %d bytes", jwksMax)
	}
	return text, err
}

// newKeys reads the keys once: without any, nothing can be proved.
func newKeys(ctx context.Context, now func() time.Time, read func(context.Context) ([]byte, error)) (*Keys, error) {
	k := &Keys{read: read, now: now}
	if err := k.Refresh(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

// Refresh reads the keys again. Where that fails, those known stay in force.
func (k *Keys) Refresh(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.refresh(ctx)
}

func (k *Keys) refresh(ctx context.Context) error {
	k.asked = k.now()
	text, err := k.read(ctx)
	if err != nil {
		return err
	}
	set, err := parseKeys(text)
	if err != nil {
		return err
	}
	if was := k.set.Load(); was == nil || !was.equal(set) {
		k.set.Store(set)
	}
	return nil
}

// Run reads the keys again from time to time until ctx ends; failed is told
// where that does not succeed.
func (k *Keys) Run(ctx context.Context, failed func(error)) {
	ticker := time.NewTicker(refreshEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := k.Refresh(ctx); err != nil {
				failed(err)
			}
		}
	}
}

// Count is how many keys are trusted.
func (k *Keys) Count() int { return len(k.current().byID) }

func (k *Keys) current() *keySet { return k.set.Load() }

// errUnknownKey is all that a caller with a key of nobody's is worth.
var errUnknownKey = errors.New("kid names no key that is trusted")

// find gives a key. One that is unknown is looked for once more, where nobody
// has just done so: the issuer may have changed its keys.
func (k *Keys) find(kid string) (publicKey, error) {
	if key, known := k.current().byID[kid]; known {
		return key, nil
	}
	if !codeForm.MatchString(kid) || !k.mu.TryLock() {
		return publicKey{}, errUnknownKey
	}
	defer k.mu.Unlock()
	if k.now().Sub(k.asked) < refreshLeast {
		return publicKey{}, errUnknownKey
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchWithin)
	defer cancel()
	if err := k.refresh(ctx); err != nil {
		return publicKey{}, errors.Join(errUnknownKey, err)
	}
	key, known := k.current().byID[kid]
	if !known {
		return publicKey{}, errUnknownKey
	}
	return key, nil
}
