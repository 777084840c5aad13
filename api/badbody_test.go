package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// replace is the whole good body with one piece of its text changed.
func replace(t *testing.T, old, replacement string) string {
	t.Helper()
	good := body(request())
	if strings.Count(good, old) != 1 {
		t.Fatalf("%q stands %d times in %s", old, strings.Count(good, old), good)
	}
	return strings.Replace(good, old, replacement, 1)
}

// badBody is a body with one thing wrong, and how that is told: the reason, the
// field in the caller's own spelling, and a piece of the description.
type badBody struct {
	name, body    string
	reason        settlement.Reason
	field, detail string
}

const (
	document = settlement.ReasonBadDocument
	argument = settlement.ReasonInvalidArgument
)

func TestBadBodies(t *testing.T) {
	w := serve(t)
	for _, group := range []func(*testing.T) []badBody{badDocuments, badKeys, badTypes, badShapes, badContents} {
		for _, c := range group(t) {
			t.Run(c.name, func(t *testing.T) { w.refusesBody(t, c) })
		}
	}
	if w.calls != 0 {
		t.Errorf("%d calls came through", w.calls)
	}
}

func (w *world) refusesBody(t *testing.T, c badBody) {
	r := w.post("/v1/settlements", c.body)
	told := r.told(t)
	if r.status != http.StatusBadRequest || told.reason() != c.reason {
		t.Fatalf("%d %v, want 400 %s", r.status, told, c.reason)
	}
	if c.field != "" && told.field() != c.field {
		t.Errorf("field %q, want %q: %v", told.field(), c.field, told.fields)
	}
	if len(told.fields) == 0 || !strings.Contains(told.fields[0].GetDescription(), c.detail) {
		t.Errorf("%v does not say %q", told.fields, c.detail)
	}
	for _, field := range told.fields {
		chinese := field.GetLocalizedMessage().GetMessage()
		if english := prose.FindString(chinese); english != "" {
			t.Errorf("the Chinese carries %q: %s", english, chinese)
		}
	}
}

// prose is English that is not the name of a field or a value: words in a row.
var prose = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)

// badDocuments are wrong as documents.
func badDocuments(t *testing.T) []badBody {
	return []badBody{
		{"not JSON", "hello", document, "body", "line 1 column 1"},
		{"XML", "<settlement/>", document, "body", "line 1 column 1"},
		{"a number", "42", document, "body", "expected an object"},
		{"a text", `"x"`, document, "body", "expected an object"},
		{"null", "null", document, "body", "expected an object"},
		{"a list", "[]", document, "body", "expected an object"},
		{"a list of requests", "[" + body(request()) + "]", document, "body", "expected an object"},
		{"nothing but blanks", "  \n ", settlement.ReasonKeyMissing, "request_id", ""},
		{"an empty object", "{}", settlement.ReasonKeyMissing, "request_id", ""},
		{"cut off", body(request())[:200], document, "", "ends too early"},
		{"cut off in a key", `{"request_`, document, "body", "ends too early"},
		{"two objects", body(request()) + "{}", document, "body", "something follows the end"},
		{"trailing text", body(request()) + " x", document, "body", "something follows the end"},
		{"trailing comma", replace(t, `"10.0"}]}`, `"10.0"}],}`), document, "body", "line 1 column"},
		{"a comment", "{/* */}", document, "body", "line 1 column 2"},
		{"single quotes", "{'request_id':'x'}", document, "body", "line 1 column 2"},
		{"a bare key", "{request_id:1}", document, "body", "line 1 column 2"},
		{"byte order mark", "\ufeff{}", document, "body", "line 1 column 1"},
		{"not UTF-8", replace(t, "2012-08-01", "2012-08-\xff1"), document, "body", "not UTF-8"},
		{"overlong UTF-8", "{\"request_id\":\"\xc0\xaf\"}", document, "body", "column 16: not UTF-8"},
		{"half a surrogate pair", replace(t, personName, `\ud800`), document, "body", "not Unicode"},
		{"a raw line end in a text", replace(t, personName, "a\nb"), document, "beneficiary.name", "line 1 column"},
		{"a bad escape", replace(t, personName, `\x41`), document, "beneficiary.name", "line 1 column"},
		{"deep nesting", strings.Repeat(`{"bill":`, 10000), document, "bill", `unknown field "bill"`},
		{"deep lists", strings.Repeat("[", 10000), document, "body", "expected an object"},
		{"the place is counted in lines", "{\n  \"facility_id\": \"H1\",\n  \"facilityid\": 1\n}", document, "body", "line 3 column 3"},
	}
}

