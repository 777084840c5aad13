package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// sum is what accounts come to.
type sum struct {
	count               int
	bill, fund, account settlement.Money
}

var badAccounts = refusal("[P410] 对账参数不完整")

// inpatient is the kind of clearing of what no script has another for.
const inpatient = "21"

// accounts are the settlements of a facility that a question is about; one kind
// of insurance, or all.
func (s *Simulator) accounts(q question, scheme string) []*held {
	var mine []*held
	clearings, asked := s.stage.current().Clearings, q.Input.Data
	for _, h := range s.book.settlements {
		day, _, _ := strings.Cut(h.At, " ")
		if h.Facility == q.Facility && (scheme == "" || h.Scheme == scheme) && day >= asked.From && day <= asked.To &&
			cmp.Or(clearings[h.Encounter], inpatient) == asked.Clearing {
			mine = append(mine, h)
		}
	}
	return mine
}

// total says whether a total is that of the book (3201).
func (s *Simulator) total(q question) answer {
	asked := q.Input.Data
	theirs, sound := asked.sum()
	if !sound || asked.Scheme == "" || !asked.dated() {
		return badAccounts
	}
	var ours sum
	for _, h := range s.accounts(q, asked.Scheme) {
		if h.reversed {
			continue
		}
		ours.count++
		ours.bill, ours.fund, ours.account = ours.bill+h.Amounts.Total, ours.fund+h.Amounts.Fund, ours.account+h.Amounts.Account
	}
	return answer{content: totalled, office: asked.Office, equal: theirs == ours}
}

// sum is the total of a question.
func (d data) sum() (sum, bool) {
	count, err := strconv.Atoi(d.Count.String())
	total := sum{count: count}
	sound := err == nil
	for _, amount := range []struct {
		text json.Number
		to   *settlement.Money
	}{{d.Total, &total.bill}, {d.Fund, &total.fund}, {d.Account, &total.account}} {
		value, err := settlement.ParseMoney(amount.text.String())
		*amount.to, sound = value, sound && err == nil
	}
	return total, sound
}

// dated: a question names its days, its office and a kind of clearing.
func (d data) dated() bool {
	return len(d.From) == 10 && len(d.To) == 10 && d.From <= d.To && d.Office != "" && d.Clearing != ""
}

// receive keeps a file (9101).
func (s *Simulator) receive(q question) answer {
	if len(q.Input.Upload.Content) == 0 || q.Input.Upload.Name == "" {
		return badAccounts
	}
	return s.filed(q.Input.Upload.Content)
}

// filed keeps a file and gives its number.
func (s *Simulator) filed(content []byte) answer {
	s.files = append(s.files, content)
	return answer{content: filed, file: fmt.Sprintf("F%06d", len(s.files))}
}

// kept is a file by its number.
func (s *Simulator) kept(number string) []byte {
	i, err := strconv.Atoi(cmp.Or(number, "F")[1:])
	if err != nil || i < 1 || i > len(s.files) {
		return nil
	}
	return s.files[i-1]
}

// download gives a file as it is (9102).
func (s *Simulator) download(q question) answer {
	content := s.kept(q.Input.Download.Number)
	if content == nil {
		return badAccounts
	}
	return answer{content: streamed, list: content}
}

// totalled writes what a total came to.
func (p *penman) totalled(a answer) {
	result := "1"
	if a.equal {
		result = "0"
	}
	p.open('{')
	p.name("stmtinfo")
	p.open('{')
	p.text("setl_optins", a.office)
	p.text("stmt_rslt", result)
	p.null("stmt_rslt_dscr")
	p.shut('}')
	p.shut('}')
}

// filed writes the name of a file.
func (p *penman) filed(number string) {
	p.open('{')
	p.name("fileinfo")
	p.open('{')
	p.text("file_qury_no", number)
	p.text("filename", number+".zip")
	p.null("dld_endtime")
	p.shut('}')
	p.shut('}')
}
