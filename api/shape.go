package api

import (
	"fmt"
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/onestop-gateway/onestop/api/words"
)

// misshapen says in both languages what the form of a field should be, by the
// rule of the contract that it breaks.
func misshapen(one *protovalidate.Violation) words.Text {
	if one.FieldDescriptor == nil {
		return words.Shape(one.Proto.GetMessage())
	}
	rules, _ := proto.GetExtension(one.FieldDescriptor.Options(), validate.E_Field).(*validate.FieldRules)
	switch one.Proto.GetRuleId() {
	case "required", "string.min_len", "bytes.min_len":
		return words.Text{Zh: "必填", En: "is required"}
	case "enum.defined_only", "enum.not_in":
		return oneOf(allowedValues(one.FieldDescriptor.Enum(), rules.GetEnum().GetNotIn()))
	case "string.in":
		return oneOf(rules.GetString().GetIn())
	case "string.max_len":
		return bilingual("最多 %d 个字符", "must have at most %d characters", rules.GetString().GetMaxLen())
	case "string.max_bytes":
		return bilingual("最多 %d 个字节", "must have at most %d bytes", rules.GetString().GetMaxBytes())
	case "bytes.max_len":
		return bilingual("最多 %d 个字节", "must have at most %d bytes", rules.GetBytes().GetMaxLen())
	case "repeated.min_items":
		return bilingual("至少 %d 项", "must have at least %d items", rules.GetRepeated().GetMinItems())
	case "repeated.max_items":
		return bilingual("最多 %d 项", "must have at most %d items", rules.GetRepeated().GetMaxItems())
	case "int32.gte_lte":
		return bilingual("应为 %d 至 %d", "must be from %d to %d", rules.GetInt32().GetGte(), rules.GetInt32().GetLte())
	}
	return words.Shape(one.Proto.GetMessage())
}

// bilingual is one sentence in two languages about the same figures.
func bilingual(zh, en string, figures ...any) words.Text {
	return words.Text{Zh: fmt.Sprintf(zh, figures...), En: fmt.Sprintf(en, figures...)}
}

func oneOf(values []string) words.Text {
	values = slices.DeleteFunc(slices.Clone(values), func(value string) bool { return value == "" })
	return words.Text{Zh: "应为 " + strings.Join(values, "、") + " 之一", En: "must be one of " + strings.Join(values, ", ")}
}

// allowedValues are the names of an enum's values but for those left out and
// the one that says nothing.
func allowedValues(enum protoreflect.EnumDescriptor, not []int32) (names []string) {
	for i := range enum.Values().Len() {
		if value := enum.Values().Get(i); value.Number() != 0 && !slices.Contains(not, int32(value.Number())) {
			names = append(names, string(value.Name()))
		}
	}
	return names
}