// badKeys have keys the contract does not know, or twice.
func badKeys(t *testing.T) []badBody {
	return []badBody{
		{"unknown field", `{"colour":"red"}`, document, "body", `unknown field "colour"`},
		{"unknown field inside", replace(t, `"submitted"`, `"total"`), document, "bill", `unknown field "total"`},
		{"unknown field in a list", `{"other_shares":[{"payer":"x"}]}`, document, "other_shares[0]", `unknown field "payer"`},
		{"camel case", `{"facilityId":"H1"}`, document, "body", `it is written "facility_id"`},
		{"other case", `{"Facility_ID":"H1"}`, document, "body", `it is written "facility_id"`},
		{"other case inside", `{"bill":{"Eligible":"1"}}`, document, "bill", `it is written "eligible"`},
		{"twice", `{"facility_id":"H1","facility_id":"H2"}`, document, "facility_id", "stands twice"},
		{"twice inside", `{"bill":{"eligible":"1","eligible":"1"}}`, document, "bill.eligible", "stands twice"},
		{"twice in a list", `{"other_shares":[{"amount":"1","amount":"2"}]}`, document, "other_shares[0].amount", "stands twice"},
		{"twice, once escaped", `{"bill":{"eligible":"1","\u0065ligible":"1"}}`, document, "bill.eligible", "stands twice"},
		{"a prototype", `{"__proto__":{}}`, document, "body", "unknown field"},
		{"a type name", `{"@type":"x"}`, document, "body", "unknown field"},
		{"an empty key", `{"":1}`, document, "body", "unknown field"},
	}
}

// badTypes hold values of another type.
func badTypes(t *testing.T) []badBody {
	return []badBody{
		{"a number for a text", `{"facility_id":1}`, document, "facility_id", "quotation marks"},
		{"a number for money", replace(t, `"12000.00"`, "12000.00"), document, "bill.submitted", "quotation marks"},
		{"a huge number for money", replace(t, `"12000.00"`, "1e309"), document, "bill.submitted", "quotation marks"},
		{"NaN", replace(t, `"12000.00"`, "NaN"), document, "bill.submitted", "line 1 column"},
		{"a list for a text", `{"facility_id":["H1"]}`, document, "facility_id", "quotation marks"},
		{"an object for a text", `{"facility_id":{}}`, document, "facility_id", "quotation marks"},
		{"a text for a bool", `{"emergency":"true"}`, document, "emergency", "true or false"},
		{"a number for a bool", `{"emergency":1}`, document, "emergency", "true or false"},
		{"a number for an enum", `{"mode":2}`, document, "mode", "MODE_INPATIENT"},
		{"a text for an enum", `{"mode":"inpatient"}`, document, "mode", "MODE_INPATIENT"},
		{"another enum's value", `{"mode":"SCHEME_NCMS"}`, document, "mode", "MODE_INPATIENT"},
		{"an object for a list", `{"other_shares":{}}`, document, "other_shares", "expected a list"},
		{"a list for an object", `{"bill":[]}`, document, "bill", "expected an object"},
		{"null in a list", `{"other_shares":[null]}`, document, "other_shares[0]", "expected an object"},
		{"a text in a list of objects", `{"other_shares":["x"]}`, document, "other_shares[0]", "expected an object"},
	}
}

