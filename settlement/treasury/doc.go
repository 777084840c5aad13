// Package treasury keeps the books of assistance funds: it posts what was
// raised and what enrolment subsidies cost, says how a fund stands, and reports
// a county's year.
//
// It owns the port Store. What a posting means is package fund's and what a
// report says package report's, both pure; this one knows neither SQL nor HTTP.
// Time and ids are injected. Settling never waits for it: a fund's sums are
// read from the ledger when they are asked for.
package treasury
