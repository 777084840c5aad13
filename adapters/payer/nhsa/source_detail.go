package nhsa

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// uploadMost bounds one list to upload, packed: some hundred thousand rows.
const uploadMost = 8 << 20

// uploadData uploads a file (9101).
type uploadData struct {
	File     string `json:"in"` // base64
	Name     string `json:"filename"`
	Facility string `json:"fixmedins_code"`
}

// downloadData asks for a file (9102).
type downloadData struct {
	Number   string `json:"file_qury_no"`
	Name     string `json:"filename"`
	Facility string `json:"fixmedins_code"`
}

// detailData has an uploaded list compared (3202).
type detailData struct {
	Office   string `json:"setl_optins"`
	File     string `json:"file_qury_no"`
	From     string `json:"stmt_begndate"`
	To       string `json:"stmt_enddate"`
	Bill     yuan   `json:"medfee_sumamt"`
	Fund     yuan   `json:"fund_pay_sumamt"`
	Cash     yuan   `json:"cash_payamt"`
	Count    int    `json:"fixmedins_setl_cnt"`
	Clearing string `json:"clr_type"`
}

// part is what is compared with one upload: all insurances of a facility and a
// kind of clearing, for the platform's details are not by insurance.
type part struct {
	facility settlement.FacilityID
	clearing settlement.Mode
	zip      bytes.Buffer
	list     *statement.Writer
	totals   *reconcile.Totals
}

// Details implements reconciliation.Source. Invalid: too much for one upload,
// so that a shorter period must be asked about.
func (s *Source) Details(ctx context.Context, scope reconcile.Scope, groups []reconcile.Group, hold func(func(reconcile.Line) error) error) (reconciliation.ClosingList, error) {
	parts, err := gather(scope, groups, hold)
	if err != nil {
		return nil, err
	}
	found := &results{}
	for _, p := range parts {
		list, err := s.compare(ctx, &scope, p)
		if err != nil {
			return nil, errors.Join(err, found.Close())
		}
		found.lists = append(found.lists, result{p.facility, p.clearing, list})
	}
	return found, nil
}

// gather writes the lists to upload, in one pass over our lines.
func gather(scope reconcile.Scope, groups []reconcile.Group, hold func(func(reconcile.Line) error) error) ([]*part, error) {
	type key struct {
		facility settlement.FacilityID
		clearing settlement.Mode
	}
	var parts []*part
	of := map[key]*part{}
	scope.States &^= reconcile.StatesInsurance
	for _, g := range groups {
		k := key{g.Facility, g.Clearing}
		if of[k] != nil {
			continue
		}
		p := &part{facility: g.Facility, clearing: g.Clearing, totals: reconcile.NewTotals(scope)}
		var err error
		if p.list, err = statement.NewWriter(&p.zip); err != nil {
			return nil, err
		}
		of[k], parts = p, append(parts, p)
	}
	err := hold(func(l reconcile.Line) error {
		p := of[key{l.Facility, l.Clearing}]
		if p == nil {
			return nil
		}
		p.totals.Add(reconcile.Ours, l)
		if err := p.list.Put(l); err != nil {
			return err
		}
		return p.bounded()
	})
	for _, p := range parts {
		err = errors.Join(err, p.list.Close())
	}
	for _, p := range parts {
		if err == nil {
			err = p.bounded()
		}
	}
	return parts, err
}

// bounded refuses what grows too large.
func (p *part) bounded() error {
	if p.zip.Len() > uploadMost {
		return &settlement.Error{
			Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "to_date", Object: string(p.facility),
			Value: "more than can be uploaded at once: ask about fewer days",
		}
	}
	return nil
}

// total is ours of the part.
func (p *part) total() reconcile.Total {
	var total reconcile.Total
	for _, group := range p.totals.Groups() {
		total = total.Plus(group.Ours)
	}
	return total
}

// compare uploads a part, has it compared and fetches what differs.
func (s *Source) compare(ctx context.Context, scope *reconcile.Scope, p *part) (*statement.List, error) {
	facility, total := s.Facilities[p.facility], p.total()
	account, _ := s.Payer.account(p.facility)
	code := account.FacilityCode
	if code == "" {
		code = string(p.facility)
	}
	from, to := scope.Period.From.String(), scope.Period.To.String()
	uploaded, err := s.file(ctx, p, uploadFile, input{Upload: uploadData{
		File: base64.StdEncoding.EncodeToString(p.zip.Bytes()), Name: fmt.Sprintf("%s-%s-%s-%s.zip", code, clearings[p.clearing], from, to), Facility: code,
	}})
	if err != nil {
		return nil, err
	}
	amounts := &total.Amounts
	answer, err := s.file(ctx, p, compareDetails, input{Data: detailData{
		Office: s.office(facility), File: uploaded.Number, From: from, To: to, Bill: yuan(amounts[reconcile.Bill]), Fund: yuan(amounts[reconcile.Fund]),
		Cash:  yuan(amounts[reconcile.Bill] - amounts[reconcile.Fund] - amounts[reconcile.Account]),
		Count: total.Count, Clearing: clearings[p.clearing],
	}})
	if err != nil {
		return nil, err
	}
	answer.Facility = code
	message, body, err := s.exchange(ctx, facility, downloadFile, input{Download: answer})
	if err != nil {
		return nil, err
	}
	return s.list(message, body)
}

// file asks what is answered with the name of a file: in the output itself, or
// in a fileinfo inside it.
func (s *Source) file(ctx context.Context, p *part, number transaction, in input) (downloadData, error) {
	output, err := s.ask(ctx, s.Facilities[p.facility], number, in)
	if err != nil {
		return downloadData{}, err
	}
	if inner := output.fields["fileinfo"]; !inner.empty() {
		output = inner
	}
	said := open("fileinfo", output)
	file := downloadData{Number: said.id("file_qury_no"), Name: said.text("filename")}
	if file.Number == "" {
		said.fail("file_qury_no", "missing")
	}
	if said.first != nil {
		return downloadData{}, inDoubt(said.first).Cause
	}
	return file, nil
}
