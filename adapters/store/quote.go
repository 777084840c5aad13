package store

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The documents of quotes that hold.
var (
	quoteDocument = document{'h', 1}
	holdsDocument = document{'o', 1}

	// A quote by an approval says by which; all others are written as before.
	quoteByApproval = document{'h', 2}
)

// EncodeQuote writes a quote as it was given.
func EncodeQuote(q *settlement.Quote) []byte {
	if q.Claim.Approval != "" {
		return encode(quoteByApproval, q, quoteApproved)
	}
	return encode(quoteDocument, q, quote)
}

// DecodeQuote reads what EncodeQuote wrote. Internal: not readable.
func DecodeQuote(text []byte) (settlement.Quote, error) {
	var q settlement.Quote
	if quoteByApproval.heads(text) {
		err := decode(quoteByApproval, text, &q, quoteApproved)
		return q, err
	}
	err := decode(quoteDocument, text, &q, quote)
	return q, err
}

// KeptQuotes are quotes with their histories, gathered line by line: those of
// one quote one after the other, oldest first.
type KeptQuotes []lifecycle.KeptQuote

// Add takes a line of a quote's history, which names its quote, with that
// quote's document. Internal: not readable.
func (k *KeptQuotes) Add(v Vault, document []byte, event settlement.QuoteEvent) error {
	if n := len(*k); n == 0 || (*k)[n-1].Quote.ID != event.Quote {
		q, err := v.ReadQuote(event.Quote, document)
		if err != nil {
			return err
		}
		*k = append(*k, lifecycle.KeptQuote{Quote: q})
	}
	last := &(*k)[len(*k)-1]
	last.History = append(last.History, event)
	return nil
}

// EncodeHolds writes the holds on one year; none give nil, so that a year
// nobody holds costs nothing.
func EncodeHolds(holds settlement.Holds) []byte {
	if len(holds) == 0 {
		return nil
	}
	return encode(holdsDocument, &holds, func(c *cursor, h *settlement.Holds) {
		list(c, (*[]settlement.Hold)(h), hold)
	})
}

// DecodeHolds reads what EncodeHolds wrote. Internal: not readable.
func DecodeHolds(text []byte) (settlement.Holds, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var holds settlement.Holds
	err := decode(holdsDocument, text, &holds, func(c *cursor, h *settlement.Holds) {
		list(c, (*[]settlement.Hold)(h), hold)
	})
	return holds, err
}

// quoteApproved is a quote whose claim names an approval.
func quoteApproved(c *cursor, q *settlement.Quote) {
	quote(c, q)
	text(c, &q.Claim.Approval)
}

func quote(c *cursor, q *settlement.Quote) {
	text(c, &q.ID)
	text(c, &q.Tenant)
	text(c, &q.Request)
	text(c, &q.Fingerprint)
	text(c, &q.Facility)
	text(c, &q.Discharge)
	beneficiary(c, &q.Beneficiary)
	number(c, &q.Year)
	text(c, &q.Policy)
	text(c, &q.Version)
	instant(c, &q.At)
	instant(c, &q.Until)
	claim(c, &q.Claim)
	coverage(c, &q.Coverage)
	list(c, &q.Legs, leg)
	ground(c, &q.Ground)
	list(c, &q.Others, room)
	adjudication(c, &q.Adjudication)
}

func room(c *cursor, v *settlement.HeldRoom) {
	text(c, &v.Bucket)
	number(c, &v.Amount)
	instant(c, &v.Until)
}

func hold(c *cursor, v *settlement.Hold) {
	text(c, &v.Quote)
	text(c, &v.Tenant)
	text(c, &v.Discharge)
	text(c, &v.Policy)
	instant(c, &v.Until)
	ground(c, &v.Ground)
	accumulator(c, &v.Reserved)
	number(c, &v.Promised)
}
