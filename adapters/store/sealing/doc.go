// Package sealing encrypts what a store keeps of persons, value by value, and
// finds identity numbers that are kept encrypted.
//
// A sealed value is
//
//	00 'P' 'I' 'I' ‖ form ‖ key (4) ‖ salt (16) ‖ count (8) ‖ encrypted ‖ tag (16)
//
// No document and no text begins like that, so that values from before keys
// were given stay readable beside sealed ones. The key named by its id gives,
// by HMAC over the salt, the key of the value; the nonce is the count. A process
// draws one salt and counts: no nonce comes twice under a key, however many
// values there are, which 96 random bits could not promise for the settlements
// of a nation. A value whose repetition has to be recognised has salt and count
// made from its content instead.
//
// Every value is bound to its place (table, column and key of the row, in the
// authenticated data): moved elsewhere, it is refused.
//
// Data keys are in a file beside the database, the ring, each encrypted under a
// master key, which is in a file of its own. An identity number is found by its
// blind index, a keyed digest that stands in its column.
package sealing
