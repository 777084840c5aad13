package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/onestop-gateway/onestop/api/words"
)

// unreadable finds the parameter of a path or a query that is there twice or not
// of its field's type, and says what it should be. The gateway that refused it tells
// so in words only, and in those of the language it is written in.
func unreadable(ctx context.Context, r *http.Request) (field string, wrong words.Text) {
	full, _ := runtime.RPCMethod(ctx)
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(strings.ReplaceAll(strings.Trim(full, "/"), "/", ".")))
	method, is := found.(protoreflect.MethodDescriptor)
	if err != nil || !is {
		return "query", words.Text{Zh: "有参数无法读取", En: "a parameter cannot be read"}
	}
	pattern, _ := runtime.HTTPPathPattern(ctx)
	given := pathParameters(pattern, r.URL.Path)
	for name, values := range r.URL.Query() {
		given[name] = append(given[name], values...)
	}
	fields := method.Input().Fields()
	for i := range fields.Len() {
		one := fields.Get(i)
		texts := given[string(one.Name())]
		if len(texts) > 1 {
			return string(one.Name()), words.Text{Zh: "重复给出", En: "given more than once"}
		}
		for _, text := range texts {
			if wants := wanted(one, text); !wants.Empty() {
				return string(one.Name()), wants
			}
		}
	}
	return "query", words.Text{Zh: "有参数无法读取", En: "a parameter cannot be read"}
}

// pathParameters are the parts of a path that stand for fields in its pattern.
func pathParameters(pattern, path string) map[string][]string {
	given := map[string][]string{}
	parts := strings.Split(path, "/")
	for i, part := range strings.Split(pattern, "/") {
		name, rest, _ := strings.Cut(strings.TrimPrefix(part, "{"), "}")
		if strings.HasPrefix(part, "{") && i < len(parts) {
			given[name] = []string{strings.TrimSuffix(parts[i], rest)}
		}
	}
	return given
}

// wanted is what a field's text should be; empty where it is that.
func wanted(field protoreflect.FieldDescriptor, text string) words.Text {
	var err error
	switch field.Kind() {
	case protoreflect.Int32Kind:
		_, err = strconv.ParseInt(text, 10, 32)
	case protoreflect.Int64Kind:
		_, err = strconv.ParseInt(text, 10, 64)
	case protoreflect.BoolKind:
		if _, err := strconv.ParseBool(text); err != nil {
			return words.Text{Zh: "应为 true 或 false", En: "expected true or false"}
		}
	case protoreflect.EnumKind:
		if field.Enum().Values().ByName(protoreflect.Name(text)) == nil {
			return oneOf(allowedValues(field.Enum(), nil))
		}
	}
	if err != nil {
		return words.Text{Zh: "应为整数", En: "expected a whole number"}
	}
	return words.Text{}
}
