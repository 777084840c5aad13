// Package chain seals what stores only ever append: rows get a total order, a
// run of them becomes a block, each block seals the one before, and a signed
// head says outside the database how far the chain had come. Whoever edits,
// deletes, inserts or reorders rows later, or cuts off the end, is found out.
//
// It knows neither SQL nor files nor keys' homes: the store, the places of
// heads and signers are ports. It never changes a row and is on nobody's way to
// an answer: blocks are made behind the writers.
package chain
