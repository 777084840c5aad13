// Package document reads YAML and JSON text into settlement.Node and nothing
// more: what the nodes mean is decided, strictly, in settlement.
//
// What could be read in two ways is refused: duplicate keys, several
// documents, anchors, aliases and merge keys, explicit tags, tabs as
// indentation, text that is not UTF-8, and anything deeper or longer than the
// limits below. Line numbers are kept, so that a complaint can be found.
package document

const (
	// depthMost is the deepest nesting; a policy needs ten levels.
	depthMost = 32
	// keysMost is the most keys of one map; every pair of keys is compared.
	keysMost = 10_000
	// SectionMost is the longest whole document or section in bytes.
	SectionMost = 16 << 20
	// ItemMost is the longest item of a list read one item at a time, in bytes.
	ItemMost = 1 << 20
)
