// Package worked runs worked cases: settlements with the answer written beside
// them, as a policy officer can check them by hand. The same engine that
// settles real bills computes; this package only reads the case, goes through
// its steps and says where the two answers differ.
//
// It is as pure as settlement: it reads nodes, never files, and keeps no state
// between cases.
package worked
