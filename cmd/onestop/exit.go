package main

import (
	"errors"
	"fmt"
	"io"
)

// exitError ends the program with a code of its own. err is what a person
// reads on the error stream; nil where the output has already said it all.
type exitError struct {
	code int
	err  error
}

// Error gives the text of err.
func (e exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

// Unwrap gives err.
func (e exitError) Unwrap() error { return e.err }

// The exit codes of the command line.
const (
	exitFailed = 1 // it ran, and the answer is no
	exitUnread = 2 // what was given cannot be read or understood
)

// exitCode says err on the error stream, where it has anything to say, and
// gives the code to end with. Any other error than an exitError ends with 1.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	var exit exitError
	if !errors.As(err, &exit) {
		exit = exitError{exitFailed, err}
	}
	if exit.err != nil {
		fmt.Fprintln(stderr, "onestop:", exit.err)
	}
	return exit.code
}
