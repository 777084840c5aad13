package ncms

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// arguments are the strings a prepared call carries, read by another decoder
// than the adapter's own.
func arguments(t *testing.T, payer *Payer, call lifecycle.Call) []string {
	t.Helper()
	wire, err := payer.Prepare(call)
	if err != nil {
		t.Fatal(err)
	}
	var envelope struct {
		Operation struct {
			Arguments []string `xml:",any"`
		} `xml:"Body>any"`
	}
	text := strings.NewReplacer("his:request>", "any>", "his:nh_pipe>", "any>").Replace(string(wire.Body))
	if err := xml.Unmarshal([]byte(text), &envelope); err != nil {
		t.Fatal(err)
	}
	return envelope.Operation.Arguments
}

func TestTicketRequests(t *testing.T) {
	for operation, want := range map[settlement.Operation]string{
		settlement.OpIdentify: "<idCard>36082719900101003X</idCard><areaCode>360827</areaCode>",
		settlement.OpSettle: "<inpId>E000001</inpId><hisRedeemCode>" + message + "</hisRedeemCode><redeemNo>21</redeemNo><outDate>2012-07-01</outDate>" +
			"<isMaterials>0</isMaterials><operationName></operationName><areaCode>360827</areaCode><isTransProvincial>0</isTransProvincial>",
		settlement.OpReverse: "<inpId>E000001</inpId><redeemId>S000001</redeemId><hisRedeemCode>" + message + "</hisRedeemCode>",
		settlement.OpInquire: "<inpId>E000001</inpId>",
	} {
		got := arguments(t, newPayer(t, Ticket, nil), callOf(operation))
		body := "<body>" + want + "</body>"
		head := "<head><operCode>" + ticketOperations[operation] + "</operCode><rsa>" + digest(body) + "</rsa><billCode></billCode></head>"
		if diff := cmp.Diff([]string{head, body}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", operation, diff)
		}
	}
	if quote, settle := arguments(t, newPayer(t, Ticket, nil), callOf(settlement.OpQuote)), arguments(t, newPayer(t, Ticket, nil), callOf(settlement.OpSettle)); quote[1] != settle[1] {
		t.Error("a trial asks for something else than the settlement")
	}
}

// The digests are those md5sum gives.
func TestDigest(t *testing.T) {
	for text, want := range map[string]string{"": "D41D8CD98F00B204E9800998ECF8427E", "abc": "900150983CD24FB0D6963F7D28E17F72"} {
		if got := digest(text); got != want {
			t.Errorf("digest of %q is %s", text, got)
		}
	}
}

func TestPipeRequests(t *testing.T) {
	head := func(function string) string {
		return `<request xmlns="http://www.section9.org/cms/referral/data"><head><version>1.0</version><functionNo>` + function + `</functionNo>` +
			`<targetOrg>360827</targetOrg><healthcareprovider><identity>onestop</identity><password></password></healthcareprovider></head><body>`
	}
	stay := "<D504_01>E000001</D504_01><D504_02>360827010001</D504_02>"
	asked := stay + "<D504_12>2012-07-01</D504_12><D506_52>" + message + "</D506_52><D506_53>2012-07-01T15-04-05</D506_53>"
	for operation, want := range map[settlement.Operation]string{
		settlement.OpIdentify: head("C030002") + "<D504_05>36082719900101003X</D504_05>",
		settlement.OpQuote:    head("B020011") + asked,
		settlement.OpSettle:   head("B020012") + asked,
		settlement.OpReverse:  head("B020008") + stay + "<D506_01>S000001</D506_01><D506_52>" + message + "</D506_52>",
		settlement.OpInquire:  head("C020007") + stay,
	} {
		if diff := cmp.Diff([]string{want + "</body></request>"}, arguments(t, newPayer(t, Pipe, nil), callOf(operation))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", operation, diff)
		}
	}
}

// A critical-illness insurer is told what was paid before.
func TestInsurerIsToldWhatWasPaid(t *testing.T) {
	call := callOf(settlement.OpSettle)
	call.Paid = 1410_05
	for shape, want := range map[Shape]string{Ticket: "<compensateCost>1410.05</compensateCost>", Pipe: "<D506_24>1410.05</D506_24>"} {
		for kind, told := range map[Kind]bool{Basic: false, CriticalIllness: true} {
			got := arguments(t, newPayer(t, shape, func(c *Config) { c.Kind = kind }), call)
			if strings.Contains(got[len(got)-1], want) != told {
				t.Errorf("%s %s: %s", shape, kind, got[len(got)-1])
			}
		}
	}
}

func TestTransProvincial(t *testing.T) {
	call := callOf(settlement.OpSettle)
	call.Region = "511425"
	if got := arguments(t, newPayer(t, Ticket, nil), call)[1]; !strings.Contains(got, "<isTransProvincial>1</isTransProvincial>") {
		t.Error(got)
	}
}

