package nhsa

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"
)

// sign adds the headers of variant A. They cover who is asking and when, not
// the body; the platform has the connection's encryption for that.
func (a Account) sign(header http.Header, now time.Time) {
	timestamp, nonce := strconv.FormatInt(now.Unix(), 10), rand.Text()
	header.Set("x-tif-paasid", a.AccessID)
	header.Set("x-tif-timestamp", timestamp)
	header.Set("x-tif-nonce", nonce)
	header.Set("x-tif-signature", headerSignature(timestamp, a.Token.Reveal(), nonce))
}

// headerSignature is the lowercase hex SHA-256 of timestamp + token + nonce +
// timestamp.
func headerSignature(timestamp, token, nonce string) string {
	sum := sha256.Sum256([]byte(timestamp + token + nonce + timestamp))
	return hex.EncodeToString(sum[:])
}
