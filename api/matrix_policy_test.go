package api

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// twoOffices publishes the policies of two towns.
type twoOffices struct{ towns *twoTowns }

func (o *twoOffices) Propose(_ context.Context, ask gazette.Submission) (gazette.Reading, error) {
	o.towns.done(string(ask.Policy))
	return gazette.Reading{Publication: gazette.Publication{Policy: ask.Policy}}, nil
}

func (o *twoOffices) Decide(ctx context.Context, ask gazette.Decision) (gazette.Reading, error) {
	o.towns.done(string(ask.ID))
	return o.Publication(ctx, ask.ID)
}

func (o *twoOffices) Publication(_ context.Context, id gazette.PublicationID) (gazette.Reading, error) {
	side, found := sideNamed(string(id))
	if !found {
		return gazette.Reading{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonPublicationUnknown, Field: "id", Value: string(id)}
	}
	return gazette.Reading{Publication: gazette.Publication{ID: id, Policy: settlement.PolicyID("pol-" + side.name), Text: []byte("p-" + side.name)}}, nil
}

func (o *twoOffices) Publications(_ context.Context, query gazette.Query) (found []gazette.Publication, _ gazette.PublicationID, _ error) {
	for _, policy := range o.Used() {
		if len(query.Policies) == 0 || slices.Contains(query.Policies, policy) {
			side, _ := sideNamed(string(policy))
			found = append(found, gazette.Publication{ID: gazette.PublicationID("p-" + side.name), Policy: policy})
		}
	}
	return found, "", nil
}

func (o *twoOffices) InForce(_ context.Context, id settlement.PolicyID, _ settlement.Date) (gazette.Standing, error) {
	return gazette.Standing{Policy: &settlement.Policy{ID: id}}, nil
}

func (o *twoOffices) RegionsOf(id settlement.PolicyID) []settlement.RegionID {
	if side, found := sideNamed(string(id)); found {
		return []settlement.RegionID{side.region}
	}
	return nil
}

func (o *twoOffices) Used() []settlement.PolicyID {
	return []settlement.PolicyID{"pol-" + settlement.PolicyID(ownSide.name), "pol-" + settlement.PolicyID(otherSide.name)}
}

func (o *twoOffices) Today() settlement.Date { return 20120701 }
