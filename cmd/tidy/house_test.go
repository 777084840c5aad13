package tidy

import (
	"slices"
	"testing"
)

// TestHouse holds this repository to its own rules. With -v it also prints the
// figures of its size and habits.
func TestHouse(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	house, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(house.heart(), func(f *file) bool { return f.path == "settlement/doc.go" }) {
		t.Fatal("settlement/doc.go was not read: the rules would pass over nothing")
	}
	for _, f := range inspect(house) {
		t.Error(f)
	}
	t.Logf("figures of hand-written Go\n%s", figuresOf(house))
}
