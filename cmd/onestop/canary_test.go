package main

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// The canary: nothing of a person is in the log, traces, metrics, refusals, or in
// the files of the server.
const (
	canaryName   = "李测二"
	canaryNumber = "360827196207050041"
)

// TestNoServiceTellsOfAPerson writes a person's number and name into every text of
// every request of the contract, where they belong and where they do not, over a
// gateway on PostgreSQL; then the person settles, is admitted and reconciled.
func TestNoServiceTellsOfAPerson(t *testing.T) {
	cluster := pgtest.Start(t)
	cluster.Exec("postgres", "CREATE DATABASE canary")
	s, log, kept := observed(t, "grpc", keysIn(t).yaml(), "store: {postgres: \""+cluster.DSN("canary")+"\"}\n")
	var refusals strings.Builder
	calls, refused := 0, 0
	for _, says := range []string{canaryNumber, canaryName, `x" ` + canaryNumber} {
		for _, one := range restCalls(t) {
			status, answer := s.tells(t, &one, says)
			if calls++; status >= http.StatusBadRequest {
				refused++
				refusals.WriteString(answer)
			}
		}
	}
	if calls < 150 || refused < 100 {
		t.Errorf("%d calls, %d refused", calls, refused)
	}
	for path, body := range map[string]string{
		"/v1/settlements": strings.ReplaceAll(aDischarge, "360827196207050041", canaryNumber),
		"/v1/admissions":  anAdmission("an-admission-canary1"),
	} {
		if status, answer, _ := s.inTrace(t, path, "canary", body); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	refusals.WriteString(s.scraped(t, "application/openmetrics-text; version=1.0.0"))
	s.stop()
	cluster.Exec("postgres", "CHECKPOINT")
	log.mu.Lock()
	defer log.mu.Unlock()
	for where, text := range map[string]string{
		"refusals and metrics": refusals.String(), "the log": log.text.String(), "traces": kept.text(), "the files of the server": filesBelow(t, cluster.Data()),
	} {
		if len(text) < 1000 {
			t.Errorf("%s hold next to nothing: %s", where, text)
		}
		for _, canary := range []string{canaryName, canaryNumber, "19620705", "360827195809120014", "19580912", `\346\235\216\346\265\213`, url.QueryEscape(canaryName)} {
			if at := strings.Index(text, canary); at >= 0 {
				t.Errorf("%s tell %s: …%q…", where, canary, text[max(0, at-200):min(len(text), at+100)])
			}
		}
	}
}

// restCall is a call of the contract as REST has it.
type restCall struct {
	verb, pattern string
	in            protoreflect.MessageDescriptor
}

// restCalls are all of them.
func restCalls(t *testing.T) (all []restCall) {
	t.Helper()
	protoregistry.GlobalFiles.RangeFilesByPackage("onestop.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				rule, _ := proto.GetExtension(methods.Get(j).Options(), annotations.E_Http).(*annotations.HttpRule)
				switch {
				case rule.GetPost() != "":
					all = append(all, restCall{http.MethodPost, rule.GetPost(), methods.Get(j).Input()})
				case rule.GetGet() != "":
					all = append(all, restCall{http.MethodGet, rule.GetGet(), methods.Get(j).Input()})
				}
			}
		}
		return true
	})
	return all
}

var inPath = regexp.MustCompile(`\{[^}]*\}`)

// tells makes a call in which every text says the same.
func (s *stage) tells(t *testing.T, call *restCall, says string) (status int, answer string) {
	t.Helper()
	message := dynamicpb.NewMessage(call.in)
	fill(message, says, 3)
	body, err := protojson.Marshal(message)
	must(err)
	address := s.base + inPath.ReplaceAllLiteralString(call.pattern, url.PathEscape(says))
	content := io.Reader(strings.NewReader(string(body)))
	if call.verb == http.MethodGet {
		content = nil
		query := url.Values{"x": {says}}
		for i := range call.in.Fields().Len() {
			if field := call.in.Fields().Get(i); field.Kind() == protoreflect.StringKind && !strings.Contains(call.pattern, "{"+string(field.Name())) {
				query = url.Values{string(field.Name()): {says}}
			}
		}
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(context.Background(), call.verb, address, content)
	must(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Request-Id", says)
	request.Header.Set("traceparent", "00-"+ourTrace+"-"+ourParent+"-01")
	response, err := http.DefaultClient.Do(request)
	must(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(err)
	return response.StatusCode, string(text)
}

// fill says the same in every text of a message, and something in every other
// field.
func fill(message protoreflect.Message, says string, depth int) {
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if field.ContainingOneof() != nil && message.WhichOneof(field.ContainingOneof()) != nil || field.IsMap() {
			continue
		}
		switch {
		case field.Kind() == protoreflect.MessageKind && depth > 0 && field.IsList():
			fill(message.Mutable(field).List().AppendMutable().Message(), says, depth-1)
		case field.Kind() == protoreflect.MessageKind && depth > 0:
			fill(message.Mutable(field).Message(), says, depth-1)
		case field.Kind() == protoreflect.StringKind && field.IsList():
			message.Mutable(field).List().Append(protoreflect.ValueOfString(says))
		case field.Kind() == protoreflect.StringKind:
			message.Set(field, protoreflect.ValueOfString(says))
		case field.Kind() == protoreflect.EnumKind && !field.IsList():
			message.Set(field, protoreflect.ValueOfEnum(1))
		}
	}
}

// filesBelow is what all files below a folder hold.
func filesBelow(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) { // the server tidies up
			return nil
		}
		all.Write(text)
		return err
	})
	must(err)
	return all.String()
}
