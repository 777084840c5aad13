package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"
)

// Whatever a configuration file holds, it is refused, or the gateway that
// starts with it is within bounds, and the file that says the same again
// means the same.
func FuzzConfiguration(f *testing.F) {
	f.Add([]byte("listen_rest: 127.0.0.1:0\nstore: {sqlite: a.db}\nlimits: {calls: 8, lease: 20s}\n"))
	f.Add([]byte("payers: [{code: P1, protocol: nhsa}]\nregions: [{id: '360827', payers: {ncms: [P1]}}]\n"))
	f.Add([]byte("listen_rest: 0.0.0.0:8080\ndev: true\ninstance: 11\n"))
	f.Add([]byte("a: &a [*a, *a]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := standard()
		if c.overlay(text) != nil || c.check() != nil {
			return
		}
		if c.Limits.Calls <= 0 || c.Limits.Lease <= 0 || c.Instance < 0 || c.Instance > 9 {
			t.Fatalf("%q starts with %+v", text, c.Limits)
		}
		said, err := yaml.Marshal(&c)
		if err != nil {
			t.Fatal(err)
		}
		again := standard()
		if err := again.overlay(said); err != nil {
			t.Fatalf("%q is said as %s: %v", text, said, err)
		}
		if diff := cmp.Diff(c, again, cmp.AllowUnexported(config{}), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(config{}, "origins")); diff != "" {
			t.Fatalf("%q says again: %s", text, diff)
		}
	})
}
