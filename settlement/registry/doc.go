// Package registry is the pure heart of the register of persons: what is
// recorded of a person as changes that are only ever added to, what is known
// of them at any time for any day as a fold over those changes, who is due for
// a quarterly review, and how a file of persons reads.
//
// It knows no clock, file, socket or store, as package settlement does not.
// What settling reads of a person is the fold's projection, settlement.Person.
package registry
