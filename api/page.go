package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A page token is a place in one listing: when its last row was opened, that
// row's id, and a sum over both and the listing, so that it is refused under
// another filter or when damaged. It grants nothing, so it needs no secret.
const (
	tokenSum  = 8 // bytes of the sum, in front
	tokenTime = 8 // bytes of the time, nanoseconds of Unix time
)

// pageKey is what a token is bound to.
func pageKey(filter string, tenant settlement.TenantID) string {
	return string(tenant) + "\x00" + filter
}

// pageToken is the token of the page after mark.
func pageToken(mark lifecycle.Mark, key string) string {
	place := binary.BigEndian.AppendUint64(nil, uint64(mark.OpenedAt.UnixNano()))
	place = append(place, mark.ID...)
	return base64.RawURLEncoding.EncodeToString(append(tokenSumOf(place, key), place...))
}

// parsePageToken reads a token given for the same listing; no token is the
// first page. Invalid: INVALID_PAGE_TOKEN.
func parsePageToken(token, key string) (*lifecycle.Mark, error) {
	if token == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) <= tokenSum+tokenTime {
		return nil, badToken()
	}
	place := raw[tokenSum:]
	if subtle.ConstantTimeCompare(raw[:tokenSum], tokenSumOf(place, key)) != 1 {
		return nil, badToken()
	}
	opened := time.Unix(0, int64(binary.BigEndian.Uint64(place))).UTC()
	return &lifecycle.Mark{OpenedAt: opened, ID: settlement.SettlementID(place[tokenTime:])}, nil
}

func tokenSumOf(place []byte, key string) []byte {
	sum := sha256.Sum256(append(append([]byte(key), 0), place...))
	return sum[:tokenSum]
}

func badToken() error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidPage, Field: "page_token"}
}
