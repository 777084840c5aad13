// Package forgetful is a filesystem in memory that forgets. It keeps apart
// what was written from what was synced, and when the power is cut only the
// second is certain: of the rest nothing survives, or a part, or any sectors
// of it, as a disk with a cache of its own would have it. Tests run a store on
// it to prove that what the store has answered is really durable; killing a
// process does not prove that, because the kernel's page cache outlives it.
//
// A file's content is certain once the file was synced, a name once its
// folder was, and, on a disk that is told so, once its file was. Renaming inside a folder is one step: after a cut either name
// leads to the file, never none.
//
// It is mounted through FUSE, so the process under test must be another than
// the one that serves: a page fault on a mapped file stops a whole thread of
// Go, and one process would wait for itself.
package forgetful
