// Package sheet reads and writes tables of text, CSV or XLSX, row by row and
// in bounded memory. What the cells mean is not its business.
package sheet
