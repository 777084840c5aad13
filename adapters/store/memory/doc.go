// Package memory is the store of tests and simulations: it keeps the contract
// of lifecycle.Store in maps, under one lock, and forgets everything with the
// process. It passes the same conformance suite as the stores on disk, so what
// is proved against it about the lifecycle holds for them.
//
// A fault can be planted on every durable write, before or after it took
// effect, which is how crashes and unanswered commits are simulated.
package memory
