package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// listRow is one row of a payer's list.
type listRow struct {
	encounter, reference, message, person, facility string
	insurance                                       string // of civil affairs' rows, the category
	at                                              time.Time
	total, fund, account                            settlement.Money // fund: of civil affairs' rows, the assistance
	reverses                                        bool
}

// listForm is what a list has, and what can be planted into it.
type listForm struct {
	heading string
	text    func(listRow) string
	tricks  []trick
}

// The lists of a payer, and of civil affairs, which have no names of records.
var (
	insuranceList  = listForm{insuranceHeading, listRow.String, tricks}
	assistanceList = listForm{assistanceHeading, listRow.assistance, assistanceTricks}
)

const assistanceHeading = "mdtrt_id,psn_no,fixmedins_code,category,medfee_sumamt,maf_pay,refd_setl_flag"

// assistance is the row as civil affairs have it.
func (r listRow) assistance() string {
	sign, flag := r.signed()
	return strings.Join([]string{r.encounter, r.person, r.facility, r.insurance, (sign * r.total).String(), (sign * r.fund).String(), flag}, ",")
}

// signed is the sign of the row's amounts, and its flag.
func (r listRow) signed() (settlement.Money, string) {
	if r.reverses {
		return -1, "1"
	}
	return 1, "0"
}

// granted is the row of what a discharge was granted.
func (d *discharge) granted(heard *said) (listRow, error) {
	answer, err := heard.settlement()
	if err != nil {
		return listRow{}, err
	}
	row := listRow{encounter: d.Encounter, person: d.Insured, facility: d.facility(), insurance: answer.GetAdjudication().GetCategory()}
	if row.total, err = settlement.ParseMoney(answer.GetBill().GetSubmitted()); err != nil {
		return row, fmt.Errorf("bill of %s: %w", d.ID, err)
	}
	if row.fund, err = settlement.ParseMoney(answer.GetAdjudication().GetBenefit()); err != nil {
		return row, fmt.Errorf("benefit of %s: %w", d.ID, err)
	}
	return row, nil
}

// insuranceHeading names the columns of listRow's text.
const insuranceHeading = "mdtrt_id,setl_id,msgid,psn_no,fixmedins_code,setl_time,insutype,medfee_sumamt,fund_pay_sumamt,acct_pay,refd_setl_flag"

// String is the row as a list has it.
func (r listRow) String() string {
	sign, flag := r.signed()
	return strings.Join([]string{
		r.encounter, r.reference, r.message, r.person, r.facility, r.at.Format(time.DateTime), r.insurance,
		(sign * r.total).String(), (sign * r.fund).String(), (sign * r.account).String(), flag,
	}, ",")
}

// readRows reads the booking and the reversals of a payer's book.
func readRows(path string, of *town) ([]listRow, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	facilities := map[string]string{}
	for _, p := range of.people {
		facilities[p.Insured] = p.facility()
	}
	var rows []listRow
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var line struct {
			Reference, Undoes, Message, Person, Encounter, Scheme, At string
			Amounts                                                   struct {
				Total   settlement.Money `json:"total_fen"`
				Fund    settlement.Money `json:"fund_fen"`
				Account settlement.Money `json:"account_fen"`
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("book: %w", err)
		}
		at, err := time.Parse(time.DateTime, line.At)
		if err != nil {
			return nil, fmt.Errorf("book: %w", err)
		}
		rows = append(rows, listRow{
			encounter: line.Encounter, reference: line.Reference, message: line.Message, person: line.Person, facility: facilities[line.Person],
			insurance: line.Scheme, at: at, total: line.Amounts.Total, fund: line.Amounts.Fund, account: line.Amounts.Account, reverses: line.Undoes != "",
		})
	}
	return rows, lines.Err()
}

// trick is one kind of mischief: what it makes of the rows of one stay, and
// what should be said of it.
type trick struct {
	class, cause string
	reversed     bool // of a stay that was reversed; otherwise of one that stands
	night        bool // of one booked just before midnight
	play         func(rows []listRow) []listRow
}

// changed plays on the one row of a stay.
func changed(how func(*listRow)) func([]listRow) []listRow {
	return func(rows []listRow) []listRow {
		how(&rows[0])
		return rows
	}
}

// again adds the one row of a stay once more, changed.
func again(how func(*listRow)) func([]listRow) []listRow {
	return func(rows []listRow) []listRow {
		more := rows[0]
		how(&more)
		return append(rows, more)
	}
}

