package api

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// Every kind, provoked end to end on either transport.
func TestEveryKindEndToEnd(t *testing.T) {
	for _, c := range []struct {
		kind  settlement.Kind
		code  codes.Code
		http  int
		retry bool
	}{
		{settlement.KindInternal, codes.Internal, 500, false},
		{settlement.KindInvalid, codes.InvalidArgument, 400, false},
		{settlement.KindNotFound, codes.NotFound, 404, false},
		{settlement.KindKeyReused, codes.InvalidArgument, 422, false},
		{settlement.KindInFlight, codes.Aborted, 409, true},
		{settlement.KindExists, codes.AlreadyExists, 409, false},
		{settlement.KindBlocked, codes.FailedPrecondition, 409, false},
		{settlement.KindUnavailable, codes.Unavailable, 503, true},
		{settlement.KindOverloaded, codes.ResourceExhausted, 429, true},
		{settlement.KindRefused, codes.FailedPrecondition, 409, false},
		{settlement.KindInDoubt, codes.Unavailable, 503, true},
		{settlement.KindConflict, codes.Aborted, 409, true},
		{settlement.KindTooManyRows, codes.InvalidArgument, 413, false},
		{settlement.KindUnauthorized, codes.Unauthenticated, 401, false},
		{settlement.KindForbidden, codes.PermissionDenied, 403, false},
	} {
		w := serve(t)
		w.fail = fmt.Errorf("reading it: %w", &settlement.Error{Kind: c.kind, Reason: settlement.ReasonStaleRecord, Object: "st-1"})
		_, err := w.client.GetSettlement(context.Background(), &onestopv1.GetSettlementRequest{Id: "st-1"})
		if status.Code(err) != c.code {
			t.Errorf("kind %d: gRPC %v, want %v", c.kind, err, c.code)
		}
		r := w.get("/v1/settlements/st-1")
		if r.status != c.http || (r.header.Get("Retry-After") != "") != c.retry {
			t.Errorf("kind %d: REST %d, Retry-After %q", c.kind, r.status, r.header.Get("Retry-After"))
		}
		if told := r.told(t); told.GetCode() != int32(c.code) || told.resource != "st-1" {
			t.Errorf("kind %d: %v", c.kind, told)
		}
	}
}

// The table has a row for every kind there is; the test above has a case for
// every row.
func TestEveryKindHasARow(t *testing.T) {
	declared := constantsOf(t, "../settlement/error.go", "Kind")
	if len(declared) != len(kinds) {
		t.Errorf("%d kinds, %d rows", len(declared), len(kinds))
	}
	for number := range declared {
		if _, found := kinds[settlement.Kind(number)]; !found {
			t.Errorf("%s has no row", declared[number])
		}
	}
}

// constantsOf are the names of the constants of a file that begin with prefix.
func constantsOf(t *testing.T, file, prefix string) (found []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range parsed.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if strings.HasPrefix(name.Name, prefix) {
					found = append(found, name.Name)
				}
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("no constants in %s", file)
	}
	return found
}

// A stranger is INTERNAL and tells nothing of itself to the caller.
func TestStrangersAreHidden(t *testing.T) {
	secret := "dial tcp 10.1.2.3:5432: password of gateway refused"
	for name, fail := range map[string]error{
		"plain":         errors.New(secret),
		"wrapped":       fmt.Errorf("reading: %w", errors.New(secret)),
		"a status":      status.Error(codes.NotFound, secret),
		"internal kind": &settlement.Error{Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Value: secret, Cause: errors.New(secret)},
		"unknown kind":  &settlement.Error{Kind: 250, Reason: settlement.ReasonBadDate, Value: secret},
	} {
		w := serve(t)
		w.fail = fail
		_, err := w.client.CreateSettlement(context.Background(), request())
		r := w.post("/v1/settlements", body(request()))
		if status.Code(err) != codes.Internal || r.status != http.StatusInternalServerError {
			t.Errorf("%s: %v, %d", name, err, r.status)
		}
		if told := r.told(t); told.reason() != settlement.ReasonInternal || strings.Contains(r.body, "10.1.2.3") || strings.Contains(err.Error(), "10.1.2.3") {
			t.Errorf("%s: %v, %s", name, err, r.body)
		}
		if events := w.events(); !strings.Contains(events[0]["cause"].(string), "10.1.2.3") || events[0]["level"] != "ERROR" {
			t.Errorf("%s: the log does not say why: %v", name, events[0])
		}
	}
}

