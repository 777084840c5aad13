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
// Two gateways commit at once, and what is committed before what is not told by
// any time. When a clearing is cut, one transaction notes, movement by movement,
// whatever was booked before the end of its period and is in no clearing that
// stands. So a movement is never in two: only one clearing at a time is opened
// and not cut, the next one is opened after the cut of the one before is
// durable, and so it sees all of it. And none is lost: what a cut does not see,
// because it was committed later, whatever its date, is in no clearing and so in
// the next.
//
// A cut need not look through the whole ledger for that. It leaves a mark: a
// turn of the audit trail up to which every movement is in a clearing that stood
// then. It is below the first one that waits for its period, and not above the
// turn up to which all that will ever be is there (chain.Store's Horizon), so
// nothing that is committed late can slip in below. The next cut looks at what
// is above the mark of the last one that stands, and at what clearings held
// that were voided since. The first cut of a store, and the first after one that
// had to leave rows from before there were turns, looks at everything.
package clearinghouse
