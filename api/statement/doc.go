// Package statement lays out the one sheet a patient takes home: what was
// charged, who paid what, what is left to pay, and how the assistance was
// worked out, as text or as HTML for paper and phone, in Chinese or English.
//
// It computes nothing: every amount comes from the settlement. A sheet whose
// rows do not add up to the bill is not printed.
package statement
