package gazette

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Rule is one value of a version with the way to it, as in
// Categories, rural_dibao, Rules, inpatient/general, Deductible, Amount: 300.00.
type Rule struct {
	Path  []string
	Value string
}

// Change is one rule that differs: Before or After is "" where there is none.
type Change struct {
	Path          []string
	Before, After string
}

// rules are all values of a version except its id and its days, which are told
// apart from what holds in them. Zero values say nothing and are left out.
func rules(v *settlement.Version) []Rule {
	bare := *v
	bare.ID, bare.Effective = "", settlement.Period{}
	return walk(nil, nil, reflect.ValueOf(bare))
}

// walk adds the values below one, which stands at path.
func walk(found []Rule, path []string, value reflect.Value) []Rule {
	if value.IsZero() {
		return found
	}
	if text, told := value.Interface().(fmt.Stringer); told {
		return append(found, Rule{slices.Clone(path), text.String()})
	}
	switch value.Kind() {
	case reflect.Pointer:
		if value.Elem().IsZero() { // there, and nothing: no limit is another thing
			return append(found, Rule{slices.Clone(path), zeroText(value.Elem())})
		}
		return walk(found, path, value.Elem())
	case reflect.Struct:
		for i := range value.NumField() {
			found = walk(found, append(path, value.Type().Field(i).Name), value.Field(i))
		}
	case reflect.Map:
		for _, key := range sortedKeys(value) {
			found = walk(found, append(path, fmt.Sprint(key.Interface())), value.MapIndex(key))
		}
	case reflect.Slice:
		found = walkList(found, path, value)
	default:
		found = append(found, Rule{slices.Clone(path), fmt.Sprint(value.Interface())})
	}
	return found
}

// walkList adds the members of a list: plain ones as one value, others each
// under the name it goes by, which no neighbour has.
func walkList(found []Rule, path []string, list reflect.Value) []Rule {
	if list.Type().Elem().Kind() != reflect.Struct {
		texts := make([]string, list.Len())
		for i := range texts {
			texts[i] = fmt.Sprint(list.Index(i).Interface())
		}
		return append(found, Rule{slices.Clone(path), strings.Join(texts, ", ")})
	}
	taken := map[string]int{}
	order := make([]string, list.Len())
	for i := range order {
		name := nameOf(list.Index(i), i)
		if taken[name]++; taken[name] > 1 {
			name += " #" + strconv.Itoa(taken[name])
		}
		order[i] = name
		found = walk(found, append(path, name), list.Index(i))
	}
	return append(found, Rule{slices.Clone(path), strings.Join(order, ", ")})
}

// nameOf is what a member of a list goes by: what it is about where it says so,
// else its place.
func nameOf(member reflect.Value, i int) string {
	switch at := member.Interface().(type) {
	case settlement.CategoryRules:
		return string(at.ID)
	case settlement.Rule:
		return strings.TrimSuffix(string(at.Mode)+"/"+string(at.DiseaseClass), "/")
	case settlement.Cap:
		return string(at.Bucket)
	case settlement.DiseaseList:
		return string(at.ID)
	case settlement.Stage:
		return string(at.Source)
	case settlement.LevelPart:
		return string(at.Level)
	}
	return strconv.Itoa(i + 1)
}

func zeroText(value reflect.Value) string {
	if text, told := value.Interface().(fmt.Stringer); told {
		return text.String()
	}
	if value.Kind() == reflect.Struct {
		return "yes"
	}
	return fmt.Sprint(value.Interface())
}

func sortedKeys(of reflect.Value) []reflect.Value {
	return slices.SortedFunc(slices.Values(of.MapKeys()), func(a, b reflect.Value) int {
		return cmp.Compare(fmt.Sprint(a.Interface()), fmt.Sprint(b.Interface()))
	})
}

// between are the rules that differ from one version to another, in the order
// of the second, those it has no more behind them. nil stands for no version.
func between(before, after *settlement.Version) []Change {
	var was, is []Rule
	if before != nil {
		was = rules(before)
	}
	if after != nil {
		is = rules(after)
	}
	old := make(map[string]string, len(was))
	for _, rule := range was {
		old[strings.Join(rule.Path, "\x00")] = rule.Value
	}
	var changes []Change
	for _, rule := range is {
		key := strings.Join(rule.Path, "\x00")
		if old[key] != rule.Value {
			changes = append(changes, Change{rule.Path, old[key], rule.Value})
		}
		delete(old, key)
	}
	for _, rule := range was {
		if value, gone := old[strings.Join(rule.Path, "\x00")]; gone {
			changes = append(changes, Change{Path: rule.Path, Before: value})
		}
	}
	return changes
}
