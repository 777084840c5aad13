package store

import (
	"encoding/json"
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
)

// EncodeUsed writes the cap buckets of an accumulator as a JSON object of fen
// by bucket, keys in order. It is text rather than a document so that a
// database can add it up and can refuse an amount below nothing by itself.
func EncodeUsed(used map[settlement.BucketID]settlement.Money) (string, error) {
	if len(used) == 0 {
		return "{}", nil
	}
	text, err := json.Marshal(used)
	if err != nil {
		return "", fmt.Errorf("writing cap buckets: %w", err)
	}
	return string(text), nil
}

// DecodeUsed reads what EncodeUsed wrote; no bucket at all gives nil.
func DecodeUsed(text string) (map[settlement.BucketID]settlement.Money, error) {
	if text == "{}" {
		return nil, nil
	}
	var used map[settlement.BucketID]settlement.Money
	err := json.Unmarshal([]byte(text), &used)
	if err != nil {
		return nil, fmt.Errorf("reading cap buckets: %w", err)
	}
	return used, nil
}
