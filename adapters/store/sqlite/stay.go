package sqlite

import (
	"context"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// AddStayEvent implements stay.Store.
func (s *Store) AddStayEvent(ctx context.Context, event stay.Event, after *stay.Summary) error {
	err := store.SoundStayEvent(&event)
	if err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error {
		err := addStayEvent(on, &event, after)
		if duplicate(err) {
			return store.Taken("request_id", settlement.ReasonRequestInFlight)
		}
		return err
	})
}

func addStayEvent(on *session, event *stay.Event, after *stay.Summary) error {
	const first = `INSERT INTO stay (id, tenant, request, facility, person, at, outstanding, summary, for_people) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	const further = `UPDATE stay SET outstanding = ?, summary = ?, for_people = ? WHERE id = ?`
	const line = `INSERT INTO stay_event (stay, no, at, actor, act, document, turn) VALUES (?, ?, ?, ?, ?, ?, ?)`
	summary := on.vault.StaySummary(after)
	text, args := further, []any{after.Outstanding, summary, after.ForPeople(), string(event.Stay)}
	if event.No == 1 {
		text, args = first, []any{
			string(event.Stay), string(event.Tenant), string(event.Request), string(event.Form.Facility), string(event.Form.Person),
			store.Micros(event.At), after.Outstanding, summary, after.ForPeople(),
		}
	}
	_, err := on.exec(background, text, args...)
	if err != nil {
		return err
	}
	_, err = on.exec(background, line, string(event.Stay), int64(event.No), store.Micros(event.At), event.Actor, string(event.Act),
		on.vault.StayEvent(event), on.turn())
	return err
}

// Stays implements stay.Store.
func (s *Store) Stays(ctx context.Context, query stay.Query) ([]stay.Listed, error) {
	var c condition
	c.and(`true`)
	if query.Outstanding {
		c.and(`outstanding = 1`)
	}
	if query.ForPeople {
		c.and(`for_people = 1`)
	}
	equal(&c, `tenant`, query.Tenant)
	equal(&c, `person`, query.Person)
	equal(&c, `facility`, query.Facility)
	if len(query.Facilities) > 0 {
		c.and(`facility IN `+places(query.Facilities), args(query.Facilities)...)
	}
	if len(query.Regions) > 0 {
		c.and(`EXISTS (SELECT 1 FROM person AS p WHERE p.id = stay.person AND p.region IN `+places(query.Regions)+`)`, args(query.Regions)...)
	}
	if before := query.Before; before != nil {
		c.and(`(at, id) < (?, ?)`, store.Micros(before.At), string(before.ID))
	}
	text := `SELECT id, summary, (SELECT max(no) FROM stay_event AS e WHERE e.stay = stay.id) FROM stay WHERE ` + strings.Join(c.clauses, ` AND `) + ` ORDER BY at DESC, id DESC LIMIT ?`
	rows, err := s.reader.query(ctx, text, append(c.args, int64(query.Limit))...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []stay.Listed
	for rows.Next() {
		var id stay.ID
		var summary []byte
		var kept int
		if err := rows.Scan(&id, &summary, &kept); err != nil {
			return nil, s.outcome(err)
		}
		listed, err := s.vault.ReadListedStay(id, summary, kept)
		if err != nil {
			return nil, err
		}
		found = append(found, listed)
	}
	return found, s.outcome(rows.Err())
}

// StayEvents implements stay.Store.
func (s *Store) StayEvents(ctx context.Context, id stay.ID) ([]stay.Event, error) {
	return s.stayEvents(ctx, id, `SELECT stay, no, document FROM stay_event WHERE stay = ? ORDER BY no`, string(id))
}

// StayEventsOf implements stay.Store.
func (s *Store) StayEventsOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) ([]stay.Event, error) {
	const text = `SELECT stay, no, document FROM stay_event WHERE stay = (SELECT id FROM stay WHERE tenant = ? AND request = ?) ORDER BY no`
	return s.stayEvents(ctx, "", text, string(tenant), string(request))
}

func (s *Store) stayEvents(ctx context.Context, id stay.ID, text string, args ...any) ([]stay.Event, error) {
	rows, err := s.reader.query(ctx, text, args...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []stay.Event
	for rows.Next() {
		var of stay.ID
		var no int
		var document []byte
		if err = rows.Scan(&of, &no, &document); err != nil {
			return nil, s.outcome(err)
		}
		event, err := s.vault.ReadStayEvent(of, no, document)
		if err != nil {
			return nil, err
		}
		found = append(found, event)
	}
	err = s.outcome(rows.Err())
	if err == nil && len(found) == 0 {
		err = store.NoStay(id)
	}
	return found, err
}

// StayEvents implements stay.Archive.
func (a *Archive) StayEvents(ctx context.Context, id stay.ID) ([]stay.Event, error) {
	return a.store.StayEvents(ctx, id)
}
