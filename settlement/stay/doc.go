// Package stay registers a stay with the payer of a person's scheme and uploads
// what is charged for it, where the payer wants that of the gateway. It moves no
// money: it gives a settlement the number (encounter) that it settles by.
//
// Everything is kept before it is sent: who asked, the exact bytes, then what
// the payer said. Nothing kept is ever changed. Package stay knows neither SQL
// nor a wire; it runs beside package lifecycle and shares its directory.
package stay
