package payertest

// Behaviour is one way a payer takes a call. The comment says what the payer
// holds afterwards, which is not always what its answer says.
type Behaviour string

// The behaviours.
const (
	Answer          Behaviour = "answer"           // does it and says so
	Refuse          Behaviour = "refuse"           // a clear no; nothing
	SystemError     Behaviour = "system error"     // an answer that says nothing; nothing
	ServerError     Behaviour = "server error"     // the transport's own failure; nothing
	LostBefore      Behaviour = "lost before"      // no answer; nothing
	LostAfter       Behaviour = "lost after"       // no answer; done
	Slow            Behaviour = "slow"             // answers late, but in time; done
	TooSlow         Behaviour = "too slow"         // nobody waits any more: done then, by Server.Arrive
	Duplicate       Behaviour = "duplicate"        // the call arrives twice and is recognised; done once
	Malformed       Behaviour = "malformed"        // an unreadable answer; done
	Reset           Behaviour = "reset"            // the answer breaks off; done
	Oversized       Behaviour = "oversized"        // more of an answer than any real one; done
	WrongSums       Behaviour = "wrong sums"       // the answer contradicts itself; done
	OtherPerson     Behaviour = "other person"     // the answer is about another person; done
	OtherMessage    Behaviour = "other message"    // the answer is about another message; done
	OtherTotal      Behaviour = "other total"      // settles another total than asked; done so
	OtherParts      Behaviour = "other parts"      // settles other parts of the bill; done so
	Assists         Behaviour = "assists"          // adds assistance of its own; done so
	NotFound        Behaviour = "not found"        // asked back: denies the settlement; nothing
	AlreadyReversed Behaviour = "already reversed" // reversal: claims it is undone; nothing
	Idle            Behaviour = "idle"             // reversal: takes it and does nothing
	BadSignature    Behaviour = "bad signature"    // a good answer, signed by somebody else; done
	NoSignature     Behaviour = "no signature"     // a good answer, not signed; done
	Unsent          Behaviour = "unsent"           // Fake only: the call never leaves
)

// outcome is what a behaviour comes to on a call that settles.
type outcome struct {
	applies  bool // the payer holds it
	answered bool // the caller learns it
}

// outcomes of a settle. Those that are answered with amounts of the payer's
// own are applied with them.
var outcomes = map[Behaviour]outcome{
	Answer:       {true, true},
	Slow:         {true, true},
	Duplicate:    {true, true},
	OtherTotal:   {true, true},
	OtherParts:   {true, true},
	Assists:      {true, true},
	SystemError:  {false, false},
	ServerError:  {false, false},
	LostBefore:   {false, false},
	LostAfter:    {true, false},
	Malformed:    {true, false},
	Reset:        {true, false},
	Oversized:    {true, false},
	WrongSums:    {true, false},
	OtherPerson:  {true, false},
	OtherMessage: {true, false},
}
