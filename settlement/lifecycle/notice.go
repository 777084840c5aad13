package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Notice is an admission notice (提前介入) as it was answered: who asked, when, about
// whom, and what they were told. It names the person by pseudonym only.
type Notice struct {
	ID          settlement.NoticeID
	Tenant      settlement.TenantID
	Request     settlement.RequestID
	Fingerprint string // of the business content
	Actor       string
	At          time.Time
	Facility    settlement.FacilityID
	Person      settlement.BeneficiaryID
	Scheme      settlement.Scheme
	Claim       settlement.Claim // its day is that of admission
	Policy      settlement.PolicyID
	Version     settlement.VersionID
	Answer      []byte // as Config.EncodeBenefits wrote it, for ever the same
}

// Notices keeps admission notices. Nothing of one is ever changed. The general
// kinds of error are those of Store.
type Notices interface {
	// KeepNotice writes a notice durably. Exists: its request key is there.
	KeepNotice(ctx context.Context, notice Notice) error

	// Notice reads one. NotFound.
	Notice(ctx context.Context, id settlement.NoticeID) (Notice, error)

	// NoticeOf reads the one that a request key was given. NotFound.
	NoticeOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) (Notice, error)

	// Notices reads notices, newest first. Nothing found is an empty list.
	Notices(ctx context.Context, query NoticeQuery) ([]Notice, error)
}

// NoticeQuery selects notices. Zero fields do not restrict.
type NoticeQuery struct {
	Tenant     settlement.TenantID
	Person     settlement.BeneficiaryID
	Facility   settlement.FacilityID
	Facilities []settlement.FacilityID // any of them
	Regions    []settlement.RegionID   // where the person lives now: any of them
	// Before is the last of the page before: they come by time and then id,
	// both descending.
	Before *NoticeMark
	Limit  int // at least 1
}

// NoticeMark is a place in a listing of notices.
type NoticeMark struct {
	At time.Time
	ID settlement.NoticeID
}

// Noticed is a notice; Replayed says that the request was answered before.
type Noticed struct {
	Notice
	Replayed bool
}

// Notify answers an admission notice and keeps what was answered, once for each
// request key and then for ever alike. The kinds are those of a refused Quote,
// KeyReused where the key asked for something else, and Unavailable where the
// notice may not have been kept: ask again with the same key.
func (l *Lifecycle) Notify(ctx context.Context, ask Ask) (Noticed, error) {
	if done, err := l.replayNotice(ctx, &ask); settlement.KindOf(err) != settlement.KindNotFound {
		return done, err
	}
	p := &prepared{ask: &ask}
	found, err := l.benefits(ctx, p)
	if err != nil {
		return Noticed{}, err
	}
	notice := Notice{
		ID: settlement.NoticeID(l.NewID()), Tenant: ask.Tenant, Request: ask.Request, Fingerprint: fingerprint(ask.fields()),
		Actor: ask.Actor, At: l.Now(),
		Facility: p.facility.ID, Person: p.person.ID, Scheme: p.coverage.Scheme, Claim: p.claim, Policy: found.Policy, Version: found.Version,
	}
	if notice.Answer, err = l.EncodeBenefits(found); err != nil {
		return Noticed{}, err
	}
	within, end := l.begin(ctx, Step{Kind: StepWrite, Verb: "notice"}, ShareStore)
	err = l.Notices.KeepNotice(within, notice)
	end(Ended{Err: err})
	switch settlement.KindOf(err) {
	case settlement.KindExists, settlement.KindInDoubt: // the same request came in twice, or may have been kept
		done, reading := l.replayNotice(ctx, &ask)
		if settlement.KindOf(reading) == settlement.KindNotFound {
			return Noticed{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable, Cause: err}
		}
		return done, reading
	}
	return Noticed{Notice: notice}, err
}

// replayNotice is the notice that a request was given before. NotFound: none;
// KeyReused: it asked for something else.
func (l *Lifecycle) replayNotice(ctx context.Context, ask *Ask) (Noticed, error) {
	leave := reading(ctx)
	kept, err := l.Notices.NoticeOf(ctx, ask.Tenant, ask.Request)
	leave()
	if err != nil {
		return Noticed{}, err
	}
	if field := differing(kept.Fingerprint, ask.fields()); field != "" {
		return Noticed{}, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: field, Value: string(kept.ID)}
	}
	return Noticed{kept, true}, nil
}

// FindNotice reads a notice. NotFound, also for another tenant's; an empty
// tenant may read all.
func (l *Lifecycle) FindNotice(ctx context.Context, tenant settlement.TenantID, id settlement.NoticeID) (Notice, error) {
	kept, err := l.Notices.Notice(ctx, id)
	if err == nil && tenant != "" && kept.Tenant != tenant || settlement.KindOf(err) == settlement.KindNotFound {
		return Notice{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonNoticeNotFound, Field: "id", Value: string(id)}
	}
	return kept, err
}

// ListNotices reads one page of notices, newest first, and the place to go on
// after, if any.
func (l *Lifecycle) ListNotices(ctx context.Context, query NoticeQuery) ([]Notice, *NoticeMark, error) {
	limit := query.Limit
	query.Limit++
	found, err := l.Notices.Notices(ctx, query)
	if err != nil || len(found) <= limit {
		return found, nil, err
	}
	last := &found[limit-1]
	return found[:limit], &NoticeMark{last.At, last.ID}, nil
}
