package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// chargeBatch is how many rows go up at once.
const chargeBatch = stay.RowsMost

// chargeColumns is the head of a file of charges.
var chargeColumns = []string{"row_id", "item_code", "name", "quantity", "price", "total"}

// readCharges reads a file of charges. What its rows say is the gateway's to
// judge.
func readCharges(path string) ([]*onestopv1.ChargeRow, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = len(chargeColumns)
	head, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	if !slices.Equal(head, chargeColumns) {
		return nil, fmt.Errorf("head: must be %v", chargeColumns)
	}
	var rows []*onestopv1.ChargeRow
	for {
		line, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, &onestopv1.ChargeRow{
			RowId: line[0], ItemCode: line[1], Name: line[2], Quantity: line[3], Price: line[4], Total: line[5],
		})
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no rows")
	}
	return rows, nil
}

func admissionStateOf(a *onestopv1.Admission) string {
	return shortName(a.GetState().String(), "ADMISSION_STATE_")
}

// admission writes one stay and its charges.
func (p printer) admission(a *onestopv1.Admission) error {
	fmt.Fprintf(p.out, "%s\n%s, %s at %s, admitted %s\n", a.GetId(), admissionStateOf(a), a.GetPersonId(), a.GetFacilityId(), a.GetAdmissionDate())
	if a.GetPayer() != "" {
		fmt.Fprintf(p.out, "with %s as %s\n", a.GetPayer(), orDash(a.GetEncounterId()))
	}
	if a.GetMessage() != "" {
		fmt.Fprintln(p.out, a.GetMessage())
	}
	if a.GetDischargeId() != "" {
		fmt.Fprintln(p.out, "settled as discharge", a.GetDischargeId())
	}
	fmt.Fprintf(p.out, "%s charged by %d rows, %d of them not taken\n", a.GetCharged(), a.GetRows(), a.GetRowsOutstanding())
	if a.GetRowsForPeople() > 0 {
		fmt.Fprintf(p.out, "%d rows are refused each time: two people end them (onestop admission propose)\n", a.GetRowsForPeople())
	}
	if proposal := a.GetProposal(); proposal != nil {
		fmt.Fprintf(p.out, "%s proposed by %s at %s: %s; %s\nto be approved by another with --etag %s\n",
			shortName(proposal.GetRemedy().String(), "ADMISSION_REMEDY_"), proposal.GetOperator(), moment(proposal.GetProposeTime()),
			orDash(strings.Join(proposal.GetRowIds(), ", ")), proposal.GetDocument(), a.GetEtag())
	}
	rows := p.columns()
	for _, c := range a.GetCharges() {
		row := c.GetRow()
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row.GetRowId(), row.GetItemCode(), row.GetName(), row.GetTotal(),
			shortName(c.GetState().String(), "CHARGE_STATE_"), orDash(c.GetEligible()), orDash(c.GetMessage()))
	}
	return rows.Flush()
}
