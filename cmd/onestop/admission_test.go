package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
)

// anAdmission is the stay of the story that the gateway registers itself.
func anAdmission(request string) string {
	return `{"request_id": "` + request + `", "facility_id": "H36082800001", "beneficiary": {"id_number": "360827195809120014"},
	"inpatient_number": "ZY20260511", "admission_date": "2026-05-04", "department": "内科", "doctor": "李测试", "disease": "J18.901"}`
}

const twoCharges = `{"rows": [
	{"row_id": "1", "item_code": "86000101", "name": "头孢曲松", "quantity": "40", "price": "100.0000", "total": "4000.00"},
	{"row_id": "2", "item_code": "86000907", "name": "床位费", "quantity": "20", "price": "100.0000", "total": "2000.00"}]}`

// byAdmission is its discharge, which names no number of the payer.
func byAdmission(request, admission string) string {
	return `{"request_id": "` + request + `", "facility_id": "H36082800001", "discharge_id": "D4003", "admission_id": "` + admission + `",
	"beneficiary": {"id_number": "360827195809120014"}, "mode": "MODE_INPATIENT", "admission_date": "2026-05-04", "discharge_date": "2026-05-12",
	"bill": {"submitted": "6000.00"}}`
}

const admissionShares = "ncms-demo 3380.00+0.00, insurer-demo 0.00+0.00, assistance 1554.00, person 1066.00"

