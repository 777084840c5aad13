// Package lifecycle gives a settlement its identity and its order of calls:
// open (durable), call (payers, outside any transaction), close (the pivot).
//
// It owns the ports Store, Registry and Payer and runs the pure saga of
// package settlement against them; recovery runs the same code as a live
// request. It knows neither SQL nor HTTP nor protobuf. Time and ids are
// injected.
package lifecycle