// badShapes break the lengths, patterns and enums of the contract.
func badShapes(t *testing.T) []badBody {
	return []badBody{
		{"key with a blank", replace(t, key, "0123456789 abcdef"), argument, "request_id", "visible ASCII"},
		{"key too short", replace(t, key, "0123456789abcde"), argument, "request_id", "16 to 64"},
		{"key too long", replace(t, key, strings.Repeat("k", 65)), argument, "request_id", "16 to 64"},
		{"key not ASCII", replace(t, key, "密密密密密密密密密密密密密密密密"), argument, "request_id", "visible ASCII"},
		{"facility missing", replace(t, `"facility_id":"H36082700001",`, ""), argument, "facility_id", "letters, digits"},
		{"facility with a slash", replace(t, "H36082700001", "H/1"), argument, "facility_id", "letters, digits"},
		{"facility null", replace(t, `"H36082700001"`, "null"), argument, "facility_id", "letters, digits"},
		{"discharge missing", replace(t, `"discharge_id":"ZY20120809-17",`, ""), argument, "discharge_id", "visible ASCII"},
		{"discharge with NUL", replace(t, "ZY20120809-17", `ZY\u0000`), argument, "discharge_id", "visible ASCII"},
		{"person null", replace(t, `{"id_number":"`+idNumber+`","name":"`+personName+`","insured_number":"`+insuredNumber+`"}`, "null"), argument, "beneficiary", "required"},
		{"identity number missing", replace(t, `"id_number":"`+idNumber+`",`, ""), argument, "beneficiary.id_number", ""},
		{"identity number too long", replace(t, idNumber, idNumber+"12345678"), argument, "beneficiary.id_number", ""},
		{"name with a direction mark", replace(t, personName, `张\u202e测试`), argument, "beneficiary.name", "formatting"},
		{"name with a line end", replace(t, personName, `张\n测试`), argument, "beneficiary.name", "control"},
		{"name too long", replace(t, personName, strings.Repeat("张", 51)), argument, "beneficiary.name", "50"},
		{"mode missing", replace(t, `"mode":"MODE_INPATIENT",`, ""), argument, "mode", ""},
		{"mode unspecified", replace(t, "MODE_INPATIENT", "MODE_UNSPECIFIED"), argument, "mode", ""},
		{"source unspecified", replace(t, "SOURCE_CHARITY", "SOURCE_UNSPECIFIED"), argument, "other_shares[1].source", ""},
		{"share without amount", replace(t, `,"amount":"10.0"`, ""), argument, "other_shares[1].amount", ""},
		{"too many shares", replace(t, `"other_shares":[`, `"other_shares":[`+strings.Repeat(`{"source":"SOURCE_CHARITY","amount":"1"},`, 16)), argument, "other_shares", "16"},
		{"disease too long", replace(t, `"admission_date"`, `"disease":"`+strings.Repeat("x", 101)+`","admission_date"`), argument, "disease", "100"},
		{"a very long amount", replace(t, `"12000.00"`, `"`+strings.Repeat("9", 25)+`"`), argument, "bill.submitted", "24"},
	}
}

// badContents say what is no number, day, amount or whole bill.
func badContents(t *testing.T) []badBody {
	return []badBody{
		{"identity number with a wrong check", replace(t, idNumber, "360827195001010016"), settlement.ReasonBadIdentity, "beneficiary.id_number", ""},
		{"identity number with a small x", replace(t, idNumber, "36082719500101001x"), settlement.ReasonBadIdentity, "beneficiary.id_number", ""},
		{"identity number born on 30 February", replace(t, idNumber, "360827195002300015"), settlement.ReasonBadIdentity, "beneficiary.id_number", ""},
		{"finer than a fen", replace(t, `"12000.00"`, `"0.005"`), settlement.ReasonBadPrecision, "bill.submitted", "0.005"},
		{"an exponent", replace(t, `"12000.00"`, `"1e5"`), settlement.ReasonBadAmount, "bill.submitted", "1e5"},
		{"a group separator", replace(t, `"12000.00"`, `"12,000.00"`), settlement.ReasonBadAmount, "bill.submitted", "12,000.00"},
		{"a blank in an amount", replace(t, `"12000.00"`, `" 12000"`), settlement.ReasonBadAmount, "bill.submitted", ""},
		{"a plus", replace(t, `"12000.00"`, `"+1"`), settlement.ReasonBadAmount, "bill.submitted", ""},
		{"a currency", replace(t, `"12000.00"`, `"¥1"`), settlement.ReasonBadAmount, "bill.submitted", ""},
		{"full-width digits", replace(t, `"12000.00"`, "\"\uff11\uff12\""), settlement.ReasonBadAmount, "bill.submitted", ""},
		{"fifteen digits", replace(t, `"12000.00"`, `"100000000000000"`), settlement.ReasonBadAmount, "bill.submitted", ""},
		{"a share finer than a fen", replace(t, `"10.0"`, `"0.001"`), settlement.ReasonBadPrecision, "other_shares[1].amount", ""},
		{"part of the parts", replace(t, `"over_limit":"200.00",`, ""), argument, "bill.over_limit", "missing"},
		{"no bill", replace(t, `"bill":{`+billText+`},`, ""), argument, "bill", "missing"},
		{"a day that is none", replace(t, "2012-08-09", "2012-02-30"), settlement.ReasonBadDate, "discharge_date", "2012-02-30"},
		{"a date in another form", replace(t, "2012-08-09", "09/08/2012"), settlement.ReasonBadDate, "discharge_date", ""},
		{"a time for a date", replace(t, "2012-08-09", "2012-08-09T00:00:00Z"), settlement.ReasonBadDate, "discharge_date", ""},
		{"no discharge date", replace(t, `"discharge_date":"2012-08-09",`, ""), argument, "discharge_date", ""},
		{"an inpatient without admission", replace(t, `"admission_date":"2012-08-01",`, ""), argument, "admission_date", "missing"},
	}
}

const billText = `"submitted":"12000.00","self_funded":"500.00","first_self_pay":"300.00","over_limit":"200.00","eligible":"11000.00"`