// A stay goes from its registration to its settlement at the desk: once with
// the payer whatever is repeated, and found again.
func TestAdmissionsFromTheCommandLine(t *testing.T) {
	s := staged(t)
	folder := t.TempDir()
	number, rows := filepath.Join(folder, "id"), filepath.Join(folder, "rows.csv")
	writeFile(t, number, "360827195809120014\n", 0o600)
	writeFile(t, rows, strings.Join(chargeColumns, ",")+"\n1,86000101,头孢曲松,40,100.0000,4000.00\n2,86000907,床位费,20,100.0000,2000.00\n", 0o600)
	said := func(args ...string) string {
		t.Helper()
		out, err := s.told(admissionCommand(), args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	register := []string{"register", "H36082800001", "--id-number-file", number, "--inpatient-number", "ZY1", "--admission", "2026-05-04",
		"--department", "内科", "--doctor", "李测试", "--disease", "J18.901", "--request-id", "an-admission-of-the-tests"}
	first := said(register...)
	wants(t, first, "registered, b-ncms-13 at H36082800001, admitted 2026-05-04")
	wants(t, first, "with ncms-demo as I000000000001")
	if again := said(register...); again != first {
		t.Errorf("first\n%s\nagain\n%s", first, again)
	}
	id, _, _ := strings.Cut(first, "\n")
	for range 2 {
		charged := said("charge", id, "--rows", rows)
		wants(t, charged, "6000.00 charged by 2 rows, 0 of them not taken")
		wants(t, charged, "taken  1600.00")
	}
	if sent := s.payers["ncms-demo"].Arrivals("S04") + s.payers["ncms-demo"].Arrivals("S10"); sent != 2 {
		t.Errorf("the scheme heard %d messages", sent)
	}
	if list := said("list", "--facility", "H36082800001"); strings.Count(list, id) != 1 || !strings.Contains(list, "I000000000001") {
		t.Errorf("listed as\n%s", list)
	}
	if list := said("list", "--outstanding"); strings.Contains(list, id) {
		t.Errorf("outstanding\n%s", list)
	}
	status, answer, settled := s.call(t, http.MethodPost, "/v1/settlements", byAdmission("an-admission-settled", id))
	if status != http.StatusOK || shares(settled) != admissionShares || settled["encounter_id"] != "I000000000001" || settled["admission_id"] != id {
		t.Fatalf("%d %s: %s", status, shares(settled), answer)
	}
	wants(t, said("show", id), "settled as discharge D4003")
	second := strings.Replace(byAdmission("an-admission-twice-1", id), "D4003", "D4004", 1)
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", second); status != http.StatusConflict || !strings.Contains(string(answer), "ADMISSION_MISMATCH") {
		t.Errorf("a second discharge of one stay: %d %s", status, answer)
	}
	s.holds(t, 1, 1)
	s.audited(t)
}

// Lost answers of either message leave the stay in doubt; people end the one,
// sending the rows again the other, and nothing stands twice with the payer.
func TestLostAnswersOfAStay(t *testing.T) {
	s := staged(t)
	s.play(t, "ncms-demo", sim.Rule{Transaction: "S04", Fault: sim.LostAfter, First: 1}, sim.Rule{Transaction: "S10", Fault: sim.LostAfter, First: 1})
	status, answer, stayed := s.call(t, http.MethodPost, "/v1/admissions", anAdmission("an-admission-lost-01"))
	if status != http.StatusOK || stayed["state"] != "ADMISSION_STATE_IN_DOUBT" {
		t.Fatalf("%d %s", status, answer)
	}
	id := stayed["id"].(string)
	for path, body := range map[string]string{"/v1/admissions/" + id + ":charge": twoCharges, "/v1/settlements": byAdmission("an-admission-doubt1", id)} {
		if status, answer, _ := s.call(t, http.MethodPost, path, body); status != http.StatusConflict || !strings.Contains(string(answer), "ADMISSION_NOT_REGISTERED") {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	if list, err := s.told(admissionCommand(), "list", "--outstanding"); err != nil || !strings.Contains(list, id) {
		t.Errorf("%v\n%s", err, list)
	}
	out, err := s.told(admissionCommand(), "state", id, "--encounter", "I000000000001", "--document", "农合办电话记录7号", "--operator", "chen.li")
	if err != nil || !strings.Contains(out, "registered, ") {
		t.Fatalf("%v\n%s", err, out)
	}
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/admissions/"+id+":charge", twoCharges); status != http.StatusServiceUnavailable {
		t.Errorf("rows in doubt: %d %s", status, answer)
	}
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", byAdmission("an-admission-doubt2", id)); status != http.StatusConflict || !strings.Contains(string(answer), "ADMISSION_CHARGES_OUTSTANDING") {
		t.Errorf("settled with rows in doubt: %d %s", status, answer)
	}
	if status, answer, charged := s.call(t, http.MethodPost, "/v1/admissions/"+id+":charge", twoCharges); status != http.StatusOK || charged["charged"] != "6000.00" {
		t.Errorf("rows again: %d %s", status, answer)
	}
	_, answer, settled := s.call(t, http.MethodPost, "/v1/settlements", byAdmission("an-admission-healed", id))
	if shares(settled) != admissionShares {
		t.Errorf("%s: %s", shares(settled), answer)
	}
	if sent := s.payers["ncms-demo"].Arrivals("S04"); sent != 1 {
		t.Errorf("registered %d times", sent)
	}
	s.audited(t)
}

// A stay of a scheme whose payer wants none is kept, and settled as ever.
func TestAnAdmissionNobodyWants(t *testing.T) {
	s := staged(t)
	request := strings.NewReplacer("H36082800001", "H36082700001", "360827195809120014", "360827196207050041").Replace(anAdmission("an-admission-for-none"))
	status, answer, stayed := s.call(t, http.MethodPost, "/v1/admissions", request)
	if status != http.StatusOK || stayed["state"] != "ADMISSION_STATE_NOT_NEEDED" {
		t.Fatalf("%d %s", status, answer)
	}
}

func TestAdmissionCommandsRefuse(t *testing.T) {
	s := staged(t)
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		writeFile(t, path, text, 0o600)
		return path
	}
	head := strings.Join(chargeColumns, ",") + "\n"
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no number":         {[]string{"register", "H36082800001"}, "--id-number-file"},
		"no insured number": {[]string{"register", "H36082800001", "--id-number-file", file("id", "360827195809120014"), "--insured-number-file", filepath.Join(folder, "none")}, "--insured-number-file"},
		"no department":     {[]string{"register", "H36082800001", "--id-number-file", file("id", "360827195809120014"), "--inpatient-number", "ZY1", "--admission", "2026-05-04", "--doctor", "d", "--disease", "J18"}, "department"},
		"no file":           {[]string{"charge", "y-1"}, "--rows"},
		"another head":      {[]string{"charge", "y-1", "--rows", file("a.csv", "a,b,c,d,e,f\n")}, "head: must be"},
		"an empty file":     {[]string{"charge", "y-1", "--rows", file("b.csv", "")}, "head: "},
		"a head alone":      {[]string{"charge", "y-1", "--rows", file("c.csv", head)}, "no rows"},
		"a row cut short":   {[]string{"charge", "y-1", "--rows", file("d.csv", head+"1,2\n")}, "line 2"},
		"nobody's":          {[]string{"charge", "y-1", "--rows", file("e.csv", head+"1,x,药,1,1,1.00\n")}, "ADMISSION_NOT_FOUND"},
		"nothing stated":    {[]string{"state", "y-1"}, "either --encounter or --unknown"},
		"two things stated": {[]string{"state", "y-1", "--encounter", "I1", "--unknown"}, "either --encounter or --unknown"},
		"no word what for":  {[]string{"state", "y-1", "--unknown", "--operator", "chen.li"}, "document"},
		"nobody's, by name": {[]string{"show", "y-1"}, "ADMISSION_NOT_FOUND"},
	} {
		if _, err := s.told(admissionCommand(), c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s", name, err, c.says)
		}
	}
}

// A file of more rows than go up at once goes up in batches, and one the payer
// does not take makes the command end with 1.
func TestChargesInBatches(t *testing.T) {
	s := staged(t)
	_, answer, stayed := s.call(t, http.MethodPost, "/v1/admissions", anAdmission("an-admission-of-many"))
	id, _ := stayed["id"].(string)
	var text strings.Builder
	text.WriteString(strings.Join(chargeColumns, ",") + "\n")
	for i := range chargeBatch + 1 {
		fmt.Fprintf(&text, "r%d,86000101,头孢曲松,1,10.0000,10.00\n", i)
	}
	file := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s.play(t, "ncms-demo", sim.Rule{Transaction: "S10", Fault: sim.Refuse, First: 1})
	if out, err := s.told(admissionCommand(), "charge", id, "--rows", file); err == nil {
		t.Errorf("%s refused as a whole: %s", answer, out)
	}
	out, err := s.told(admissionCommand(), "charge", id, "--rows", file)
	if err != nil || !strings.Contains(out, "2010.00 charged by 201 rows, 0 of them not taken") {
		t.Errorf("%v\n%s", err, out)
	}
	if sent := s.payers["ncms-demo"].Arrivals("S10"); sent != 3 {
		t.Errorf("%d messages", sent)
	}
}
