// Package store holds what every store shares and no SQL: the documents in
// which the unsearched parts of a record are kept, the form of times and of
// identifiers, and the errors that the port lifecycle.Store promises.
//
// A document is a compact binary text: one letter for what it is, one byte for
// its version, then its fields in order. One function per document names the
// fields for both directions, so writing and reading cannot drift apart. An
// unknown letter or version, a document cut short and bytes left over all
// refuse to be read; nothing is guessed. A field is added by raising the
// version and reading the field only from that version on; the documents of
// every released version stay as fixtures in the tests.
//
// Personal data (settlement.Private) is written in the clear: a store is
// behind the same door as the gateway. Encrypting the document columns is
// the business of a later change, whose place is here.
//
// The room imports settlement and lifecycle, never a driver.
package store
