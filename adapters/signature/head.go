package signature

import "errors"

// Head signs and checks the heads of an audit trail with one key, under the
// user id that SM2 has where nobody agreed on another. Keys of before a
// rotation only check. It is safe for concurrent use.
type Head struct {
	key    *Key // nil: it only checks
	public *PublicKey
}

// NewHead signs with key and checks what key has signed.
func NewHead(key *Key) *Head { return &Head{key, key.Public()} }

// NewHeadCheck checks what a key has signed that is elsewhere, or no longer
// used.
func NewHeadCheck(key *PublicKey) *Head { return &Head{public: key} }

// KeyID names the key.
func (h *Head) KeyID() string { return h.public.ID() }

// Sign is the signature over a head, in DER.
func (h *Head) Sign(head []byte) ([]byte, error) {
	if h.key == nil {
		return nil, errors.New("key " + h.KeyID() + ": only checks")
	}
	return h.key.Sign(DefaultUserID, head)
}

// Verify refuses a signature that is not the key's over head.
func (h *Head) Verify(head, signature []byte) error {
	if !h.public.Check(DefaultUserID, head, signature) {
		return errors.New("key " + h.KeyID() + ": the signature is wrong")
	}
	return nil
}
