// Package signature signs what leaves the gateway and checks what comes back,
// in the algorithms Chinese payers ask for: SM3 (GB/T 32905), SM4 (GB/T 32907)
// and SM2 (GB/T 32918). It is the only room that imports their implementation,
// so that a certified module can take its place. It opens no file, knows no
// clock but the one it is given, and no payer: what differs between provinces
// is a Profile, which is data.
//
//	Key, PublicKey    what signs and what checks, each under an id
//	Profile           which fields of a message are covered, in which form
//	Envelope          signs and encrypts a request, opens an answer
//	Requests          checks signed requests of hospitals, each accepted once
//
// # What a signature over a sign string proves, and what not
//
// The text that is signed joins names and values without marking where a value
// ends, so that two messages can have one text: {"a":"1&b=2"} and {"a":"1",
// "b":"2"}. This is the payers' format and cannot be changed here. An answer is
// therefore refused if one of its values holds the beginning of another field,
// and TLS stays necessary. What a profile excludes is not proved; the adapter
// reads nothing of it. An answer that does not repeat the id of our message
// (Echo) could be an old one of the same payer: it then counts for no more
// than what it names itself.
//
// This is no certified cryptographic module: where one is demanded (GB/T 39786,
// 密评), put a driver of it behind Key.
package signature
