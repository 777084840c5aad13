// Package ops is the operations page: what this process does now, drawn on the
// server, for whoever is called at night with nothing but a phone. It needs no
// Prometheus, no script and nothing from another host.
//
// The page shows counts, times, names of payers and funds, and the
// configuration with its secrets covered; never a person, a bill or a request.
// It stands beside /metrics, on the operators' side of a proxy. What it shows
// is gathered at most once a second, however many look.
package ops
