// Package eligibility keeps the register of persons: it checks a change
// against the history it is to follow, writes both the row and what settling
// reads of the person in one transaction, and runs the quarterly reviews that
// two people decide.
//
// It owns the port Store. What a change means is package registry's, which is
// pure; this one knows neither SQL nor HTTP nor files. Time and ids are
// injected.
package eligibility
