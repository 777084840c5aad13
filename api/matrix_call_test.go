package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// requestOf is a sound request for every method, on behalf of a side: $SIDE is
// its name, $FACILITY and $REGION are its own. A method without one fails.
var requestOf = map[string]string{
	"SettlementService.QuoteSettlement":          `{"facility_id":"$FACILITY",$STAY}`,
	"SettlementService.GetQuote":                 `{"id":"q-$SIDE"}`,
	"SettlementService.ReleaseQuote":             `{"id":"q-$SIDE"}`,
	"SettlementService.ListQuotes":               `{}`,
	"SettlementService.CreateSettlement":         `{"request_id":"a-request-for-the-matrix","discharge_id":"d-1","facility_id":"$FACILITY",$STAY}`,
	"SettlementService.GetSettlement":            `{"id":"st-$SIDE"}`,
	"SettlementService.ListSettlements":          `{"filter":"facility_id=$FACILITY"}`,
	"SettlementService.ReverseSettlement":        `{"id":"st-$SIDE","request_id":"a-request-for-the-matrix","cause":"录入错误"}`,
	"SettlementService.GetStatement":             `{"id":"st-$SIDE"}`,
	"AttentionService.ListAttention":             `{}`,
	"AttentionService.GetAttention":              `{"id":"st-$SIDE"}`,
	"AttentionService.ProposeResolution":         `{"id":"st-$SIDE","resolution":"RESOLUTION_RETRY","document":"医保局电话记录"}`,
	"AttentionService.ApproveResolution":         `{"id":"st-$SIDE","etag":"7"}`,
	"AttentionService.DeclineResolution":         `{"id":"st-$SIDE"}`,
	"EligibilityService.CreatePerson":            `{"request_id":"a-request-for-the-matrix","name":"张测试","region":"$REGION","residence":"RESIDENCE_RURAL","scheme":"SCHEME_NCMS"}`,
	"EligibilityService.GetPerson":               `{"id":"p-$SIDE"}`,
	"EligibilityService.ListPersons":             `{"region":"$REGION"}`,
	"EligibilityService.ListPersonChanges":       `{"id":"p-$SIDE"}`,
	"EligibilityService.RecordPersonChange":      `{"id":"p-$SIDE","request_id":"a-request-for-the-matrix","action":"PERSON_ACTION_DIED","effective_date":"2012-07-01","cause":"CHANGE_CAUSE_DEATH"}`,
	"EligibilityService.CreateReview":            `{"region":"$REGION","quarter":"2012Q3"}`,
	"EligibilityService.GetReview":               `{"id":"r-$SIDE"}`,
	"EligibilityService.DecideProposal":          `{"id":"r-$SIDE","line":1,"confirm":true}`,
	"EligibilityService.ListStandards":           `{}`,
	"ApprovalService.CreateApproval":             `{"request_id":"a-request-for-the-matrix","number":"a-1","person_id":"p-$SIDE","facility_id":"$FACILITY","valid_from_date":"2012-06-01","valid_to_date":"2012-08-31","issuer":"民政局"}`,
	"ApprovalService.DecideApproval":             `{"id":"a-$SIDE","request_id":"a-request-for-the-matrix","act":"APPROVAL_ACT_APPROVED"}`,
	"ApprovalService.GetApproval":                `{"id":"a-$SIDE"}`,
	"ApprovalService.ListApprovals":              `{}`,
	"ApprovalService.GetNotice":                  `{"id":"n-$SIDE"}`,
	"ApprovalService.ListNotices":                `{}`,
	"ApprovalService.CheckBenefits":              `{"request_id":"a-request-for-the-matrix","facility_id":"$FACILITY","admission_date":"2012-08-01","mode":"MODE_INPATIENT","scheme":"SCHEME_NCMS","beneficiary":{"id_number":"` + idNumber + `"}}`,
	"AdmissionService.CreateAdmission":           `{"request_id":"a-request-for-the-matrix","facility_id":"$FACILITY","admission_date":"2012-08-01","inpatient_number":"ZY1","department":"内科","doctor":"李测试","disease":"J18","beneficiary":{"id_number":"` + idNumber + `"}}`,
	"AdmissionService.ChargeAdmission":           `{"id":"y-$SIDE","rows":[{"row_id":"r1","item_code":"x","name":"药","quantity":"1","price":"1.2500","total":"1.25"}]}`,
	"AdmissionService.StateAdmission":            `{"id":"y-$SIDE","encounter_id":"I1","document":"letter 7"}`,
	"AdmissionService.ProposeRemedy":             `{"id":"y-$SIDE","remedy":"ADMISSION_REMEDY_RELEASE_DISCHARGE","document":"letter 7"}`,
	"AdmissionService.ApproveRemedy":             `{"id":"y-$SIDE","etag":"4"}`,
	"AdmissionService.DeclineRemedy":             `{"id":"y-$SIDE"}`,
	"AdmissionService.GetAdmission":              `{"id":"y-$SIDE"}`,
	"AdmissionService.ListAdmissions":            `{}`,
	"ClearingService.CreateClearing":             `{"request_id":"a-request-for-the-matrix","from_date":"2012-07-01","to_date":"2012-07-31"}`,
	"ClearingService.AdvanceClearing":            `{"number":7,"request_id":"a-request-for-the-matrix","act":"CLEARING_ACT_FROZEN"}`,
	"ClearingService.ExportClearing":             `{"number":7,"request_id":"a-request-for-the-matrix","format":"CLEARING_FORMAT_CSV"}`,
	"ClearingService.ConfirmPayment":             `{"number":7,"request_id":"a-request-for-the-matrix","bearer":"payer/a","amount":"1.00","reference":"b","day":"2012-08-02"}`,
	"ClearingService.GetClearing":                `{"number":7,"facility_id":"$FACILITY"}`,
	"ClearingService.ListClearings":              `{}`,
	"CorrectionService.ApproveCorrection":        `{"id":"c-$SIDE","request_id":"a-request-for-the-matrix","etag":"ab"}`,
	"CorrectionService.DeclineCorrection":        `{"id":"c-$SIDE","request_id":"a-request-for-the-matrix","cause":"c"}`,
	"CorrectionService.GetCorrection":            `{"id":"c-$SIDE"}`,
	"CorrectionService.ListCorrections":          `{}`,
	"PolicyService.ProposePolicy":                `{"request_id":"a-request-for-the-matrix","policy_id":"pol-$SIDE","policy_text":"YQ==","cases_text":"Yg==","cause":"c"}`,
	"PolicyService.ApprovePolicy":                `{"id":"pub-$SIDE","request_id":"a-request-for-the-matrix","etag":"ab"}`,
	"PolicyService.DeclinePolicy":                `{"id":"pub-$SIDE","request_id":"a-request-for-the-matrix","cause":"c"}`,
	"PolicyService.GetPolicyPublication":         `{"id":"pub-$SIDE"}`,
	"PolicyService.ListPolicyPublications":       `{}`,
	"PolicyService.GetPolicyInForce":             `{"policy_id":"pol-$SIDE"}`,
	"FundService.CreateFundPosting":              `{"request_id":"a-request-for-the-matrix","region_id":"$REGION","fund":"FUND_RURAL","year":2012,"kind":"FUND_POSTING_KIND_BUDGET","level":"FUND_LEVEL_COUNTY","amount":"1.00","document":"d","day":"2012-01-10"}`,
	"FundService.ListFundPostings":               `{"region_id":"$REGION","fund":"FUND_RURAL","year":2012}`,
	"FundService.ListFunds":                      `{"region_id":"$REGION","year":2012}`,
	"FundService.GetYearlyReport":                `{"region_id":"$REGION","year":2012}`,
	"FundService.ExportReport":                   `{"region_id":"$REGION","year":2012,"content":"REPORT_CONTENT_DISCLOSURE","format":"REPORT_FORMAT_CSV"}`,
	"ReconciliationService.CreateReconciliation": `{"request_id":"a-request-for-the-matrix","payer":"A-$SIDE","from_date":"2012-07-01"}`,
	"ReconciliationService.GetReconciliation":    `{"id":"c-$SIDE"}`,
	"ReconciliationService.ListReconciliations":  `{}`,
	"ReconciliationService.VoidReconciliation":   `{"id":"c-$SIDE","cause":"wrong file"}`,
	"ReconciliationService.ListDifferences":      `{"id":"c-$SIDE"}`,
	"ReconciliationService.GetDifference":        `{"id":"c-$SIDE","line":4}`,
	"ReconciliationService.ProposeFix":           `{"id":"c-$SIDE","line":4,"fix":"FIX_REQUERY","document":"d"}`,
	"ReconciliationService.ApproveFix":           `{"id":"c-$SIDE","line":4,"etag":"1"}`,
	"ReconciliationService.DeclineFix":           `{"id":"c-$SIDE","line":4}`,
}

