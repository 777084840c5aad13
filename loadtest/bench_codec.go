package main

import (
	"google.golang.org/protobuf/encoding/protowire"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// A load generator that builds all of an answer, twenty steps of working with
// it, takes the time for that from the gateway it measures: what is examined is
// read from the bytes.

// Numbers of the fields that are examined; a test compares them with the
// contract's.
const (
	fieldRequestID    protowire.Number = 2
	fieldDischargeID  protowire.Number = 4
	fieldState        protowire.Number = 6
	fieldAdjudication protowire.Number = 16

	fieldBenefit     protowire.Number = 13
	fieldPatientPays protowire.Number = 16
	fieldCapLimited  protowire.Number = 17
)

// readFields tells take of every field of a message: its number, and its value
// as a number or as bytes.
func readFields(text []byte, take func(protowire.Number, uint64, []byte) error) error {
	for len(text) > 0 {
		number, kind, n := protowire.ConsumeTag(text)
		if n < 0 {
			return protowire.ParseError(n)
		}
		text = text[n:]
		var value uint64
		var content []byte
		switch kind {
		case protowire.VarintType:
			value, n = protowire.ConsumeVarint(text)
		case protowire.BytesType:
			content, n = protowire.ConsumeBytes(text)
		default:
			n = protowire.ConsumeFieldValue(number, kind, text)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		if err := take(number, value, content); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}

// settlementField takes what is examined of a settlement.
func (a *essence) settlementField(number protowire.Number, value uint64, content []byte) error {
	switch number {
	case fieldRequestID:
		a.RequestID = string(content)
	case fieldDischargeID:
		a.DischargeID = string(content)
	case fieldState:
		a.State = onestopv1.State(value).String()
	case fieldAdjudication:
		return readFields(content, a.adjudicationField)
	}
	return nil
}

// adjudicationField takes what is examined of an adjudication.
func (a *essence) adjudicationField(number protowire.Number, value uint64, content []byte) error {
	switch number {
	case fieldBenefit:
		a.Adjudication.Benefit = string(content)
	case fieldPatientPays:
		a.Adjudication.PatientPays = string(content)
	case fieldCapLimited:
		a.Adjudication.CapLimited = value != 0
	}
	return nil
}
