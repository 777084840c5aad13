package nhsa

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// The vectors were worked with another tool: printf of the four parts in a
// row, piped into sha256sum.
func TestSignature(t *testing.T) {
	for _, test := range []struct{ timestamp, token, nonce, want string }{
		{"1341126245", "secret", "abc", "36b73dcb065318cd467ac28d0cfd83e1d00dd59d11b85aa96590bade4030b718"},
		{"1", "令牌", "", "86d5678fa5d0adf549f4c87d38bb380c04c7fcb40c13f3618943086529081bd6"},
	} {
		if got := headerSignature(test.timestamp, test.token, test.nonce); got != test.want {
			t.Errorf("%+v: got %s", test, got)
		}
	}
}

func TestSign(t *testing.T) {
	account := Account{AccessID: "onestop", Token: "secret"}
	now := time.Unix(1341126245, 999)
	seen := map[string]bool{}
	for range 100 {
		header := http.Header{}
		account.sign(header, now)
		nonce := header.Get("x-tif-nonce")
		if header.Get("x-tif-paasid") != "onestop" || header.Get("x-tif-timestamp") != strconv.FormatInt(now.Unix(), 10) {
			t.Fatalf("headers %v", header)
		}
		if header.Get("x-tif-signature") != headerSignature("1341126245", "secret", nonce) {
			t.Fatal("the signature does not fit its own headers")
		}
		if len(nonce) < 16 || seen[nonce] {
			t.Fatalf("nonce %q is short or used before", nonce)
		}
		seen[nonce] = true
	}
}
