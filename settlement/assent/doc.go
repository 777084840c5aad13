// Package assent makes a correction effective by a second person's assent: one
// proposes a change, another reads what it would do now and approves it, and the
// row it becomes and the approval are written in one transaction. What it means
// is package correction's, which is pure; what is written is the register's and
// the treasury's own.
//
// It owns the ports Store, Register and Books and knows neither SQL nor HTTP.
// Time and ids are injected.
package assent
