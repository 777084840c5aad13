// Package statement reads the lists that payers and agencies give of what they
// hold, and writes our own in the same shape: the national platform's detail
// lists (tables 200 and 201 of transactions 3202 and 9102: no heading, columns
// divided by tabs, UTF-8, the word null for nothing, one text in a zip), and
// CSV or XLSX with a heading. Lists are read row by row in bounded memory. A
// bad row, be it one with another number of columns, is told with its line,
// field and reason, and skipped; a list that cannot be what it claims to be is
// refused as a whole.
package statement
