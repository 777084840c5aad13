// Package reconcile compares what a payer or an agency holds with what we
// hold, both ways, to the fen: totals first, then each booking. What differs
// is told with its class, what is suspected behind it, the evidence of that
// and a proposed way to put it right. It decides nothing and sends nothing.
package reconcile
