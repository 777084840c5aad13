package nhsa

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// fieldOf is the field an error of kind Invalid names.
func fieldOf(t *testing.T, err error) string {
	t.Helper()
	var bad *settlement.Error
	if !errors.As(err, &bad) || bad.Kind != settlement.KindInvalid {
		t.Fatalf("%v is no invalid field", err)
	}
	return bad.Field
}

// Each setting has a safe value or the payer does not start.
func TestNewNamesTheBadSetting(t *testing.T) {
	for _, test := range []struct {
		field string
		spoil func(*Config)
	}{
		{"code", func(c *Config) { c.Code = "" }},
		{"base_url", func(c *Config) { c.BaseURL = "" }},
		{"base_url", func(c *Config) { c.BaseURL = "payer.invalid" }},
		{"base_url", func(c *Config) { c.BaseURL = "ftp://payer.invalid" }},
		{"base_url", func(c *Config) { c.BaseURL = "http://" }},
		{"base_url", func(c *Config) { c.BaseURL = "http://user:secret@payer.invalid" }},
		{"base_url", func(c *Config) { c.BaseURL = "http://payer.invalid/%zz" }},
		{"layout", func(c *Config) { c.Layout = "" }},
		{"layout", func(c *Config) { c.Layout = "C" }},
		{"account", func(c *Config) { c.Account.AccessID = "" }},
		{"account", func(c *Config) { c.Account.Token = "" }},
		{"accounts.H1", func(c *Config) { c.Accounts = map[settlement.FacilityID]Account{"H1": {AccessID: "x"}} }},
		{"operator.id", func(c *Config) { c.Operator.ID = strings.Repeat("x", 31) }},
		{"operator.name", func(c *Config) { c.Operator.Name = "" }},
		{"operator.type", func(c *Config) { c.Operator.Type = "4" }},
		{"receiver", func(c *Config) { c.Receiver = strings.Repeat("x", 11) }},
		{"version", func(c *Config) { c.Version = "" }},
		{"schemes", func(c *Config) { c.Schemes = nil }},
		{"schemes", func(c *Config) { c.Schemes = map[settlement.Scheme]string{settlement.SchemeNCMS: ""} }},
		{"schemes", func(c *Config) {
			c.Schemes = map[settlement.Scheme]string{settlement.SchemeNCMS: "390", settlement.SchemeResident: "390"}
		}},
		{"certificate_type", func(c *Config) { c.CertificateType = "" }},
		{"call_timeout", func(c *Config) { c.CallTimeout = 0 }},
		{"settlement_office", func(c *Config) { c.Office = "3608270" }},
		{"quiet_period", func(c *Config) { c.QuietPeriod = c.CallTimeout - 1 }},
		{"reversible_for", func(c *Config) { c.ReversibleFor = -1 }},
		{"connections", func(c *Config) { c.Connections = 0 }},
	} {
		settings := config("http://payer.invalid")
		test.spoil(&settings)
		_, err := New(settings)
		if field := fieldOf(t, err); field != test.field {
			t.Errorf("field %q, want %q", field, test.field)
		}
	}
}

// What is not claimed is not assumed.
func TestTerms(t *testing.T) {
	worst := newPayer(t, func(c *Config) { c.InquireByEncounter = false })
	want := settlement.Terms{CallTimeout: 10 * time.Second, QuietPeriod: time.Minute}
	if diff := cmp.Diff(want, worst.Terms()); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
	better := newPayer(t, func(c *Config) { c.ReversibleFor = time.Hour })
	want.ReversibleFor, want.Traits.InquireByEncounter = time.Hour, true
	if diff := cmp.Diff(want, better.Terms()); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
	if better.Code() != "nhsa-360827" {
		t.Errorf("code %q", better.Code())
	}
}

func TestAddress(t *testing.T) {
	all := map[transaction]string{
		queryPerson: "fsiPsnInfoService/queryPsnInfo", presettle: "hospSettService/preSett", settle: "hospSettService/settV2",
		cancelSettlement: "hospSettService/settCl", reverseMessage: "reverseService/revsMethod",
		querySettlement: "fsiIntegratedQueryService/querySetlInfo", compareTotals: "ybSettlementStmtService/stmtTotal",
		compareDetails: "ybSettlementStmtService/stmtDetail", uploadFile: "fileupload/upload", downloadFile: "fileupload/download",
	}
	for number, path := range all {
		for _, base := range []string{"http://payer.invalid/x", "http://payer.invalid/x/"} {
			c := Config{BaseURL: base, Layout: LayoutB}
			if got := c.address(number); got != "http://payer.invalid/x/fsi/api/"+path {
				t.Errorf("%s at %s", number, got)
			}
			c.Layout = LayoutA
			if got := c.address(number); got != base {
				t.Errorf("%s at %s", number, got)
			}
		}
	}
}

// A secret does not show in a printed configuration.
func TestTokenIsMasked(t *testing.T) {
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, config("http://payer.invalid")); strings.Contains(text, "测试令牌") {
			t.Errorf("%s shows the token: %s", format, text)
		}
	}
}

// With accounts of their own, facilities speak for themselves, and a facility
// without one not at all.
func TestAccounts(t *testing.T) {
	payer := newPayer(t, func(c *Config) {
		c.Account = Account{}
		c.Accounts = map[settlement.FacilityID]Account{"H36082700001": {AccessID: "one", Token: "t", FacilityCode: "LOCAL01"}}
	})
	wire, err := payer.Prepare(callOf(settlement.OpSettle))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(wire.Body), `"fixmedins_code":"LOCAL01"`) {
		t.Errorf("the facility's own code is not used: %s", wire.Body)
	}
	call := callOf(settlement.OpSettle)
	call.Facility.ID = "H36082700002"
	_, err = payer.Prepare(call)
	if field := fieldOf(t, err); field != "facility_id" {
		t.Errorf("field %q", field)
	}
	answer := payer.Send(t.Context(), lifecycle.Wire{Call: call, Body: []byte("{}")})
	checkUnsent(t, answer)
}

// checkUnsent: the call certainly never left.
func checkUnsent(t *testing.T, answer lifecycle.PayerAnswer) {
	t.Helper()
	if answer.Result != settlement.ResultUnsent || settlement.KindOf(answer.Cause) != settlement.KindUnavailable {
		t.Errorf("%s, %v", answer.Result, answer.Cause)
	}
}
