package store

import (
	"fmt"
	"reflect"
	"time"
)

// filler gives every field of a value something of its own, so that two fields
// that change places, or one that is left out, show.
type filler struct{ n int64 }

func (f *filler) next() int64 {
	f.n++
	return f.n
}

// later are the fields that came with later versions of documents; what
// has none of them is written as before.
var later = map[string]bool{
	"Settlement.Quote": true, "Settlement.Promise": true, "Accumulator.Held": true, "Accumulator.GrantsHeld": true,
	"Claim.Approval": true, "Settlement.Adjustments": true, "Settlement.Admission": true,
}

// unkept are fields that are in no document: when a fix lapses follows from its
// history, and what a problem's words were made from is for whoever is told now.
var unkept = map[string]bool{"Finding.Until": true, "Problem.Column": true, "Problem.Form": true, "Problem.Figures": true}

// fill fills v and everything in it; slices and maps get two elements.
func (f *filler) fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(Time(1_341_102_600_123_456 + f.next())))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("文%d", f.next()))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(f.next() * 1_000)
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(uint64(f.next() % 100))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			if later[name] || unkept[name] {
				continue
			}
			f.fill(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			if v.Index(i).Kind() != reflect.Uint8 {
				f.fill(v.Index(i))
				continue
			}
			v.Index(i).SetUint(uint64(i + 1)) // bytes are numbered by themselves
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Map:
		f.fillMap(v)
	default:
		panic("no filling for " + v.Type().String())
	}
}

func (f *filler) fillMap(v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	for range 2 {
		key, element := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(element)
		v.SetMapIndex(key, element)
	}
}

// filled is a T with something in every field.
func filled[T any]() T {
	var value T
	new(filler).fill(reflect.ValueOf(&value).Elem())
	return value
}
