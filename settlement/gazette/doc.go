// Package gazette puts policies in force by two people: one proposes a policy
// file with its worked cases, another reads what it would change and approves
// it, and from then on it is what every gateway of the store settles under.
//
// The file is kept byte for byte, and nothing of a publication is ever changed:
// what happens to it is appended to its history. Each approved publication of a
// policy is the next edition of it, counted without a gap, so that of two
// approvals at once one is refused.
//
// It owns the ports Store, Ledger and Rulebook and knows neither SQL nor HTTP
// nor files. Time is injected.
package gazette