// discharged is what a quote and a settlement ask alike.
const discharged = `"beneficiary":{"id_number":"` + idNumber + `"},"scheme":"SCHEME_NCMS","mode":"MODE_INPATIENT","admission_date":"2012-08-01","discharge_date":"2012-08-09",` +
	`"bill":{"submitted":"12000.00"}`

// verb is one method of the contract as both transports call it.
type verb struct {
	name   string // as in the policy
	method protoreflect.MethodDescriptor
}

// verbs are all methods of all services of the contract, by its descriptors.
func verbs(t *testing.T) (all []verb) {
	t.Helper()
	contract := onestopv1.File_onestop_v1_settlement_service_proto.Package()
	protoregistry.GlobalFiles.RangeFilesByPackage(contract, func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				method := service.Methods().Get(j)
				all = append(all, verb{string(service.Name()) + "." + string(method.Name()), method})
			}
		}
		return true
	})
	if len(all) < 30 {
		t.Fatalf("%d methods", len(all))
	}
	return all
}

// fill is a request for a side, which may also be nobody's.
func (v verb) fill(t *testing.T, side sideOf) proto.Message {
	t.Helper()
	text, found := requestOf[v.name]
	if !found {
		t.Fatalf("%s has no request in the matrix", v.name)
	}
	text = strings.NewReplacer("$STAY", discharged, "$SIDE", side.name, "$FACILITY", string(side.facility), "$REGION", string(side.region)).Replace(text)
	message := v.message(t, v.method.Input())
	if err := protojson.Unmarshal([]byte(text), message); err != nil {
		t.Fatalf("%s: %v", v.name, err)
	}
	return message
}

