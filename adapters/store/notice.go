package store

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// noticeDocument is an admission notice.
var noticeDocument = document{'a', 1}

// EncodeNotice writes a notice as it was answered.
func EncodeNotice(n *lifecycle.Notice) []byte { return encode(noticeDocument, n, notice) }

// DecodeNotice reads what EncodeNotice wrote. Internal: not readable.
func DecodeNotice(text []byte) (lifecycle.Notice, error) {
	var n lifecycle.Notice
	err := decode(noticeDocument, text, &n, notice)
	return n, err
}

// NoNotice is the answer to a look-up of a notice that found none.
func NoNotice(id settlement.NoticeID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonNoticeNotFound, Field: "id", Object: string(id)}
}

// SoundNotice refuses a notice as Sound refuses a change.
func SoundNotice(n *lifecycle.Notice) error {
	var c checker
	column(&c, "id", n.ID)
	column(&c, "tenant", n.Tenant)
	column(&c, "request_id", n.Request)
	column(&c, "facility_id", n.Facility)
	column(&c, "person_id", n.Person)
	return c.err
}

func notice(c *cursor, v *lifecycle.Notice) {
	text(c, &v.ID)
	text(c, &v.Tenant)
	text(c, &v.Request)
	text(c, &v.Fingerprint)
	text(c, &v.Actor)
	instant(c, &v.At)
	text(c, &v.Facility)
	text(c, &v.Person)
	text(c, &v.Scheme)
	claim(c, &v.Claim)
	text(c, &v.Claim.Approval)
	text(c, &v.Policy)
	text(c, &v.Version)
	answer := string(v.Answer)
	text(c, &answer)
	if c.reading && answer != "" {
		v.Answer = []byte(answer)
	}
}
