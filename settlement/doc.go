// Package settlement is the pure heart of the gateway: the words of the
// domain, the policy as data, the arithmetic of assistance and the saga as a
// function of record and time.
//
// Nothing here knows a clock, a file, a socket, a logger, a goroutine or a
// floating-point number: the same input gives the same bytes, on every
// machine, for ever. Only the standard library and shopspring/decimal may be
// imported. Time is handed in; what must happen next is handed out as data.
package settlement