func (v verb) message(t *testing.T, of protoreflect.MessageDescriptor) proto.Message {
	t.Helper()
	kind, err := protoregistry.GlobalTypes.FindMessageByName(of.FullName())
	if err != nil {
		t.Fatal(err)
	}
	return kind.New().Interface()
}

// heard is an answer of either transport.
type heard struct {
	code codes.Code
	text string // of the whole answer
}

// callGRPC calls with a token, "" for none.
func (w *world) callGRPC(t *testing.T, v verb, in proto.Message, headers ...string) heard {
	t.Helper()
	ctx := metadata.AppendToOutgoingContext(t.Context(), headers...)
	out := v.message(t, v.method.Output())
	full := fmt.Sprintf("/%s/%s", v.method.Parent().FullName(), v.method.Name())
	err := w.conn.Invoke(ctx, full, in, out)
	said := proto.Message(out)
	if err != nil {
		said = status.Convert(err).Proto()
	}
	text, failed := protojson.Marshal(said)
	if failed != nil {
		t.Fatal(failed)
	}
	return heard{status.Code(err), string(text)}
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// callREST calls as the contract's annotations say.
func (w *world) callREST(t *testing.T, v verb, in proto.Message, headers ...string) heard {
	t.Helper()
	rule := proto.GetExtension(v.method.Options(), annotations.E_Http).(*annotations.HttpRule)
	path, method := rule.GetPost(), http.MethodPost
	if rule.GetGet() != "" {
		path, method = rule.GetGet(), http.MethodGet
	}
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	path = placeholder.ReplaceAllStringFunc(path, func(name string) string {
		value := fields[strings.Trim(name, "{}")]
		delete(fields, strings.Trim(name, "{}"))
		switch number := value.(type) {
		case float64:
			value = int64(number)
		case nil:
			value = 0
		}
		return url.PathEscape(fmt.Sprint(value))
	})
	body := ""
	if method == http.MethodPost {
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		body = string(text)
	} else if len(fields) > 0 {
		query := url.Values{}
		for name, value := range fields {
			query.Set(name, fmt.Sprint(value))
		}
		path += "?" + query.Encode()
	}
	var lines []string
	for i := 0; i < len(headers); i += 2 {
		lines = append(lines, headers[i]+": "+headers[i+1])
	}
	got := w.send(method, path, body, lines...)
	return heard{codeOf(t, got), got.body}
}

// codeOf is the gRPC code of a REST answer.
func codeOf(t *testing.T, r reply) codes.Code {
	t.Helper()
	if r.status < 300 {
		return codes.OK
	}
	return codes.Code(r.told(t).GetCode())
}
