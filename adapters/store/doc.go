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
// What tells of a person goes into its column, and comes out of it, through the
// Vault: encrypted where there are keys (sealing), and bound to its row. The
// identity number stands blind in the column by which it is found.
//
// The room imports settlement and lifecycle, never a driver.
package store
