// Package once posts a request over HTTP at most once and says for certain
// whether it left this machine. It is the part of every payer's wire that must
// not differ: net/http repeats what it holds for repeatable, and money does not
// bear that.
package once
