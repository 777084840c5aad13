package settlement

// State is where a settlement stands. Each state says who acts next. The
// texts are stored: append, never rename.
type State string

// The states of a settlement.
const (
	StateReceived  State = "RECEIVED"  // the gateway; nothing was sent yet
	StateSettling  State = "SETTLING"  // the gateway; payers are being asked
	StateCommitted State = "COMMITTED" // nobody; settled
	StateAborting  State = "ABORTING"  // the gateway; payers are being reversed
	StateAborted   State = "ABORTED"   // the facility; not settled, nothing is owed
	StateAttention State = "ATTENTION" // two people; money may be in doubt
	StateReversing State = "REVERSING" // the gateway; a committed settlement is being undone
	StateReversed  State = "REVERSED"  // nobody; undone
)

// Terminal reports whether nothing more will happen by itself or by people,
// short of a reversal being asked for.
func (s State) Terminal() bool {
	return s == StateCommitted || s == StateAborted || s == StateReversed
}

// Open reports whether the gateway itself has something left to do.
func (s State) Open() bool { return !s.Terminal() && s != StateAttention }

// Decision is taken once and never flips.
type Decision string

// The decisions.
const (
	Undecided Decision = ""
	Commit    Decision = "COMMIT"
	Abort     Decision = "ABORT"
)

// LegState is where one payer's part stands.
type LegState string

// The states of a leg.
const (
	LegPlanned     LegState = "PLANNED"              // nothing was sent
	LegIntent      LegState = "INTENT"               // about to be sent, or sent
	LegApplied     LegState = "APPLIED"              // the payer pays
	LegRejected    LegState = "REJECTED"             // the payer refused and wrote nothing
	LegUnknown     LegState = "UNKNOWN"              // in doubt
	LegUndoIntent  LegState = "UNDO_INTENT"          // reversal about to be sent, or sent
	LegUnconfirmed LegState = "REVERSED_UNCONFIRMED" // reversal accepted, which proves nothing yet
	LegReversed    LegState = "REVERSED"             // proved to hold nothing
)

// Clear reports whether the payer is known to hold nothing of this leg.
func (l LegState) Clear() bool {
	return l == LegPlanned || l == LegRejected || l == LegReversed
}

// Operation is one kind of call to a payer.
type Operation string

// The operations a payer understands.
const (
	OpIdentify Operation = "identify" // who is this, how insured; changes nothing
	OpQuote    Operation = "quote"    // what would you pay; changes nothing
	OpSettle   Operation = "settle"
	OpInquire  Operation = "inquire" // what became of this settle
	OpReverse  Operation = "reverse" // undo this settle
)

// Result is a payer's answer to a call that moves money or asks about it.
// Nothing is ever mapped from InDoubt to yes or no.
type Result string

// The results.
const (
	ResultApplied  Result = "applied"   // settle: pays; inquire: it is there
	ResultRefused  Result = "refused"   // clear no, nothing written
	ResultReversed Result = "reversed"  // proved undone
	ResultAccepted Result = "accepted"  // reverse: taken, which proves nothing yet
	ResultNotFound Result = "not_found" // no trace of it, yet
	ResultInDoubt  Result = "in_doubt"  // sent, no usable answer
	ResultUnsent   Result = "unsent"    // certainly never left this machine
)

// Traits are a payer's capabilities, each proved by a contract test; the zero
// value is the worst payer.
type Traits struct {
	InquireByEncounter bool // can say what became of a settle without its own reference
}
