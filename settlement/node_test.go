package settlement_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// nodeOf reads JSON into nodes, in order and with its keys as they stand, for
// the tests of what is understood; reading files has tests of its own.
func nodeOf(text string) settlement.Node {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	return nextNode(decoder)
}

func nextNode(decoder *json.Decoder) (node settlement.Node) {
	token := must(decoder.Token())
	switch token {
	case nil:
		return node
	case json.Delim('{'):
		node.Kind = settlement.NodeMap
		for decoder.More() {
			key := must(decoder.Token()).(string)
			node.Fields = append(node.Fields, settlement.Field{Key: key, Value: nextNode(decoder)})
		}
		must(decoder.Token())
	case json.Delim('['):
		node.Kind = settlement.NodeList
		for decoder.More() {
			node.Items = append(node.Items, nextNode(decoder))
		}
		must(decoder.Token())
	default:
		node.Kind, node.Text = settlement.NodeScalar, fmt.Sprint(token)
	}
	return node
}
