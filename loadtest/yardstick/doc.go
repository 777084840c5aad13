// Package yardstick measures the machine with work that is not the product's:
// pgbench, bare durable commits, and the processor time of processes. A figure
// of the product means little on a machine that nobody knows; its ratio to a
// yardstick taken in the same minute means much.
package yardstick
