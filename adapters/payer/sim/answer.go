package sim

// answer is what the payer says, before a door puts it into its own words: a
// refusal, or what a call came to.
type answer struct {
	status  int // as infcode has it: 0 yes, -2 no, anything else says nothing
	words   string
	content content
	ticket  string   // ticketed
	insured *insured // identified
	charges []charge // charged; a total below 0 was not taken
	records []record // settled and cancelled: one; found: any number
	office  string   // totalled: whose
	equal   bool     // totalled: the two totals are
	file    string   // filed: its number
	list    []byte   // streamed
	signing Fault    // BadSignature, NoSignature, or anything for a good one
}

// content is what an answer carries.
type content uint8

const (
	nothing content = iota
	ticketed
	identified
	settled
	cancelled
	found
	admitted // one record, of the stay
	charged
	totalled
	filed
	streamed
)

// insured is somebody by the payer's number.
type insured struct {
	Number string
	Person
}

// record is a settlement as an answer shows it.
type record struct {
	entry
	reversed bool
}

func refusal(words string) answer { return answer{status: -2, words: words} }

// systemError is the answer that says nothing about what happened.
var systemError = answer{status: -1, words: "系统繁忙,请稍后再试"}

// spoilt is e as a fault has it written; the book keeps e itself.
func spoilt(e entry, fault Fault) entry {
	switch fault {
	case WrongSums:
		e.Amounts.Pooled++
	case OtherPerson:
		e.Person += "1"
	case OtherMessage:
		e.Message = "another"
	}
	return e
}
