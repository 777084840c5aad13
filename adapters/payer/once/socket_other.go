//go:build !unix

package once

// nothingToRead cannot be told of a socket here, so no connection is used
// twice.
func nothingToRead(uintptr) bool { return false }
