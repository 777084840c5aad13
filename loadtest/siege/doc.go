// Package siege attacks both ports of a gateway the way hostile and broken
// clients do: byte by byte, with frames and headers no library would send. Each
// case says what must come of it. It knows the wire and nothing of the
// gateway's inside.
package siege
