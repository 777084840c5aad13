package ncms

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

func wants(c *Config) { c.Admissions = true }

// admitted is the form of the fixed person's stay.
func admitted() *stay.Form {
	return &stay.Form{
		Facility: common.Facility.ID, Region: "360827", Scheme: settlement.SchemeNCMS, Insured: insuredNumber,
		Details: stay.Details{
			Inpatient: "ZY0001", Admission: 20120625, Department: "内科", Doctor: "李测试", Status: "1", Disease: "J18.901", Bed: "12",
			Notice: "MZ-2012-7",
		},
	}
}

var charged = []stay.Row{
	{ID: "1", Item: "86000001", Name: "头孢", Number: "10", Price: "150.0000", Total: 1500_00},
	{ID: "2", Item: "86000002", Name: "床位费", Number: "6.5", Price: "230.7692", Total: 1500_00},
}

// registers sends S04 and gives what came of it.
func registers(t *testing.T, payer *Payer, form *stay.Form) stay.Answer {
	t.Helper()
	body, err := payer.PrepareRegistration(common.Facility, form)
	if err != nil {
		t.Fatal(err)
	}
	return payer.SendRegistration(context.Background(), form, body)
}

func uploads(t *testing.T, payer *Payer, encounter settlement.EncounterID, rows []stay.Row) stay.Answer {
	t.Helper()
	body, err := payer.PrepareCharges(encounter, rows)
	if err != nil {
		t.Fatal(err)
	}
	return payer.SendCharges(context.Background(), encounter, rows, body)
}

// A stay is registered, charged and settled by the number it was given; what
// was not eligible is found in the settlement.
func TestAStayFromAdmissionToSettlement(t *testing.T) {
	payer, server := start(t, Ticket, wants)
	script := server.script
	script.Items = map[string]string{"86000002": "0.8"}
	server.play(script)
	stayed := registers(t, payer, admitted())
	if stayed.Result != settlement.ResultApplied || stayed.Encounter == "" {
		t.Fatalf("%+v", stayed)
	}
	want := []stay.Line{{Of: "1", Taken: true, Eligible: 1500_00}, {Of: "2", Taken: true, Eligible: 1200_00}}
	for range 2 { // the second time it is known already
		told := uploads(t, payer, stayed.Encounter, charged)
		if diff := cmp.Diff(want, told.Lines); told.Result != settlement.ResultApplied || diff != "" {
			t.Errorf("%s, %v\n%s", told.Result, told.Cause, diff)
		}
	}
	call := callOf(settlement.OpSettle)
	call.Encounter, call.BillStated, call.Claim.Bill = stayed.Encounter, false, settlement.Bill{Submitted: 3000_00}
	answer := sent(t, payer, call)
	if bill := answer.Payment.Bill; answer.Result != settlement.ResultApplied || bill.Submitted != 3000_00 || bill.Eligible != 2700_00 {
		t.Errorf("%s, %v, %+v", answer.Result, answer.Cause, bill)
	}
}

// What a lost, damaged or doubtful answer leaves certain, and how often a row
// is stored.
func TestFaultsOfAStay(t *testing.T) {
	for fault, want := range map[sim.Fault]settlement.Result{
		sim.Refuse: settlement.ResultRefused, sim.ExpiredTicket: settlement.ResultUnsent, sim.LostBefore: settlement.ResultInDoubt,
		sim.LostAfter: settlement.ResultInDoubt, sim.HTTPError: settlement.ResultInDoubt, sim.Malformed: settlement.ResultInDoubt,
		sim.Reset: settlement.ResultInDoubt, sim.SystemError: settlement.ResultInDoubt, sim.Oversized: settlement.ResultInDoubt,
	} {
		t.Run(string(fault), func(t *testing.T) {
			payer, server := start(t, Ticket, wants)
			script := server.script
			script.Rules = []sim.Rule{{Transaction: "S04", Fault: fault, First: 1}, {Transaction: "S10", Fault: fault, First: 1}}
			server.play(script)
			if told := registers(t, payer, admitted()); told.Result != want || told.Encounter != "" || (told.Cause == nil) != (want == settlement.ResultRefused) {
				t.Errorf("%+v", told)
			}
			stayed := registers(t, payer, admitted())
			told := uploads(t, payer, stayed.Encounter, charged)
			if told.Result != want || told.Lines != nil || want == settlement.ResultRefused && !strings.Contains(told.Words, "P500") {
				t.Errorf("%+v", told)
			}
			if told := uploads(t, payer, stayed.Encounter, charged); told.Result != settlement.ResultApplied || len(told.Lines) != 2 {
				t.Errorf("again: %+v", told)
			}
			call := callOf(settlement.OpQuote)
			call.Encounter, call.BillStated, call.Claim.Bill = stayed.Encounter, false, settlement.Bill{Submitted: 3000_00}
			if answer := sent(t, payer, call); answer.Payment.Bill.Submitted != 3000_00 {
				t.Errorf("rows are stored twice, or not: %+v, %v", answer.Payment.Bill, answer.Cause)
			}
		})
	}
}

