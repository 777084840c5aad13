package api

import (
	"context"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
)

// twoCouncils keeps a correction of a person of each town.
type twoCouncils struct{ towns *twoTowns }

func (o *twoCouncils) Propose(_ context.Context, ask assent.Suggestion) (assent.Reading, error) {
	about := string(ask.Matter.Person)
	if ask.Matter.Posting != nil {
		about = string(ask.Matter.Posting.Key.Region)
	}
	o.towns.done(about)
	return assent.Reading{Proposal: correction.Proposal{ID: "c-new", Matter: ask.Matter}}, nil
}

func (o *twoCouncils) Decide(ctx context.Context, ask assent.Decision) (assent.Reading, error) {
	o.towns.done(string(ask.ID))
	return o.Proposal(ctx, ask.ID)
}

func (o *twoCouncils) Proposal(_ context.Context, id correction.ID) (assent.Reading, error) {
	side, found := sideNamed(string(id))
	if id == "c-everywhere" {
		return assent.Reading{Proposal: correction.Proposal{ID: id, Matter: correction.Matter{File: "ab"}}}, nil
	}
	if !found {
		return assent.Reading{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonCorrectionUnknown, Field: "id", Value: string(id)}
	}
	return assent.Reading{Proposal: correction.Proposal{ID: id, Region: side.region, Matter: correction.Matter{Person: settlement.BeneficiaryID("p-" + side.name)}}}, nil
}

func (o *twoCouncils) Proposals(ctx context.Context, query assent.Query) (found []correction.Proposal, _ correction.ID, err error) {
	for _, side := range twoSides {
		if len(query.Regions) == 0 || slices.Contains(query.Regions, side.region) {
			reading, err := o.Proposal(ctx, correction.ID("c-"+side.name))
			if err != nil {
				return nil, "", err
			}
			found = append(found, reading.Proposal)
		}
	}
	return found, "", nil
}

// Proposing keeps to the scope of what is proposed, as doing it would.
func TestProposingKeepsToTheScope(t *testing.T) {
	o := newMint(t)
	w, towns := guarded(t, o)
	for _, v := range verbs(t) {
		if v.name != "EligibilityService.RecordPersonChange" && v.name != "FundService.CreateFundPosting" {
			continue
		}
		for _, side := range []sideOf{ownSide, otherSide} {
			in := v.fill(t, side)
			field := v.method.Input().Fields().ByName("propose_because")
			in.ProtoReflect().Set(field, protoreflect.ValueOfString("补录"))
			got := w.callGRPC(t, v, in, "authorization", o.token(t, identity.BureauOfficer))
			if (got.code == codes.OK) != (side == ownSide) {
				t.Errorf("%s of %s: %s %s", v.name, side.name, got.code, got.text)
			}
		}
	}
	if towns.wronged.Load() != 0 {
		t.Errorf("%d things were done to another's objects", towns.wronged.Load())
	}
}
