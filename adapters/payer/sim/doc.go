// Package sim plays a basic-insurance payer of the national platform on a real
// socket, for demonstrations, tests and soaks: it pays by a stated formula,
// misbehaves by script or by seed, and keeps a durable book of its own, so
// that what the gateway believes can be compared with what the payer holds.
//
// It shares no code with the adapter it is spoken to by: a mistake made the
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
//	deductible       = min(Deductible, eligible)
//	pooled           = (eligible - deductible) x Ratio
//	critical illness = max(0, eligible - pooled - CriticalAbove) x CriticalRatio
//	special care, commercial, hospital derate: the person's amounts, in this
//	                   order, each at most what is left of the total
//	assistance       = (eligible - pooled - critical illness) x AssistanceRatio,
//	                   at most what is left
//	person           = total - all of the above
//	account          = min(Balance, person) if the request lets it be used
package sim
