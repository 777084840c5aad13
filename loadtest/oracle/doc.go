// Package oracle works out settlements a second time, slowly, in fractions and
// by another route than the engine, to say what a worked case should expect.
// It shares no code with the engine and must never import it: a mistake made
// in both would prove itself right.
//
// Where the engine goes down the precedence of reasons and stops, the oracle
// collects every reason that holds and picks the first; where the engine adds
// up integers of fen, the oracle computes with exact fractions of yuan and
// rounds where assumption A01 says so; dates are compared as text.
package oracle
