// Package measure makes load and takes its measure: closed loops of clients who
// wait for their answer before they ask again, and open loops of arrivals that
// wait for nobody. It knows nothing of what is called.
//
// In an open loop latency counts from the moment a request was meant to
// arrive, not from the moment somebody had time to send it: a server that
// stalls for a second is charged with every request that second held up, not
// with the one it was asking (coordinated omission).
package measure
