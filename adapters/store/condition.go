package store

import "time"

// Condition is what an inspection of a store found. An inspection reads only
// and takes no lock, so a gateway may be running on the store.
type Condition struct {
	Engine string // and its version, as in "PostgreSQL 15.18"
	Flaws  []Flaw // what keeps the engine from its promises
	// Tables is the version of the tables, 0 where there are none yet; Program
	// is the one this program makes of them.
	Tables, Program int64
	Skew            time.Duration // of the engine's clock against ours; 0 where it has none
	// Mighty says that whoever is connected could change what is only to be
	// appended: the owner of the tables, or a superuser.
	Mighty bool
	// Walled says that what is read for callers with a scope is behind
	// row-level security, which not every engine has.
	Walled bool
	// Folder is where the files lie, as far as the engine tells; on a server's
	// own machine, not on ours.
	Folder string
}

// Flaw is one setting that is wrong, and what to do about it.
type Flaw struct {
	Setting, Value, Remedy string
}

// String is the flaw on one line.
func (f Flaw) String() string { return f.Setting + " is " + f.Value + ": " + f.Remedy }
