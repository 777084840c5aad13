package api

import (
	"context"
	"fmt"
	"strconv"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// Admissions is what this room needs of the ward. Every method may return the
// kinds Invalid, Unavailable, Overloaded and Internal; the others are named at
// each.
type Admissions interface {
	// Register registers a stay, once for each request. Blocked, KeyReused.
	Register(ctx context.Context, ask stay.Ask) (stay.Outcome, error)
	// Charge uploads rows, each until the payer has taken it. NotFound, Blocked,
	// KeyReused, Refused, InFlight.
	Charge(ctx context.Context, ask stay.ChargeAsk) (stay.Stay, error)
	// State takes a person's word for a registration in doubt. NotFound, Blocked,
	// InFlight.
	State(ctx context.Context, said stay.Statement) (stay.Stay, error)
	// Propose takes down what one person would have done to a stay. NotFound,
	// Blocked, InFlight.
	Propose(ctx context.Context, said stay.Suggestion) (stay.Stay, error)
	// Approve does what another person proposed and is seen at that event. Kinds as
	// in Propose.
	Approve(ctx context.Context, said stay.Decision) (stay.Stay, error)
	// Decline turns a proposal down. Kinds as in Propose.
	Decline(ctx context.Context, said stay.Decision) (stay.Stay, error)
	// Find reads one. NotFound, also for another tenant's.
	Find(ctx context.Context, tenant settlement.TenantID, id stay.ID) (stay.Stay, error)
	// List reads one page, newest first, and where to go on, if anywhere.
	List(ctx context.Context, query stay.Query) ([]stay.Summary, *stay.Mark, error)
}

// admissionService is the contract's server for stays before their discharge:
// decode, one verb, encode.
type admissionService struct {
	onestopv1.UnimplementedAdmissionServiceServer
	admissions Admissions
}

// CreateAdmission registers a stay.
func (s *admissionService) CreateAdmission(ctx context.Context, in *onestopv1.CreateAdmissionRequest) (*onestopv1.Admission, error) {
	var d decoder
	number, err := settlement.ParseIdentityNumber(settlement.Private(in.GetBeneficiary().GetIdNumber()))
	d.note("beneficiary.id_number", err)
	day := d.date("admission_date", in.GetAdmissionDate())
	if err := d.err(); err != nil {
		return nil, err
	}
	facility := settlement.FacilityID(in.GetFacilityId())
	tenant := tenantOf(ctx, facility)
	done, err := s.admissions.Register(ctx, stay.Ask{
		Tenant: tenant, Actor: actorOf(ctx, tenant), Request: settlement.RequestID(in.GetRequestId()), Facility: facility,
		Person: number, Name: settlement.Private(in.GetBeneficiary().GetName()),
		Insured: settlement.Private(in.GetBeneficiary().GetInsuredNumber()), Scheme: schemes.toWord(in.GetScheme()),
		Details: stay.Details{
			Inpatient: settlement.Private(in.GetInpatientNumber()), Admission: day, Department: in.GetDepartment(), Doctor: in.GetDoctor(),
			Status: in.GetCondition(), Disease: in.GetDisease(), Bed: in.GetBed(), Referred: in.GetReferred(), Notice: in.GetNoticeNumber(),
		},
	})
	if err != nil {
		return nil, err
	}
	if done.Replayed {
		err = replayed(ctx)
	}
	return encodeAdmission(&done.Summary), err
}

// ChargeAdmission uploads rows.
func (s *admissionService) ChargeAdmission(ctx context.Context, in *onestopv1.ChargeAdmissionRequest) (*onestopv1.Admission, error) {
	var d decoder
	rows := make([]stay.Row, len(in.GetRows()))
	for i, row := range in.GetRows() {
		rows[i] = stay.Row{
			ID: row.GetRowId(), Item: row.GetItemCode(), Name: row.GetName(), Number: row.GetQuantity(), Price: row.GetPrice(),
			Total: d.money(fmt.Sprintf("rows[%d].total", i), row.GetTotal()),
		}
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	tenant := tenantOf(ctx, "")
	found, err := s.admissions.Charge(ctx, stay.ChargeAsk{Tenant: tenant, Actor: actorOf(ctx, tenant), Stay: stay.ID(in.GetId()), Rows: rows})
	if err != nil {
		return nil, err
	}
	return encodeCharged(&found), nil
}

// StateAdmission takes a person's word.
func (s *admissionService) StateAdmission(ctx context.Context, in *onestopv1.StateAdmissionRequest) (*onestopv1.Admission, error) {
	found, err := s.admissions.State(ctx, stay.Statement{
		Tenant: tenantOf(ctx, ""), Actor: operatorOf(in.GetOperator()), Stay: stay.ID(in.GetId()),
		Encounter: settlement.EncounterID(in.GetEncounterId()), Document: in.GetDocument(),
	})
	if err != nil {
		return nil, err
	}
	return encodeCharged(&found), nil
}

// ProposeRemedy takes down one person's word.
func (s *admissionService) ProposeRemedy(ctx context.Context, in *onestopv1.ProposeRemedyRequest) (*onestopv1.Admission, error) {
	said := stay.Suggestion{
		Tenant: tenantOf(ctx, ""), Actor: operatorOf(in.GetOperator()), Stay: stay.ID(in.GetId()),
		Remedy: remedies.toWord(in.GetRemedy()), Rows: in.GetRowIds(), Document: in.GetDocument(),
	}
	if (said.Remedy == stay.Release) != (len(said.Rows) == 0) {
		return nil, &settlement.Error{
			Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "row_ids", Object: in.GetId(),
			Value: "must name the rows that end, and none to release a discharge",
		}
	}
	found, err := s.admissions.Propose(ctx, said)
	if err != nil {
		return nil, err
	}
	return encodeCharged(&found), nil
}

// ApproveRemedy does what another person proposed.
func (s *admissionService) ApproveRemedy(ctx context.Context, in *onestopv1.ApproveRemedyRequest) (*onestopv1.Admission, error) {
	seen, err := strconv.Atoi(in.GetEtag())
	if err != nil { // never: the contract says so
		return nil, err
	}
	found, err := s.admissions.Approve(ctx, stay.Decision{
		Tenant: tenantOf(ctx, ""), Actor: operatorOf(in.GetOperator()), Stay: stay.ID(in.GetId()), Seen: seen,
	})
	if err != nil {
		return nil, err
	}
	return encodeCharged(&found), nil
}

// DeclineRemedy turns a proposal down.
func (s *admissionService) DeclineRemedy(ctx context.Context, in *onestopv1.DeclineRemedyRequest) (*onestopv1.Admission, error) {
	found, err := s.admissions.Decline(ctx, stay.Decision{Tenant: tenantOf(ctx, ""), Actor: operatorOf(in.GetOperator()), Stay: stay.ID(in.GetId())})
	if err != nil {
		return nil, err
	}
	return encodeCharged(&found), nil
}

// GetAdmission reads one.
func (s *admissionService) GetAdmission(ctx context.Context, in *onestopv1.GetAdmissionRequest) (*onestopv1.Admission, error) {
	found, err := s.admissions.Find(ctx, tenantOf(ctx, ""), stay.ID(in.GetId()))
	if err != nil {
		return nil, err
	}
	return encodeCharged(&found), nil
}

// ListAdmissions reads one page.
func (s *admissionService) ListAdmissions(ctx context.Context, in *onestopv1.ListAdmissionsRequest) (*onestopv1.ListAdmissionsResponse, error) {
	query := stay.Query{
		Tenant: tenantOf(ctx, settlement.FacilityID(in.GetFacilityId())), Person: settlement.BeneficiaryID(in.GetPersonId()),
		Facility: settlement.FacilityID(in.GetFacilityId()), Outstanding: in.GetOutstanding(), ForPeople: in.GetForPeople(), Limit: pageLimit(in.GetPageSize()),
	}
	key := "admissions\x00" + in.GetPersonId() + "\x00" + in.GetFacilityId() + "\x00" + string(query.Tenant) + "\x00" + strconv.FormatBool(query.Outstanding) + strconv.FormatBool(query.ForPeople)
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	if place != nil {
		query.Before = &stay.Mark{At: place.OpenedAt, ID: stay.ID(place.ID)}
	}
	found, next, err := s.admissions.List(ctx, query)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListAdmissionsResponse{}
	for i := range found {
		out.Admissions = append(out.Admissions, encodeAdmission(&found[i]))
	}
	if next != nil {
		out.NextPageToken = pageToken(lifecycle.Mark{OpenedAt: next.At, ID: settlement.SettlementID(next.ID)}, key)
	}
	return out, nil
}

var admissionStates = pairing[onestopv1.AdmissionState, stay.State]{
	{onestopv1.AdmissionState_ADMISSION_STATE_NOT_NEEDED, stay.NotNeeded},
	{onestopv1.AdmissionState_ADMISSION_STATE_SENDING, stay.Sending},
	{onestopv1.AdmissionState_ADMISSION_STATE_UNSENT, stay.Unsent},
	{onestopv1.AdmissionState_ADMISSION_STATE_IN_DOUBT, stay.InDoubt},
	{onestopv1.AdmissionState_ADMISSION_STATE_REFUSED, stay.Refused},
	{onestopv1.AdmissionState_ADMISSION_STATE_REGISTERED, stay.Registered},
}

// encodeAdmission shows a stay without its rows.
func encodeAdmission(s *stay.Summary) *onestopv1.Admission {
	return &onestopv1.Admission{
		Id: string(s.Stay), RequestId: string(s.Request), State: admissionStates.toWire(s.State), EncounterId: string(s.Encounter),
		Message: s.Words, Payer: string(s.Form.Payer), FacilityId: string(s.Form.Facility), PersonId: string(s.Form.Person),
		RegionId: string(s.Form.Region), Scheme: schemes.toWire(s.Form.Scheme), AdmissionDate: s.Form.Details.Admission.String(),
		CreateTime: encodeTime(s.At), Charged: s.Charged.String(), Rows: int32(s.Sent), RowsOutstanding: int32(s.NotTaken),
		DischargeId: string(s.Taken), RowsForPeople: int32(s.Handed), Etag: strconv.Itoa(s.Events),
	}
}

// encodeCharged shows a stay with its rows.
func encodeCharged(s *stay.Stay) *onestopv1.Admission {
	out := encodeAdmission(&s.Summary)
	for i := range s.Charges {
		c := &s.Charges[i]
		shown := &onestopv1.AdmissionCharge{
			Row: &onestopv1.ChargeRow{
				RowId: c.ID, ItemCode: c.Item, Name: c.Name, Quantity: c.Number, Price: c.Price, Total: c.Total.String(),
			},
			State: chargeState(c), Message: c.Line.Words, Refusals: int32(c.Refusals.All),
		}
		if c.Taken {
			shown.Eligible = c.Eligible.String()
		}
		out.Charges = append(out.Charges, shown)
	}
	if p := s.Proposal; s.Proposed {
		out.Proposal = &onestopv1.AdmissionProposal{
			Operator: p.By, ProposeTime: encodeTime(p.At), Remedy: remedies.toWire(p.Remedy), RowIds: p.Rows, Document: p.Document,
		}
	}
	return out
}

var remedies = pairing[onestopv1.AdmissionRemedy, stay.Remedy]{
	{onestopv1.AdmissionRemedy_ADMISSION_REMEDY_ROWS_NOT_UPLOADED, stay.RowsNotUploaded},
	{onestopv1.AdmissionRemedy_ADMISSION_REMEDY_ROWS_UPLOADED_BY_HAND, stay.RowsByHand},
	{onestopv1.AdmissionRemedy_ADMISSION_REMEDY_RELEASE_DISCHARGE, stay.Release},
}

func chargeState(c *stay.Charge) onestopv1.ChargeState {
	switch {
	case c.Taken:
		return onestopv1.ChargeState_CHARGE_STATE_TAKEN
	case c.Ended == stay.RowsNotUploaded:
		return onestopv1.ChargeState_CHARGE_STATE_NOT_UPLOADED
	case c.Ended == stay.RowsByHand:
		return onestopv1.ChargeState_CHARGE_STATE_UPLOADED_BY_HAND
	case c.Known:
		return onestopv1.ChargeState_CHARGE_STATE_NOT_TAKEN
	case c.Handed:
		return onestopv1.ChargeState_CHARGE_STATE_FOR_PEOPLE
	}
	return onestopv1.ChargeState_CHARGE_STATE_IN_DOUBT
}
