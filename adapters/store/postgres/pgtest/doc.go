// Package pgtest starts real PostgreSQL servers for tests, out of the binaries
// that are installed: private clusters in temporary folders, on ports of their
// own, made and ended by the test that asks for them. A cluster can be killed,
// restarted, promoted and given a standby, so that tests try failures on the
// thing itself.
//
// Clusters are as durable as the store demands: page checksums, fsync and
// synchronous commits are on. Nothing but their place, port and authentication
// (trust, from this machine) differs from what initdb makes.
//
// A machine without PostgreSQL fails the test and says what to install; only
// -short leaves it out. The package is for tests only and knows no store.
package pgtest