// tricks are all kinds for a payer's list.
var tricks = []trick{
	{class: "payer_only", cause: "lost_answer", play: again(func(r *listRow) { // the stay itself stays as it is
		r.encounter, r.reference, r.message, r.person = "X"+r.encounter, "X"+r.reference, "X"+r.message, "X"+r.person
	})},
	{class: "ours_only", cause: "unexplained", play: func([]listRow) []listRow { return nil }},
	{class: "duplicated", cause: "row_repeated", play: again(func(*listRow) {})},
	{class: "duplicated", cause: "double_submit", play: again(func(r *listRow) { r.reference = "X" + r.reference })},
	{class: "duplicated", cause: "double_submit", play: again(func(r *listRow) { r.reference, r.message = "X"+r.reference, "X"+r.message })},
	{class: "status_differs", cause: "one_sided_reversal", play: again(func(r *listRow) { r.reference, r.message, r.reverses = "X"+r.reference, "X"+r.message, true })},
	{class: "status_differs", cause: "one_sided_reversal", reversed: true, play: func(rows []listRow) []listRow { return rows[:1] }},
	{class: "wrong_facility", cause: "unexplained", play: changed(func(r *listRow) { r.facility = "H99999900001" })},
	{class: "wrong_day", cause: "unexplained", play: changed(func(r *listRow) { r.at = r.at.AddDate(0, 0, 3) })},
	{class: "wrong_day", cause: "cut_off", night: true, play: changed(func(r *listRow) { r.at = r.at.Add(10 * time.Minute) })},
	{class: "amount_differs", cause: "rounding", play: changed(func(r *listRow) { r.fund++ })},
	{class: "amount_differs", cause: "category_corrected", play: changed(func(r *listRow) { r.insurance, r.fund = "310", r.fund+10_000 })},
}

// assistanceTricks are those for civil affairs' list.
var assistanceTricks = []trick{
	{class: "payer_only", cause: "lost_answer", play: again(func(r *listRow) { r.encounter, r.person = "X"+r.encounter, "X"+r.person })},
	{class: "ours_only", cause: "unexplained", play: func([]listRow) []listRow { return nil }},
	{class: "duplicated", cause: "double_submit", play: again(func(*listRow) {})},
	{class: "status_differs", cause: "one_sided_reversal", play: again(func(r *listRow) { r.reverses = true })},
	{class: "status_differs", cause: "one_sided_reversal", reversed: true, play: func(rows []listRow) []listRow { return rows[:1] }},
	{class: "wrong_facility", cause: "unexplained", play: changed(func(r *listRow) { r.facility = "H99999900001" })},
	{class: "amount_differs", cause: "rounding", play: changed(func(r *listRow) { r.fund++ })},
	{class: "amount_differs", cause: "category_corrected", play: changed(func(r *listRow) { r.insurance, r.fund = "corrected", r.fund+10_000 })},
}

// plantedEvery: one stay in so many is played a trick on.
const plantedEvery = 10

// plant plays tricks on some stays and gives what should be said, by
// encounter, and the list, in another order than the book.
func plant(rows []listRow, seed uint64, form listForm) (planted map[string]trick, lines []string) {
	chance := rand.New(rand.NewPCG(seed, 2))
	stays, order := map[string][]listRow{}, []string{}
	for _, r := range rows {
		if stays[r.encounter] == nil {
			order = append(order, r.encounter)
		}
		stays[r.encounter] = append(stays[r.encounter], r)
	}
	planted = map[string]trick{}
	next, due := 0, 0
	for _, encounter := range order {
		mine := stays[encounter]
		if due++; due >= plantedEvery && form.tricks[next].fits(mine) {
			one := form.tricks[next]
			next, due = (next+1)%len(form.tricks), 0
			mine = one.play(slices.Clone(mine))
			planted[about(encounter, mine)] = one
		}
		for _, r := range mine {
			lines = append(lines, form.text(r))
		}
	}
	chance.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return planted, append([]string{form.heading}, lines...)
}

// fits: the stay is as the trick wants it.
func (t trick) fits(rows []listRow) bool {
	if t.reversed {
		return len(rows) == 2 && rows[1].reverses
	}
	return len(rows) == 1 && (!t.night || rows[0].at.Format(time.TimeOnly) == "23:55:00")
}

// about is the encounter that something is said of: that of the last row,
// which is invented where the trick invents one.
func about(encounter string, rows []listRow) string {
	if len(rows) == 0 {
		return encounter
	}
	return rows[len(rows)-1].encounter
}