// The end of the caller's own time is no failure of the gateway.
func TestCallersTime(t *testing.T) {
	w := serve(t)
	for _, c := range []struct {
		fail   error
		code   codes.Code
		http   int
		reason settlement.Reason
	}{
		{context.DeadlineExceeded, codes.DeadlineExceeded, 504, "REQUEST_TIMED_OUT"},
		{fmt.Errorf("waiting: %w", context.Canceled), codes.Canceled, 499, "REQUEST_CANCELLED"},
	} {
		w.fail = c.fail
		r := w.post("/v1/settlements", body(request()))
		if told := r.told(t); r.status != c.http || told.GetCode() != int32(c.code) || told.reason() != c.reason {
			t.Errorf("%v: %d %s", c.fail, r.status, r.body)
		}
	}
}

// Fields are told in the words of the caller, with what is wrong in both
// languages; all that were found wrong, the reason that comes first in A23 in
// front.
func TestFieldsInTheCallersWords(t *testing.T) {
	for domain, caller := range map[string]string{
		"discharge": "discharge_date", "admission": "admission_date", "prior_year_income": "discharge_date",
		"coverage": "other_shares", "coverage.scheme": "scheme", "coverage.others[3]": "other_shares[3].amount",
		"bill.stated": "bill", "bill.eligible": "bill.eligible", "discharge_id": "discharge_id",
		"categories": "beneficiary.id_number", "choice": "chosen_category", "approval": "approval_number", "registered": "newborn_registration_date",
	} {
		w := serve(t)
		w.fail = &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonDateOrder, Field: domain, Value: "2012-08-09"}
		told := w.post("/v1/settlements", body(request())).told(t)
		if told.field() != caller || told.fields[0].GetReason() != "DATE_ORDER" ||
			!strings.Contains(told.fields[0].GetDescription(), "2012-08-09") || told.fields[0].GetLocalizedMessage().GetLocale() != "zh-CN" {
			t.Errorf("%s: %v, want %s", domain, told.fields, caller)
		}
		if strings.Contains(told.GetMessage(), "2012-08-09") || told.info.GetMetadata()["detail"] != "" {
			t.Errorf("%s: the value belongs to its field: %v", domain, told)
		}
	}
	w := serve(t)
	told := w.post("/v1/settlements", body(request(func(in *onestopv1.CreateSettlementRequest) {
		in.DischargeDate, in.Bill.Submitted, in.Bill.Eligible, in.OtherShares[1].Amount = "2012-02-30", "1e5", "0.005", "x"
	}))).told(t)
	if told.reason() != settlement.ReasonBadPrecision || told.field() != "bill.eligible" || len(told.fields) != 4 {
		t.Errorf("%v", told)
	}
}

// A payer's own words reach the cashier, and not the log.
func TestPayersWordsReachTheCashier(t *testing.T) {
	w := serve(t)
	w.fail = &settlement.Error{Kind: settlement.KindRefused, Reason: settlement.ReasonPayerRefused, Value: "张测试未参保"}
	r := w.post("/v1/settlements:quote", strings.Replace(body(request()), `"request_id":"`+key+`",`, "", 1))
	if told := r.told(t); !strings.Contains(told.sentences["zh-CN"], "张测试未参保") || told.info.GetMetadata()["detail"] != "张测试未参保" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if strings.Contains(w.log.String(), "未参保") {
		t.Error(w.log.String())
	}
}
