// Package clearance keeps approvals of assistance: it checks each step against
// the history it is to follow and writes it once for each request key. What an
// approval is and may become is package approval's, which is pure.
//
// It owns the port Store and knows neither SQL nor HTTP nor files. Time is
// injected.
package clearance
