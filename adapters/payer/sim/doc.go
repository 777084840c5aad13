// Package sim plays a payer on a real socket, over the wire of the national
// platform or one of the two of the rural scheme, for demonstrations, tests and soaks: it pays by a stated formula,
// misbehaves by script or by seed, and keeps a durable book of its own, so
// that what the gateway believes can be compared with what the payer holds.
//
// A wire is a door (nhsa.go, ncms.go, pipe.go) to one book, one formula and one
// list of faults. It shares no code with the adapters it is spoken to by: a mistake made the
// same way on both sides would go unseen.
//
// It is the worst payer the published interface allows: a message that arrives
// twice is booked twice (unless Script.Deduplicate), a reversal of a message
// that has not arrived is "not found" and does not keep it from being booked
// later, and a successful 2601 has no content.
//
// # Addresses
//
//	POST /mbs/fmi/fsi/api/callFsiService/callService   layout A
//	POST /mss/web/api/fsi/callService                  layout A, elsewhere
//	POST /fsi/api/<service>/<operation>                layout B
//	POST /hisinterface/services/request                NCMS, with a ticket
//	POST /nh/services/pipe                             NCMS, the pipe
//	GET  /book                                         net of each message, JSON lines
//	POST /script                                       replace the script
//	GET  /healthz
//
// # Formula
//
// Every product is rounded half-up to the fen. Parts the request states are
// kept; otherwise self-funded and first self-pay are the person's ratios of
// the total and the rest is eligible.
//
//	paid             = what payers before this one pay, if the request says so
//	deductible       = min(Deductible, eligible)
//	pooled           = (eligible - deductible) x Ratio, at least eligible x MinimumRatio
//	critical illness = max(0, eligible - paid - pooled - CriticalAbove) x CriticalRatio
//	special care, commercial, hospital derate: the person's amounts, in this
//	                   order, each at most what is left of the total
//	assistance       = (eligible - paid - pooled - critical illness) x AssistanceRatio,
//	                   at most what is left
//	person           = total - all of the above
//	account          = min(Balance, person) if the request lets it be used
//
// # Accounts
//
// Over NHSA accounts are compared too: 3201 with the totals of a facility, an
// insurance and a kind of clearing, in which what was reversed counts nothing;
// 3202 with a list that was uploaded (9101), whose result (9102) has what is
// held on one side only, reversed on this side only, or of other amounts. Files
// do not outlive the process. A settlement booked before the book named its
// facility is in nobody's accounts.
//
// Over the wires of the rural scheme the charges of a stay are uploaded before
// it is settled: over the wire (S04 admits, S10 uploads; NCMS with a ticket), or
// Script.Stays says what was. Tickets do not outlive the process.
package sim
