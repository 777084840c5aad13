package reconcile

import "github.com/onestop-gateway/onestop/settlement"

// Class is what differs about one booking. Where several things do, the first
// of this order names it, and its fields say them all.
type Class string

// The classes of difference.
const (
	PayerOnly     Class = "payer_only"     // 中心多: they hold it, we settled nothing
	OursOnly      Class = "ours_only"      // 医药机构多: we settled it, they hold nothing
	Duplicated    Class = "duplicated"     // they hold it more than once
	StatusDiffers Class = "status_differs" // it stands on one side and is reversed on the other
	WrongFacility Class = "wrong_facility"
	WrongDay      Class = "wrong_day"
	AmountDiffers Class = "amount_differs" // 数据不一致: an amount, or what it depends on
)

// Classes are all of them.
func Classes() []Class {
	return []Class{PayerOnly, OursOnly, Duplicated, StatusDiffers, WrongFacility, WrongDay, AmountDiffers}
}

// Cause is what is suspected behind a difference.
type Cause string

// The suspected causes.
const (
	Unexplained      Cause = "unexplained"
	LostAnswer       Cause = "lost_answer"   // applied there, and no usable answer came
	DoubleSubmit     Cause = "double_submit" // sent or entered twice
	RowRepeated      Cause = "row_repeated"  // one record listed twice; only their list is wrong
	Rounding         Cause = "rounding"      // four decimals made two, once up and once down
	CutOff           Cause = "cut_off"       // booked around midnight, on either side of it
	OneSidedReversal Cause = "one_sided_reversal"
	Recategorised    Cause = "category_corrected" // the person's category or insurance was corrected on one side
)

// Causes are all of them.
func Causes() []Cause {
	return []Cause{Unexplained, LostAnswer, DoubleSubmit, RowRepeated, Rounding, CutOff, OneSidedReversal, Recategorised}
}

// Fix is a way to put a difference right; it is a proposal, and people decide.
type Fix string

// The fixes.
const (
	ReverseMessage Fix = "reverse_message"      // by our message of the settle call (2601)
	Requery        Fix = "requery"              // ask again before anything else
	AcceptTheirs   Fix = "accept_with_document" // theirs is right, and a document says so
	PostAdjustment Fix = "post_adjustment"      // ours is corrected by a posting of its own
)

// Differing is one field with what each side says of it. What is personal is
// masked.
type Differing struct {
	Field        string
	Theirs, Ours string
}

// Difference is one booking that the two sides do not agree on.
type Difference struct {
	Class     Class
	Encounter settlement.EncounterID
	Theirs    *Booking // nil where they hold nothing
	Ours      *Booking // nil where we know nothing
	Fields    []Differing
	Cause     Cause
	Evidence  string // what speaks for the cause, in a sentence
	Fix       Fix
	Off       Total // theirs less ours, as both count in the scope
}
