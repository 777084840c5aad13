// Package reference is a second implementation of SM2, SM3 and SM4, and of the
// sign strings of payers, written from the standards with big numbers and as
// plainly as possible, so that the first one has something to be checked
// against. Tests use it, and the simulated payer signs and verifies with it: a
// mistake made on one side is seen on the other. It is slow, leaks its keys
// through the time it takes, and has no place in a gateway.
package reference