// Whatever stands in a field stays in it.
func TestFieldsAreEscaped(t *testing.T) {
	var s sheet
	s.field("name", `</name><x a="1">&'`)
	var read struct {
		Text string `xml:",chardata"`
	}
	if err := xml.Unmarshal([]byte(s.String()), &read); err != nil || read.Text != `</name><x a="1">&'` {
		t.Errorf("%s is read as %q, %v", s.String(), read.Text, err)
	}
}

func fieldOf(t *testing.T, err error) string {
	t.Helper()
	var bad *settlement.Error
	if !errors.As(err, &bad) || bad.Kind != settlement.KindInvalid {
		t.Fatalf("%v is no invalid field", err)
	}
	return bad.Field
}

func TestPrepareNamesWhatIsMissing(t *testing.T) {
	for _, test := range []struct {
		field     string
		operation settlement.Operation
		spoil     func(*lifecycle.Call)
	}{
		{"facility_id", settlement.OpSettle, func(c *lifecycle.Call) { c.Facility.ID = "" }},
		{"encounter_id", settlement.OpSettle, func(c *lifecycle.Call) { c.Encounter = "E 1" }},
		{"encounter_id", settlement.OpReverse, func(c *lifecycle.Call) { c.Encounter = settlement.EncounterID(strings.Repeat("E", 31)) }},
		{"scheme", settlement.OpSettle, func(c *lifecycle.Call) { c.Scheme = settlement.SchemeResident }},
		{"mode", settlement.OpSettle, func(c *lifecycle.Call) { c.Claim.Mode = settlement.Outpatient }},
		{"mode", settlement.OpQuote, func(c *lifecycle.Call) { c.Claim.Mode = settlement.Care }},
		{"bill", settlement.OpSettle, func(c *lifecycle.Call) { c.Claim.Bill.OverLimit++ }},
		{"bill.submitted", settlement.OpSettle, func(c *lifecycle.Call) { c.Claim.Bill.Submitted = settlement.MoneyMax + 1 }},
	} {
		call := callOf(test.operation)
		test.spoil(&call)
		_, err := newPayer(t, Ticket, nil).Prepare(call)
		if field := fieldOf(t, err); field != test.field {
			t.Errorf("field %q, want %q", field, test.field)
		}
	}
	alone := newPayer(t, Ticket, func(c *Config) { c.InquireByEncounter = false })
	call := callOf(settlement.OpInquire)
	call.Reference = ""
	if _, err := alone.Prepare(call); fieldOf(t, err) != "reference" {
		t.Error(err)
	}
	for _, spoil := range []func(*lifecycle.Call){
		func(c *lifecycle.Call) { c.Message = "" }, func(c *lifecycle.Call) { c.Original = "" }, func(c *lifecycle.Call) { c.Operation = "dance" },
	} {
		call := callOf(settlement.OpReverse)
		spoil(&call)
		if _, err := alone.Prepare(call); settlement.KindOf(err) != settlement.KindInternal {
			t.Error(err)
		}
	}
}

func TestNewNamesTheBadSetting(t *testing.T) {
	for _, test := range []struct {
		field string
		shape Shape
		spoil func(*Config)
	}{
		{"code", Ticket, func(c *Config) { c.Code = "" }},
		{"url", Ticket, func(c *Config) { c.URL = "" }},
		{"url", Ticket, func(c *Config) { c.URL = "ftp://payer.invalid" }},
		{"url", Pipe, func(c *Config) { c.URL = "http://user:secret@payer.invalid" }},
		{"protocol", Ticket, func(c *Config) { c.Shape = "smoke" }},
		{"kind", Ticket, func(c *Config) { c.Kind = "charity" }},
		{"access_id", Ticket, func(c *Config) { c.User = "" }},
		{"token_file", Pipe, func(c *Config) { c.Password = "" }},
		{"target", Pipe, func(c *Config) { c.Target = "" }},
		{"redeem_type", Ticket, func(c *Config) { c.RedeemType = "" }},
		{"settles", Ticket, func(c *Config) { c.Schemes = nil }},
		{"ticket_life", Ticket, func(c *Config) { c.TicketLife = 0 }},
		{"call_timeout", Ticket, func(c *Config) { c.CallTimeout = 0 }},
		{"quiet_period", Ticket, func(c *Config) { c.QuietPeriod = c.CallTimeout - 1 }},
		{"reversible_for", Ticket, func(c *Config) { c.ReversibleFor = -1 }},
		{"connections", Ticket, func(c *Config) { c.Connections = 0 }},
	} {
		settings := config("http://payer.invalid", test.shape)
		test.spoil(&settings)
		_, err := New(settings)
		if field := fieldOf(t, err); field != test.field {
			t.Errorf("field %q, want %q", field, test.field)
		}
	}
	settings := config("http://payer.invalid", Pipe)
	settings.TicketLife, settings.RedeemType, settings.ReversibleFor = 0, "", 24*time.Hour
	payer, err := New(settings)
	if err != nil || payer.Terms().ReversibleFor != 24*time.Hour || payer.config.Kind != Basic {
		t.Errorf("a pipe without what only tickets need: %v", err)
	}
}
