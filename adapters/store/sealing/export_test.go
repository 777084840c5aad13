package sealing

import "bytes"

// Sealed reports whether a kept value is sealed.
func Sealed(kept []byte) bool {
	return len(kept) >= headSize && bytes.HasPrefix(kept, mark) && kept[markSize] != formPlain
}
