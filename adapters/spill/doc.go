// Package spill sorts more lines than memory holds: what does not fit goes to
// temporary files in sorted runs, which are merged. It implements
// lifecycle.Sorter and knows nothing of what the lines say.
package spill
