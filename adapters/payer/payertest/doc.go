// Package payertest proves payers and stands in for one. Run is the one suite
// every adapter must pass, against a server that misbehaves on request; Fake
// is a payer in memory that passes the same suite, for tests of what lies
// above the port.
package payertest
