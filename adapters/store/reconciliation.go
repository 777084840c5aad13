package store

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// The documents of reconciliation. What rows are looked up by is kept in
// columns beside them.
var (
	runDocument     = document{'n', 1}
	endingDocument  = document{'e', 1}
	findingDocument = document{'f', 1}
	remarkDocument  = document{'k', 1}
)

// EncodeRun writes a run as it was begun.
func EncodeRun(r *reconciliation.Kept) []byte { return encode(runDocument, r, run) }

// DecodeRun reads what EncodeRun wrote. Internal: not readable.
func DecodeRun(text []byte) (reconciliation.Kept, error) {
	var r reconciliation.Kept
	err := decode(runDocument, text, &r, run)
	return r, err
}

// EncodeEnding writes what a run came to.
func EncodeEnding(e *reconciliation.Ending) []byte { return encode(endingDocument, e, ending) }

// DecodeEnding reads what EncodeEnding wrote. Internal: not readable.
func DecodeEnding(text []byte) (reconciliation.Ending, error) {
	var e reconciliation.Ending
	err := decode(endingDocument, text, &e, ending)
	return e, err
}

// EncodeFinding writes a difference without its history.
func EncodeFinding(f *reconciliation.Finding) []byte { return encode(findingDocument, f, finding) }

// DecodeFinding reads what EncodeFinding wrote. Internal: not readable.
func DecodeFinding(text []byte) (reconciliation.Finding, error) {
	var f reconciliation.Finding
	err := decode(findingDocument, text, &f, finding)
	return f, err
}

// EncodeRemark writes one line of a history.
func EncodeRemark(r *reconciliation.Remark) []byte { return encode(remarkDocument, r, remark) }

// DecodeRemark reads what EncodeRemark wrote. Internal: not readable.
func DecodeRemark(text []byte) (reconciliation.Remark, error) {
	var r reconciliation.Remark
	err := decode(remarkDocument, text, &r, remark)
	return r, err
}

func run(c *cursor, v *reconciliation.Kept) {
	text(c, &v.ID)
	text(c, &v.Key.Tenant)
	text(c, &v.Key.Request)
	text(c, &v.Subject)
	number(c, &v.Attempt)
	scope(c, &v.Scope)
	text(c, &v.Input.Form)
	text(c, &v.Input.Digest)
	number(c, &v.Input.Size)
	boolean(c, &v.Details)
	boolean(c, &v.Forced)
	boolean(c, &v.Late)
	boolean(c, &v.OutOfOrder)
	text(c, &v.By)
	instant(c, &v.At)
}

func scope(c *cursor, v *reconcile.Scope) {
	text(c, &v.Share)
	text(c, &v.Payer)
	text(c, &v.Facility)
	text(c, &v.Insurance)
	text(c, &v.Clearing)
	days(c, &v.Period)
	states := int64(v.States)
	number(c, &states)
	if c.reading {
		v.States = reconcile.Fields(states)
	}
	boolean(c, &v.Partial)
}

func days(c *cursor, v *settlement.Period) {
	number(c, &v.From)
	number(c, &v.To)
}

func ending(c *cursor, v *reconciliation.Ending) {
	instant(c, &v.At)
	text(c, &v.Failed)
	text(c, &v.Says)
	r := &v.Result
	number(c, &r.Theirs)
	number(c, &r.Ours)
	number(c, &r.Bad)
	boolean(c, &r.Agree)
	boolean(c, &r.Detailed)
	number(c, &r.Equal)
	number(c, &r.Outside)
	list(c, &r.Classes, func(c *cursor, v *reconciliation.ClassCount) {
		text(c, &v.Class)
		number(c, &v.Count)
	})
	list(c, &r.Causes, func(c *cursor, v *reconciliation.CauseCount) {
		text(c, &v.Cause)
		number(c, &v.Count)
	})
	total(c, &r.Off)
	list(c, &r.Groups, compared)
	list(c, &r.BadRows, problem)
}

func total(c *cursor, v *reconcile.Total) {
	number(c, &v.Count)
	for i := range v.Amounts {
		number(c, &v.Amounts[i])
	}
}

func compared(c *cursor, v *reconcile.Compared) {
	text(c, &v.Facility)
	text(c, &v.Insurance)
	text(c, &v.Clearing)
	total(c, &v.Theirs)
	total(c, &v.Ours)
}

// problem keeps what a problem says, and not the form and figures it says it by.
func problem(c *cursor, v *settlement.Problem) {
	text(c, &v.Path)
	number(c, &v.Line)
	text(c, &v.Value)
	text(c, &v.Says)
}

func finding(c *cursor, v *reconciliation.Finding) {
	text(c, &v.Run)
	number(c, &v.Line)
	text(c, &v.Share)
	text(c, &v.Payer)
	text(c, &v.Class)
	text(c, &v.Cause)
	text(c, &v.Fix)
	text(c, &v.Says)
	days(c, &v.Days)
	list(c, &v.Fields, func(c *cursor, v *reconcile.Differing) {
		text(c, &v.Field)
		text(c, &v.Theirs)
		text(c, &v.Ours)
	})
	total(c, &v.Off)
	text(c, &v.Encounter)
	text(c, &v.Reference)
	text(c, &v.Message)
	text(c, &v.Settlement)
	text(c, &v.Facility)
	private(c, &v.Person)
	number(c, &v.Row)
	instant(c, &v.SeenAt)
}

func remark(c *cursor, v *reconciliation.Remark) {
	text(c, &v.Run)
	number(c, &v.Line)
	number(c, &v.Number)
	text(c, &v.Act)
	text(c, &v.By)
	instant(c, &v.At)
	text(c, &v.Fix)
	text(c, &v.Document)
	text(c, &v.Says)
	text(c, &v.Other)
}

// NoRun is the answer to a look-up of a reconciliation that found none.
func NoRun(id reconciliation.RunID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonReconciliationNotFound, Field: "id", Object: string(id)}
}

// SoundRun refuses a run as Sound refuses a change.
func SoundRun(r *reconciliation.Kept) error {
	var c checker
	column(&c, "id", r.ID)
	column(&c, "tenant", r.Key.Tenant)
	column(&c, "request_id", r.Key.Request)
	column(&c, "subject", r.Subject)
	column(&c, "share", r.Scope.Share)
	column(&c, "payer", r.Scope.Payer)
	return c.err
}

// SoundFindings refuses differences and remarks as Sound refuses a change.
func SoundFindings(findings []reconciliation.Finding, remarks []reconciliation.Remark) error {
	var c checker
	for i := range findings {
		f := &findings[i]
		column(&c, "run", f.Run)
		column(&c, "share", f.Share)
		column(&c, "payer", f.Payer)
		column(&c, "class", f.Class)
		column(&c, "encounter", f.Encounter)
		column(&c, "facility", f.Facility)
	}
	for i := range remarks {
		column(&c, "run", remarks[i].Run)
		column(&c, "act", remarks[i].Act)
	}
	return c.err
}
