package chain

import "time"

// Note is one line about the gateway itself or about what it refused, which has
// no other row. Ids only: it never names a person.
type Note struct {
	Turn     int64 // given by the store
	At       time.Time
	Times    int64  // how many were alike in the minute of At
	Actor    string // who asked
	Action   string // the verb, as in "CreateSettlement"
	Reason   string // why it was refused; "" for what was done
	Object   string // what it was about, where that is one thing
	Instance string // which gateway
}
