package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/settlement"
	"pgregory.net/rapid"
)

type used = map[settlement.BucketID]settlement.Money

func TestEncodeUsed(t *testing.T) {
	for _, c := range []struct {
		name string
		used used
		want string
	}{
		{"nothing", nil, `{}`},
		{"no bucket", used{}, `{}`},
		{"one bucket", used{"total": 50_000}, `{"total":50000}`},
		{"in order", used{"b": 2, "a": 1, "c": 0}, `{"a":1,"b":2,"c":0}`},
		{"below nothing, for the database to refuse", used{"total": -1}, `{"total":-1}`},
		{"the largest amount", used{"total": settlement.MoneyMax}, `{"total":9999999999999999}`},
		{"Chinese", used{"年度封顶线": 1}, `{"年度封顶线":1}`},
		{"a quote", used{`a":-1,"b`: 1}, `{"a\":-1,\"b":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := EncodeUsed(c.used)
			if err != nil || got != c.want {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestDecodeUsedRefuses(t *testing.T) {
	for _, text := range []string{"", "null x", "[]", `{"total":1.5}`, `{"total":"1"}`, `{"total":99999999999999999999}`, `{"total":1`} {
		got, err := DecodeUsed(text)
		if err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestUsedComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Make[used]().Draw(t, "used")
		text, err := EncodeUsed(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeUsed(text)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 {
			want = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("from %s (-want +got):\n%s", text, diff)
		}
	})
}