// A row that was not taken says so; the others are.
func TestARowThatIsNotTaken(t *testing.T) {
	content := func(text string) (node, error) { return parse([]byte("<data>" + text + "</data>")) }
	row := func(id, rest string) string {
		return "<detail><hisDetailCode>" + id + "</hisDetailCode>" + rest + "</detail>"
	}
	good := row("1", "<enableRatio>1</enableRatio><enableMoney>1500.0000</enableMoney><success>1</success><message/>")
	bad := row("2", "<enableMoney/><success>0</success><message>目录外 </message>")
	for name, c := range map[string]struct {
		text string
		want []stay.Line
	}{
		"one of two":         {bad + good, []stay.Line{{Of: "1", Taken: true, Eligible: 1500_00}, {Of: "2", Words: "目录外"}}},
		"others beside":      {good + bad + row("3", "<success>0</success>"), []stay.Line{{Of: "1", Taken: true, Eligible: 1500_00}, {Of: "2", Words: "目录外"}}},
		"one missing":        {good, nil},
		"one twice":          {good + good + bad, nil},
		"more than its cost": {strings.Replace(good, "1500.0000", "1500.0100", 1) + bad, nil},
		"taken for nothing":  {strings.Replace(good, "1500.0000", "", 1) + bad, nil},
		"neither yes nor no": {strings.Replace(good, "<success>1", "<success>是", 1) + bad, nil},
	} {
		data, err := content(c.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := lines(data, charged)
		if diff := cmp.Diff(c.want, got); diff != "" || (err == nil) != (c.want != nil) {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// A registration without what S04 needs is refused before it is kept.
func TestWhatAStayNeeds(t *testing.T) {
	payer := newPayer(t, Ticket, wants)
	for field, spoil := range map[string]func(*stay.Form){
		"scheme":                     func(f *stay.Form) { f.Scheme = settlement.SchemeResident },
		"beneficiary.insured_number": func(f *stay.Form) { f.Insured = "" },
		"inpatient_number":           func(f *stay.Form) { f.Details.Inpatient = "" },
		"admission_date":             func(f *stay.Form) { f.Details.Admission = 0 },
		"department":                 func(f *stay.Form) { f.Details.Department = "" },
		"doctor":                     func(f *stay.Form) { f.Details.Doctor = "" },
		"disease":                    func(f *stay.Form) { f.Details.Disease = "肺炎" },
	} {
		form := admitted()
		spoil(form)
		_, err := payer.PrepareRegistration(common.Facility, form)
		checkField(t, err, field)
	}
	for field, spoil := range map[string]func(*stay.Row){
		"rows.row_id":    func(r *stay.Row) { r.ID = "" },
		"rows.item_code": func(r *stay.Row) { r.Item = "头孢" },
		"rows.total":     func(r *stay.Row) { r.Total = billMax },
	} {
		row := charged[0]
		spoil(&row)
		_, err := payer.PrepareCharges("I1", []stay.Row{charged[1], row})
		checkField(t, err, field)
		if wrong, is := err.(*settlement.Error); !is || wrong.Value != row.ID {
			t.Errorf("%s: %v, of row %q", field, err, row.ID)
		}
	}
	_, err := payer.PrepareCharges("", charged)
	checkField(t, err, "encounter_id")
}

func checkField(t *testing.T, err error, field string) {
	t.Helper()
	wrong, is := err.(*settlement.Error)
	if !is || wrong.Kind != settlement.KindInvalid || wrong.Field != field {
		t.Errorf("%s: %v", field, err)
	}
}

// The wire, field by field; a stay of another province says so.
func TestTheWireOfAStay(t *testing.T) {
	payer := newPayer(t, Ticket, wants)
	body, err := payer.PrepareRegistration(lifecycle.Facility{ID: "H43010000001", Region: "430100"}, admitted())
	if err != nil {
		t.Fatal(err)
	}
	plainly := strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(string(body))
	want := "<body><memberId>360827010001</memberId><inpatientNo>ZY0001</inpatientNo><admissionDate>2012-06-25</admissionDate>" +
		"<department>内科</department><doctor>李测试</doctor><status>1</status><diseaseCode>J18.901</diseaseCode><bed>12</bed>" +
		"<isReferra>0</isReferra><ministerNotice>MZ-2012-7</ministerNotice><uploadType>0</uploadType><areaCode>360827</areaCode>" +
		"<isTransProvincial>1</isTransProvincial></body>"
	if !strings.Contains(plainly, want) || !strings.Contains(plainly, "<operCode>S04</operCode>") {
		t.Error(plainly)
	}
	body, err = payer.PrepareCharges("I1", charged[1:])
	if err != nil {
		t.Fatal(err)
	}
	plainly = strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(string(body))
	want = "<body><inpId>I1</inpId><detail><detailName>床位费</detailName><detailCode>86000002</detailCode><hisDetailCode>2</hisDetailCode>" +
		"<num>6.5</num><price>230.7692</price><totalCost>1500.0000</totalCost></detail></body>"
	if !strings.Contains(plainly, want) || !strings.Contains(plainly, "<operCode>S10</operCode>") {
		t.Error(plainly)
	}
}

// Where the payer gives one stay one number, a registration that was lost and
// sent again has it; where it does not, the stay has two.
func TestARegistrationSentAgain(t *testing.T) {
	for _, repeats := range []bool{true, false} {
		payer, server := start(t, Ticket, func(c *Config) { c.Admissions, c.RegistrationRepeats = true, repeats })
		script := server.script
		script.Deduplicate, script.Rules = repeats, []sim.Rule{{Transaction: "S04", Fault: sim.LostAfter, First: 1}}
		server.play(script)
		if told := registers(t, payer, admitted()); told.Result != settlement.ResultInDoubt {
			t.Fatalf("%+v", told)
		}
		again, third := registers(t, payer, admitted()), registers(t, payer, admitted())
		if payer.RegistrationRepeats() != repeats || (again.Encounter == third.Encounter) != repeats || again.Encounter == "" {
			t.Errorf("repeats %t: %s, then %s", repeats, again.Encounter, third.Encounter)
		}
	}
}
