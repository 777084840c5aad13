package ncms

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// body is the second argument: what is asked.
func (w ticketed) body(call lifecycle.Call) string {
	var s sheet
	s.WriteString("<body>")
	switch call.Operation {
	case settlement.OpIdentify:
		s.field("idCard", call.Person.Reveal())
		s.field("areaCode", string(call.Region))
	case settlement.OpInquire:
		s.field("inpId", string(call.Encounter))
	case settlement.OpReverse:
		s.field("inpId", string(call.Encounter))
		s.field("redeemId", call.Reference)
		s.field("hisRedeemCode", string(call.Original))
	default:
		w.settle(&s, call)
	}
	s.WriteString("</body>")
	return s.String()
}

// settle is the body of S14 and, word for word, of its trial S13.
func (w ticketed) settle(s *sheet, call lifecycle.Call) {
	s.field("inpId", string(call.Encounter))
	s.field("hisRedeemCode", string(call.Message))
	s.field("redeemNo", w.config.RedeemType)
	s.field("outDate", call.Claim.Discharge.String())
	s.field("isMaterials", "0")
	s.field("operationName", "")
	s.field("areaCode", string(call.Region))
	s.field("isTransProvincial", digit(province(call.Region) != province(call.Facility.Region)))
	if w.config.Kind == CriticalIllness {
		s.field("compensateCost", call.Paid.String())
	}
}

// province is the first two digits of a division.
func province(region settlement.RegionID) settlement.RegionID {
	return region[:min(2, len(region))]
}

// digit is a flag as the payers write one.
func digit(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

func (ticketed) people(content node) ([]person, error) {
	var people []person
	for _, row := range content.all("detail") {
		s := open("detail", row)
		people = append(people, person{
			Number: s.id("memberId"), Name: s.text("name"), Certificate: s.id("idCard"), Area: s.id("areaCode"),
			Stopped: s.text("status") == "0",
		})
		if people[len(people)-1].Number == "" {
			s.fail("memberId", "missing")
		}
		if s.first != nil {
			return nil, s.first
		}
	}
	return people, nil
}

func (w ticketed) records(content node) ([]record, error) {
	var records []record
	for _, row := range content.all("detail") {
		r, err := w.record(row)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

func (ticketed) undone(content node) (record, error) {
	if len(content.children) == 0 && strings.TrimSpace(content.text) == "" {
		return record{}, nil
	}
	s := open("data", content)
	r := ticketIdentity(s)
	return r, s.first
}

// ticketIdentity is what a record is about.
func ticketIdentity(s *scan) record {
	return record{
		Reference: s.id("redeemId"), Message: s.id("hisRedeemCode"), Stay: s.id("inpId"), Person: s.id("memberNo"),
		At: s.instant("redeemDate", "2006-01-02 15:04:05"), Reversed: s.flag("isCancel"),
	}
}
