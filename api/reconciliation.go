package api

import (
	"context"
	"strconv"

	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

var reconciliationShares = pairing[onestopv1.ReconciliationShare, reconcile.Share]{
	{onestopv1.ReconciliationShare_RECONCILIATION_SHARE_INSURANCE, reconcile.InsuranceShare},
	{onestopv1.ReconciliationShare_RECONCILIATION_SHARE_ASSISTANCE, reconcile.AssistanceShare},
}

// listForms are the forms by the names that the readers of lists have.
var listForms = pairing[onestopv1.ListForm, string]{
	{onestopv1.ListForm_LIST_FORM_LIVE, reconciliation.Live},
	{onestopv1.ListForm_LIST_FORM_PLATFORM_UPLOAD, "3202-upload"},
	{onestopv1.ListForm_LIST_FORM_PLATFORM_RESULT, "3202-result"},
	{onestopv1.ListForm_LIST_FORM_CSV, "csv"},
	{onestopv1.ListForm_LIST_FORM_XLSX, "xlsx"},
}

var differenceClasses = pairing[onestopv1.DifferenceClass, reconcile.Class]{
	{onestopv1.DifferenceClass_DIFFERENCE_CLASS_PAYER_ONLY, reconcile.PayerOnly},
	{onestopv1.DifferenceClass_DIFFERENCE_CLASS_OURS_ONLY, reconcile.OursOnly},
	{onestopv1.DifferenceClass_DIFFERENCE_CLASS_DUPLICATED, reconcile.Duplicated},
	{onestopv1.DifferenceClass_DIFFERENCE_CLASS_STATUS_DIFFERS, reconcile.StatusDiffers},
	{onestopv1.DifferenceClass_DIFFERENCE_CLASS_WRONG_FACILITY, reconcile.WrongFacility},
	{onestopv1.DifferenceClass_DIFFERENCE_CLASS_WRONG_DAY, reconcile.WrongDay},
	{onestopv1.DifferenceClass_DIFFERENCE_CLASS_AMOUNT_DIFFERS, reconcile.AmountDiffers},
}

var differenceCauses = pairing[onestopv1.DifferenceCause, reconcile.Cause]{
	{onestopv1.DifferenceCause_DIFFERENCE_CAUSE_UNEXPLAINED, reconcile.Unexplained},
	{onestopv1.DifferenceCause_DIFFERENCE_CAUSE_LOST_ANSWER, reconcile.LostAnswer},
	{onestopv1.DifferenceCause_DIFFERENCE_CAUSE_DOUBLE_SUBMIT, reconcile.DoubleSubmit},
	{onestopv1.DifferenceCause_DIFFERENCE_CAUSE_ROW_REPEATED, reconcile.RowRepeated},
	{onestopv1.DifferenceCause_DIFFERENCE_CAUSE_ROUNDING, reconcile.Rounding},
	{onestopv1.DifferenceCause_DIFFERENCE_CAUSE_CUT_OFF, reconcile.CutOff},
	{onestopv1.DifferenceCause_DIFFERENCE_CAUSE_ONE_SIDED_REVERSAL, reconcile.OneSidedReversal},
	{onestopv1.DifferenceCause_DIFFERENCE_CAUSE_CATEGORY_CORRECTED, reconcile.Recategorised},
}

var fixes = pairing[onestopv1.Fix, reconcile.Fix]{
	{onestopv1.Fix_FIX_REVERSE_MESSAGE, reconcile.ReverseMessage},
	{onestopv1.Fix_FIX_REQUERY, reconcile.Requery},
	{onestopv1.Fix_FIX_ACCEPT_WITH_DOCUMENT, reconcile.AcceptTheirs},
	{onestopv1.Fix_FIX_POST_ADJUSTMENT, reconcile.PostAdjustment},
}

var differenceActs = pairing[onestopv1.DifferenceAct, reconciliation.Act]{
	{onestopv1.DifferenceAct_DIFFERENCE_ACT_PROPOSED, reconciliation.Proposed},
	{onestopv1.DifferenceAct_DIFFERENCE_ACT_DECLINED, reconciliation.Declined},
	{onestopv1.DifferenceAct_DIFFERENCE_ACT_APPROVED, reconciliation.Approved},
	{onestopv1.DifferenceAct_DIFFERENCE_ACT_DONE, reconciliation.Done},
	{onestopv1.DifferenceAct_DIFFERENCE_ACT_FAILED, reconciliation.Failed},
	{onestopv1.DifferenceAct_DIFFERENCE_ACT_HEALED, reconciliation.Healed},
	{onestopv1.DifferenceAct_DIFFERENCE_ACT_AGAIN, reconciliation.Again},
	{onestopv1.DifferenceAct_DIFFERENCE_ACT_SETTLED, reconciliation.Settled},
}

// decodeRun reads what is to be compared; what is wrong is named all at once.
func decodeRun(ctx context.Context, in *onestopv1.CreateReconciliationRequest, form string) (reconciliation.Ask, error) {
	var d decoder
	ask := reconciliation.Ask{
		Key: reconciliation.Key{
			Tenant: tenantOf(ctx, settlement.FacilityID(in.GetFacilityId())), Request: settlement.RequestID(in.GetRequestId()),
		},
		Scope: reconcile.Scope{
			Share: reconcile.InsuranceShare, Payer: settlement.PayerCode(in.GetPayer()), Facility: settlement.FacilityID(in.GetFacilityId()),
			Insurance: schemes.toWord(in.GetScheme()), Clearing: modes.toWord(in.GetMode()),
			Period: settlement.Period{From: d.date("from_date", in.GetFromDate())},
		},
		Input: reconciliation.Input{Form: form}, Details: in.GetDetails(), Force: in.GetForce(), By: operatorOf(in.GetOperator()),
	}
	if share := reconciliationShares.toWord(in.GetShare()); share != "" {
		ask.Scope.Share = share
	}
	ask.Scope.Period.To = ask.Scope.Period.From
	if to := d.dayIfAny("to_date", in.GetToDate()); to != 0 {
		ask.Scope.Period.To = to
	}
	return ask, d.err()
}

// encodeBegun shows what a request to compare came to, if it did not fail.
func encodeBegun(ctx context.Context, begun *reconciliation.Begun, err error) (*onestopv1.Reconciliation, error) {
	if err != nil {
		return nil, err
	}
	if begun.Replayed {
		err = replayed(ctx)
	}
	return runMessage(&begun.Kept), err
}

func encodeRun(run reconciliation.Kept, err error) (*onestopv1.Reconciliation, error) {
	if err != nil {
		return nil, err
	}
	return runMessage(&run), nil
}

// runMessage shows a run.
func runMessage(k *reconciliation.Kept) *onestopv1.Reconciliation {
	out := &onestopv1.Reconciliation{
		Id: string(k.ID), State: onestopv1.ReconciliationState_RECONCILIATION_STATE_RUNNING, Share: reconciliationShares.toWire(k.Scope.Share),
		Payer: string(k.Scope.Payer), FacilityId: string(k.Scope.Facility), FromDate: k.Scope.Period.From.String(), ToDate: k.Scope.Period.To.String(),
		Scheme: schemes.toWire(k.Scope.Insurance), Mode: modes.toWire(k.Scope.Clearing),
		Form: listForms.toWire(k.Input.Form), Digest: k.Input.Digest, Size: k.Input.Size,
		Forced: k.Forced, Late: k.Late, OutOfOrder: k.OutOfOrder, Operator: operatorID(k.By), CreateTime: encodeTime(k.At),
	}
	if k.End != nil {
		endMessage(k.End, out)
	}
	if v := k.Void; v != nil {
		out.State = onestopv1.ReconciliationState_RECONCILIATION_STATE_VOIDED
		out.VoidOperator, out.VoidTime, out.VoidCause, out.ReplacedBy = operatorID(v.By), encodeTime(v.At), v.Says, string(v.Other)
	}
	return out
}

// endMessage adds what a run came to.
func endMessage(end *reconciliation.Ending, out *onestopv1.Reconciliation) {
	out.State, out.EndTime = onestopv1.ReconciliationState_RECONCILIATION_STATE_DONE, encodeTime(end.At)
	if end.Failed != "" {
		out.State = onestopv1.ReconciliationState_RECONCILIATION_STATE_FAILED
		out.Reason, out.ReasonText, out.Detail = string(end.Failed), encodeText(words.Reason(end.Failed).What), end.Says
		return
	}
	r := &end.Result
	out.Theirs, out.Ours, out.Bad, out.Agree, out.Detailed = int32(r.Theirs), int32(r.Ours), int32(r.Bad), r.Agree, r.Detailed
	out.Equal, out.Differences, out.TheirsLessOurs = int32(r.Equal), int32(r.Differences()), totalMessage(r.Off)
	for _, c := range r.Classes {
		out.Classes = append(out.Classes, &onestopv1.DifferenceClassCount{Class: differenceClasses.toWire(c.Class), Count: int32(c.Count)})
	}
	for _, c := range r.Causes {
		out.Causes = append(out.Causes, &onestopv1.DifferenceCauseCount{Cause: differenceCauses.toWire(c.Cause), Count: int32(c.Count)})
	}
	for _, g := range r.Groups {
		out.Groups = append(out.Groups, &onestopv1.ReconciliationGroup{
			FacilityId: string(g.Facility), Scheme: schemes.toWire(g.Insurance), Mode: modes.toWire(g.Clearing),
			Theirs: totalMessage(g.Theirs), Ours: totalMessage(g.Ours),
		})
	}
	for i := range r.BadRows {
		p := &r.BadRows[i] // what stands in the row may be personal
		out.BadRows = append(out.BadRows, &onestopv1.BadRow{Row: int32(p.Line), Field: p.Path, Detail: p.Says})
	}
}

func totalMessage(t reconcile.Total) *onestopv1.ReconciliationTotal {
	a := t.Amounts
	return &onestopv1.ReconciliationTotal{
		Count: int32(t.Count), Bill: a[reconcile.Bill].String(), Fund: a[reconcile.Fund].String(),
		Account: a[reconcile.Account].String(), Assistance: a[reconcile.Assistance].String(),
	}
}

func encodeFinding(f reconciliation.Finding, err error) (*onestopv1.Difference, error) {
	if err != nil {
		return nil, err
	}
	return findingMessage(&f), nil
}

// findingMessage shows a difference. It names no person.
func findingMessage(f *reconciliation.Finding) *onestopv1.Difference {
	out := &onestopv1.Difference{
		ReconciliationId: string(f.Run), Line: int32(f.Line), Etag: strconv.Itoa(len(f.History)), State: differenceActs.toWire(f.State()),
		Class: differenceClasses.toWire(f.Class), Cause: differenceCauses.toWire(f.Cause), Evidence: f.Says, SuggestedFix: fixes.toWire(f.Fix),
		EncounterId: string(f.Encounter), Reference: f.Reference, MessageId: string(f.Message), SettlementId: string(f.Settlement),
		FacilityId: string(f.Facility), Row: int32(f.Row), FromDate: f.Days.From.String(), ToDate: f.Days.To.String(),
		TheirsLessOurs: totalMessage(f.Off), SeenTime: encodeTime(f.SeenAt),
	}
	if c, adjustable := f.Correction(); adjustable {
		out.Adjustment = c.Amount().String()
	}
	if !f.Until.IsZero() {
		out.ProposalExpireTime = encodeTime(f.Until)
	}
	for _, fix := range f.Possible() {
		out.PossibleFixes = append(out.PossibleFixes, fixes.toWire(fix))
	}
	for _, d := range f.Fields {
		out.Fields = append(out.Fields, &onestopv1.DifferingField{Field: d.Field, Theirs: d.Theirs, Ours: d.Ours})
	}
	for i := range f.History {
		r := &f.History[i]
		out.Events = append(out.Events, &onestopv1.DifferenceEvent{
			Act: differenceActs.toWire(r.Act), Operator: operatorID(r.By), Time: encodeTime(r.At), Fix: fixes.toWire(r.Fix),
			Document: r.Document, Detail: r.Says, ReconciliationId: string(r.Other),
		})
	}
	return out
}
