package settlement

// Node is one value of a document such as a policy file, already parsed but
// not yet understood. Reading YAML or JSON into nodes is an adapter's work;
// understanding them, strictly, is done here without I/O.
type Node struct {
	Kind   NodeKind
	Text   string  // scalar: the text as written, without quotes
	Items  []Node  // list
	Fields []Field // map, in order; the reader refuses duplicate keys
	Line   int     // 1-based line in the file, 0 if unknown
}

// Field is one key of a map.
type Field struct {
	Key   string
	Value Node
}

// NodeKind is the shape of a Node.
type NodeKind uint8

// The shapes of a Node.
const (
	NodeNull NodeKind = iota
	NodeScalar
	NodeList
	NodeMap
)

// Get is the value under key and whether it is there.
func (n Node) Get(key string) (Node, bool) {
	for _, field := range n.Fields {
		if field.Key == key {
			return field.Value, true
		}
	}
	return Node{}, false
}
