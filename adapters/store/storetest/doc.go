// Package storetest is the one suite that every store passes: the contract of
// lifecycle.Store and lifecycle.Registry as cases. It knows no SQL and no
// engine. A difference found between two stores becomes a case here.
//
// Exceptions are named in Opened: a part of the suite that a store cannot run
// is left out only because its field is nil, and the field says why it may be.
package storetest
