// Package heads keeps what an audit chain needs outside the database: files to
// which signed heads are only ever appended, and the ed25519 keys that sign
// them. It knows nothing of stores.
package heads
