// Package postgres keeps settlements in one PostgreSQL database, 15 or later,
// for any number of gateways at once. It passes the suite of package storetest.
//
// # How it writes
//
// A committer on one connection runs what is queued: the writes that queued
// during one commit share the next one. A lone write runs on its caller's
// goroutine. There is no timer. A transaction takes one trip to the server or two.
//
// In one trip everything is written, one statement for each table over one array of
// rows, with COMMIT behind it. Openings are refused by constraints, and look on the
// way at their persons' years; closings are decided in Go on what was seen last. The
// years are locked before anything is written, and the transaction fails unless they
// are what was seen, and each settlement the one that was read (two gateways that
// move the same two settlements in one trip each may meet head-on: the server ends one
// transaction, which is tried again). Then it is done again in two trips, as is what nothing was seen for. The first locks and looks:
// accumulators by person and year, then settlements by id, each in one statement, so
// that gateways never wait for each other in a circle; who is refused is found out
// here and takes no part. Decisions are made in Go, and the second trip writes.
//
// No two writes of a batch touch the same settlement, person, discharge,
// request key or message id: the later one waits for the next batch. What only
// the tables can refuse fails the transaction; then each write is tried alone
// and fails its own caller only. A race with another gateway, as over a
// person's first year, is met by a constraint and tried again.
//
// Claims and persons go over a second connection, one at a time.
//
// # What is promised
//
// A write that was answered survives a crash, a power cut and, where the server
// waits for a standby, the loss of the primary. Every connection that writes is
// judged before it is used, the ones to a promoted standby too:
//
//   - fsync, full_page_writes, data_checksums: without them the disk may lose
//     or tear what was committed, or not notice that it did.
//   - synchronous_commit on or remote_apply: anything less answers before the
//     commit is safe, here or on the standby.
//   - synchronous_standby_names, with Config.HA: without a standby to wait for,
//     losing the primary loses commits.
//   - pg_is_in_recovery, transaction_read_only: this is the primary.
//   - server_encoding UTF8: texts come back byte for byte.
//   - the clock, at most 30 s off: deadlines and message ids are in the
//     gateway's time.
//
// A server that fails is refused (Internal at start, Unavailable later), every
// failure named; Config.Dev opens it nevertheless.
//
// An error of COMMIT, a connection lost after it was sent, and a commit that
// takes longer than Config.CommitWithin are InDoubt: neither yes nor no, for
// all who shared it. So is a success with a warning, which is how the server
// reports that its wait for the standby was cancelled. COMMIT is never sent
// again and never cancelled: the connection is dropped, and it has forgotten
// the key by which the driver would cancel, because a cancelled wait shows
// everybody a commit that is not safe yet.
//
// # The second wall
//
// What is looked up under a context with a lifecycle.Scope goes over a pool whose
// connections act as a role of their own (NAME_scoped beside the gateway's) and
// are told the scope each time one is taken. Row-level security shows that role
// what is within the scope and nothing else, whatever the statement says; to the
// gateway's own role, and so to all that settles, the tables are whole. Grants
// sets it up; without it such reads go where all others do. A gateway that the
// server hides rows from does not open.
//
// # Settings it makes itself
//
//   - Only a server that takes writes is connected to, for reading too: a
//     standby may be behind. When a server turns out to be gone or read-only,
//     all connections are given up, and the DSN's hosts are tried in turn.
//   - connect_timeout 2 s per host unless the DSN says otherwise; keep-alives
//     after 5 s; data not acknowledged for 5 s ends a connection; one idle for
//     a second is asked whether it lives, and has 1 s to answer; connections
//     live 5 minutes and idle ones are looked at every 5 s.
//   - statement_timeout 5 s and lock_timeout 2 s where something is written,
//     neither of which bounds the commit itself; a transaction idle for 15 s is
//     ended.
//   - Plans: enable_seqscan, enable_nestloop, enable_mergejoin and jit are off
//     and plan_cache_mode is force_generic_plan, so that a plan made on empty
//     tables stays right. Tables are analysed after a migration.
//   - Migrations run under an advisory lock, without time limits.
//
// # Time
//
// A lease is kept in two clocks: as its owner wrote it, and moved by the
// difference between the server's clock and the owner's, measured when the
// connection was made. Claim takes over what is over by the claimant's clock
// and by the server's. So gateways may disagree about the time; a claimant that
// is ahead takes nothing early, an owner that is behind loses nothing.
//
// # Caveats
//
//   - Connect to the server itself, or through a pooler in session mode.
//     Statements are prepared and settings belong to the session.
//   - Under Patroni set synchronous_mode and synchronous_mode_strict, and
//     restart_after_crash = off: else a commit that waited for its standby when
//     the server crashed becomes visible without being safe.
//   - A person is locked wherever its accumulators are, so the cap is as global
//     as the database. The key of persons, accumulators and numbers begins with
//     the beneficiary; request keys, message ids and discharges have their own.
//     The journals go by a short number instead, which grows with time: it
//     keeps their indexes small and their growth at one end.
//   - There are no foreign keys; the migration says why.
//   - Times keep microseconds and come back in UTC.
//   - A text column takes neither a NUL nor what is not UTF-8, and a text that
//     is searched by takes some 2,600 bytes with those beside it: more is
//     refused (Invalid).
//   - The triggers that keep the journals append-only stop mistakes, not an
//     administrator.
//   - The end of Store is Shut, since Close closes settlements.
//
// The files are named for nouns, as in package sqlite, with the same order
// inside. What only a server needs has files of its own: connect for the
// connections, member, batch, glimpse, rows, wire and room for what shares a
// transaction.
package postgres
