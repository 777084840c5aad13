// Package clearinghouse keeps clearings (清算): it opens a period, fixes which
// of the ledger's entries are in it, has it agreed by two people, and records
// its export and its payments, each step once for each request key. What a
// clearing is and comes to is package clearing's, which is pure. It is not
// package clearance, the desk of approvals (审批).
//
// It owns the ports Store and Archive and knows neither SQL nor HTTP nor files.
// Time is injected. Settling never waits for it and never writes for it.
//
// # Which entries are in a clearing
//
// The ledger has no order that tells what was committed before what: two
// gateways commit at once. A clearing therefore does not remember how far it
// came. When it is cut, one transaction notes, movement by movement, whatever
// was booked before the end of its period and is in no clearing that stands. So
// a movement is never in two: only one clearing at a time is opened and not
// cut, the next one is opened after the cut of the one before is durable, and
// so it sees all of it. And none is lost: what a cut does not see, because it
// was committed later, whatever its date, is in no clearing and so in the next.
package clearinghouse
