package api

import (
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// pairing says how an enum of the contract and a word of the domain translate.
// Where several stand for one, the first that matches is taken.
type pairing[W, D comparable] []struct {
	wire W
	word D
}

// toWire is the contract's value of a word, or its zero.
func (p pairing[W, D]) toWire(word D) (wire W) {
	for _, pair := range p {
		if pair.word == word {
			return pair.wire
		}
	}
	return wire
}

// toWord is the domain's word of a value, or nothing.
func (p pairing[W, D]) toWord(wire W) (word D) {
	for _, pair := range p {
		if pair.wire == wire {
			return pair.word
		}
	}
	return word
}

var modes = pairing[onestopv1.Mode, settlement.Mode]{
	{onestopv1.Mode_MODE_OUTPATIENT, settlement.Outpatient},
	{onestopv1.Mode_MODE_INPATIENT, settlement.Inpatient},
	{onestopv1.Mode_MODE_INCLINED, settlement.Inclined},
	{onestopv1.Mode_MODE_CARE, settlement.Care},
}

var schemes = pairing[onestopv1.Scheme, settlement.Scheme]{
	{onestopv1.Scheme_SCHEME_NCMS, settlement.SchemeNCMS},
	{onestopv1.Scheme_SCHEME_RESIDENT_BMI, settlement.SchemeResident},
	{onestopv1.Scheme_SCHEME_EMPLOYEE_BMI, settlement.SchemeEmployee},
	{onestopv1.Scheme_SCHEME_NONE, settlement.SchemeNone},
}

var diseaseClasses = pairing[onestopv1.DiseaseClass, settlement.DiseaseClass]{
	{onestopv1.DiseaseClass_DISEASE_CLASS_GENERAL, settlement.General},
	{onestopv1.DiseaseClass_DISEASE_CLASS_SERIOUS, settlement.Serious},
	{onestopv1.DiseaseClass_DISEASE_CLASS_SPECIAL, settlement.Special},
	{onestopv1.DiseaseClass_DISEASE_CLASS_FREE_TREATMENT, settlement.FreeTreatment},
	{onestopv1.DiseaseClass_DISEASE_CLASS_UNSPECIFIED, settlement.General},
}

var referrals = pairing[onestopv1.Referral, settlement.Referral]{
	{onestopv1.Referral_REFERRAL_NONE, settlement.ReferralNone},
	{onestopv1.Referral_REFERRAL_APPROVED, settlement.ReferralApproved},
	{onestopv1.Referral_REFERRAL_UNSPECIFIED, settlement.ReferralNone},
}

var sources = pairing[onestopv1.Source, settlement.Source]{
	{onestopv1.Source_SOURCE_COMMERCIAL, settlement.Commercial},
	{onestopv1.Source_SOURCE_HOSPITAL_DERATE, settlement.HospitalDerate},
	{onestopv1.Source_SOURCE_SPECIAL_CARE, settlement.SpecialCare},
	{onestopv1.Source_SOURCE_CHARITY, settlement.Charity},
	{onestopv1.Source_SOURCE_CRITICAL_AGAIN, settlement.CriticalAgain},
	{onestopv1.Source_SOURCE_SECOND_ASSISTANCE, settlement.SecondAssistance},
}

var outcomes = pairing[onestopv1.Outcome, settlement.Outcome]{
	{onestopv1.Outcome_OUTCOME_OK, settlement.OutcomeOK},
	{onestopv1.Outcome_OUTCOME_ZERO, settlement.OutcomeZero},
}

var funds = pairing[onestopv1.Fund, settlement.Fund]{
	{onestopv1.Fund_FUND_URBAN, settlement.UrbanFund},
	{onestopv1.Fund_FUND_RURAL, settlement.RuralFund},
}

var quoteStates = pairing[onestopv1.QuoteState, settlement.QuoteState]{
	{onestopv1.QuoteState_QUOTE_STATE_HELD, settlement.QuoteHeld},
	{onestopv1.QuoteState_QUOTE_STATE_EXPIRED, settlement.QuoteExpired},
	{onestopv1.QuoteState_QUOTE_STATE_RELEASED, settlement.QuoteReleased},
	{onestopv1.QuoteState_QUOTE_STATE_SETTLED, settlement.QuoteSettled},
}

// states closes the set of what callers see: how a settlement is being worked
// is the gateway's own business. A value of the contract stands for every word
// paired with it, which is how listings select by state.
var states = pairing[onestopv1.State, settlement.State]{
	{onestopv1.State_STATE_PROCESSING, settlement.StateReceived},
	{onestopv1.State_STATE_PROCESSING, settlement.StateSettling},
	{onestopv1.State_STATE_PROCESSING, settlement.StateAborting},
	{onestopv1.State_STATE_SETTLED, settlement.StateCommitted},
	{onestopv1.State_STATE_NOT_SETTLED, settlement.StateAborted},
	{onestopv1.State_STATE_NEEDS_ATTENTION, settlement.StateAttention},
	{onestopv1.State_STATE_REVERSING, settlement.StateReversing},
	{onestopv1.State_STATE_REVERSED, settlement.StateReversed},
}

var decisions = pairing[onestopv1.Decision, settlement.Decision]{
	{onestopv1.Decision_DECISION_COMMIT, settlement.Commit},
	{onestopv1.Decision_DECISION_ABORT, settlement.Abort},
}

var legStates = pairing[onestopv1.LegState, settlement.LegState]{
	{onestopv1.LegState_LEG_STATE_PLANNED, settlement.LegPlanned},
	{onestopv1.LegState_LEG_STATE_INTENT, settlement.LegIntent},
	{onestopv1.LegState_LEG_STATE_APPLIED, settlement.LegApplied},
	{onestopv1.LegState_LEG_STATE_REJECTED, settlement.LegRejected},
	{onestopv1.LegState_LEG_STATE_IN_DOUBT, settlement.LegUnknown},
	{onestopv1.LegState_LEG_STATE_REVERSING, settlement.LegUndoIntent},
	{onestopv1.LegState_LEG_STATE_REVERSAL_UNCONFIRMED, settlement.LegUnconfirmed},
	{onestopv1.LegState_LEG_STATE_REVERSED, settlement.LegReversed},
}

var resolutions = pairing[onestopv1.Resolution, settlement.Resolution]{
	{onestopv1.Resolution_RESOLUTION_RETRY, settlement.ResolveRetry},
	{onestopv1.Resolution_RESOLUTION_REVERSED_OFFLINE, settlement.ResolveOffline},
	{onestopv1.Resolution_RESOLUTION_STANDS, settlement.ResolveStands},
}

var operations = pairing[onestopv1.Operation, settlement.Operation]{
	{onestopv1.Operation_OPERATION_SETTLE, settlement.OpSettle},
	{onestopv1.Operation_OPERATION_INQUIRE, settlement.OpInquire},
	{onestopv1.Operation_OPERATION_REVERSE, settlement.OpReverse},
}

var phases = pairing[onestopv1.Phase, lifecycle.Phase]{
	{onestopv1.Phase_PHASE_SENT, lifecycle.PhaseSent},
	{onestopv1.Phase_PHASE_RESULT, lifecycle.PhaseResult},
}

var results = pairing[onestopv1.Result, settlement.Result]{
	{onestopv1.Result_RESULT_APPLIED, settlement.ResultApplied},
	{onestopv1.Result_RESULT_REFUSED, settlement.ResultRefused},
	{onestopv1.Result_RESULT_REVERSED, settlement.ResultReversed},
	{onestopv1.Result_RESULT_ACCEPTED, settlement.ResultAccepted},
	{onestopv1.Result_RESULT_NOT_FOUND, settlement.ResultNotFound},
	{onestopv1.Result_RESULT_IN_DOUBT, settlement.ResultInDoubt},
	{onestopv1.Result_RESULT_UNSENT, settlement.ResultUnsent},
}

// final reports whether a state is a last word, as far as the one who asked
// for a settlement or a reversal is concerned.
func final(state onestopv1.State) bool {
	return states.toWord(state).Terminal()
}
