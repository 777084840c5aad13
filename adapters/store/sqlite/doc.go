// Package sqlite keeps settlements in one SQLite file, for a gateway that is
// one process on one machine. It passes the suite of package storetest.
//
// # How it writes
//
// SQLite has one writer, and so has this package: one connection, on which a
// committer runs what is queued. A lone write runs on its caller's goroutine.
// Under load the writes that queued during one commit share the next one, and
// are made durable by one sync. A write that fails harms none of the others: if
// it had written anything, all are taken back and run again, each in a savepoint
// of its own, to be taken back alone. There is no timer. What is
// in the log is taken into the database on another connection, while commits go
// on; only a log of 8192 pages is seen to by the commit that finds it.
//
// # What is promised
//
// The journal mode is WAL and synchronous is FULL: a write that was answered
// survives a crash and a power cut. Both are checked when the file is opened,
// with foreign keys and the version of the library; a store that cannot keep
// its promise does not open. When COMMIT itself fails the answer is InDoubt,
// for every write that shared it, and the connection is thrown away.
//
// A caller that gives up is answered Unavailable only if its write was not
// begun. After that it is told the outcome, however late.
//
// # Caveats
//
//   - One process owns the file. A lock on <path>.lock is held for life and a
//     second process is refused (Blocked). The lock proves that whoever held a
//     lease before is dead, so opening ends every lease at once. The lock goes
//     by the file's resolved path: do not reach one file by hard links.
//   - The file must be on a local disk. WAL does not work over a network, and
//     neither does the lock, on which this package relies: it builds on Unix.
//   - Do not copy the file of a running gateway; use VACUUM INTO.
//   - Times keep microseconds and come back in UTC.
//   - A text column takes neither a NUL nor what is not UTF-8: such a change
//     is refused (Invalid) before anything is written.
//   - The triggers that keep the journals append-only stop mistakes, not an
//     administrator with the file in hand.
//   - The end of Store is Shut, since Close closes settlements.
//
// The files are named for nouns. A store on another engine has the same files
// in the same order; only the SQL differs.
package sqlite
