// Package once posts a request over HTTP at most once and says for certain
// whether it left this machine. It is the part of every payer's wire that must
// not differ. It speaks HTTP/1.1 by itself, with the standard library's reader
// of answers: net/http's client repeats what it holds for repeatable, which
// money does not bear, and hands every request through two goroutines of its
// connection.
package once
