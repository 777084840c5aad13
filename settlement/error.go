package settlement

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Kind says what sort of failure an error is, and so who acts next. Kinds are
// stored and cross the wire by number: append, never reorder, never reuse.
type Kind uint8

// The kinds of failure, each with who acts next.
const (
	KindInternal     Kind = iota // ours to mend; detail stays in the log
	KindInvalid                  // the caller corrects the named field
	KindNotFound                 // nothing by that name; the caller checks it
	KindKeyReused                // same request id, other content; the caller takes a new id
	KindInFlight                 // the same request is being worked; ask again with the same id
	KindExists                   // the discharge is already settled under another id
	KindBlocked                  // something must happen first; the message says what
	KindUnavailable              // nothing was done; ask again with the same id
	KindOverloaded               // shed before anything was stored; ask again later
	KindRefused                  // a payer said no and wrote nothing
	KindInDoubt                  // sent, no usable answer: neither yes nor no
	KindConflict                 // the record moved on under another owner; drop the work
	KindTooManyRows              // a limit of the request was exceeded
	KindUnauthorized             // no or wrong credentials
	KindForbidden                // not this caller's to do
)

// Error is the one error of the house. It names the reason by a stable code;
// the sentence a person reads is made at the edge from the reason's entry in
// the message table.
type Error struct {
	Kind   Kind
	Reason Reason
	Field  string // path of the offending field in the caller's words, if any
	Value  string // offending value, clipped; never personal data
	Object string // id of the settlement (or other object) concerned, if any
	Cause  error  // for the log only, never shown
}

// Error gives the reason and where it arose.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Reason))
	for _, part := range []struct{ label, text string }{{" field ", e.Field}, {" value ", e.Value}, {" object ", e.Object}} {
		if part.text != "" {
			b.WriteString(part.label + part.text)
		}
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf is the kind of err; a stranger is KindInternal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// ReasonOf is the reason of err; a stranger has ReasonInternal.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ReasonInternal
}

// At is err with its field set to path, or prefixed by it.
func At(path string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	placed := *e
	if placed.Field == "" {
		placed.Field = path
	} else {
		placed.Field = path + "." + placed.Field
	}
	return &placed
}

// clip bounds text that is echoed to a caller.
func clip(text string) string {
	const longest = 40
	if len(text) <= longest {
		return strings.ToValidUTF8(text, "?")
	}
	cut := longest
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strings.ToValidUTF8(text[:cut], "?") + "…"
}
