// Package report draws what a bench measured: one HTML file that needs nothing
// else, with its plots as SVG drawn here, readable on a screen and on paper.
// It knows figures with names and units, and nothing of what they are of.
package report
