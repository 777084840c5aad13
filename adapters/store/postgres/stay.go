package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// AddStayEvent implements stay.Store. What is there already meets a constraint;
// interpret says which.
func (s *Store) AddStayEvent(ctx context.Context, event stay.Event, after *stay.Summary) error {
	const first = `INSERT INTO stay (id, tenant, request, facility, person, at, outstanding, summary, for_people)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	const further = `UPDATE stay SET outstanding = $2, summary = $3, for_people = $4 WHERE id = $1`
	const line = `INSERT INTO stay_event (stay, no, at, actor, act, document) VALUES ($1, $2, $3, $4, $5, $6)`
	err := store.SoundStayEvent(&event)
	if err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		if event.No == 1 {
			queued.Queue(first, string(event.Stay), string(event.Tenant), string(event.Request), string(event.Form.Facility),
				string(event.Form.Person), store.Micros(event.At), after.Outstanding, s.vault.StaySummary(after), after.ForPeople())
		} else {
			queued.Queue(further, string(event.Stay), after.Outstanding, s.vault.StaySummary(after), after.ForPeople())
		}
		queued.Queue(line, string(event.Stay), int32(event.No), store.Micros(event.At), event.Actor, string(event.Act), s.vault.StayEvent(&event))
		return queued, nil
	})
}

// Stays implements stay.Store.
func (s *Store) Stays(ctx context.Context, query stay.Query) ([]stay.Listed, error) {
	text, args := `SELECT id, summary, (SELECT max(no) FROM stay_event AS e WHERE e.stay = stay.id) FROM stay WHERE true`, []any(nil)
	and := func(condition string, more ...any) {
		for _, arg := range more {
			args = append(args, arg)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		text += condition
	}
	if query.Outstanding {
		and(` AND outstanding`)
	}
	if query.ForPeople {
		and(` AND for_people`)
	}
	if query.Tenant != "" {
		and(` AND tenant = ?`, string(query.Tenant))
	}
	if query.Person != "" {
		and(` AND person = ?`, string(query.Person))
	}
	if query.Facility != "" {
		and(` AND facility = ?`, string(query.Facility))
	}
	if len(query.Facilities) > 0 {
		and(` AND facility = ANY (?::text[])`, texts(query.Facilities))
	}
	if len(query.Regions) > 0 {
		and(` AND EXISTS (SELECT FROM person AS p WHERE p.id = stay.person AND p.region = ANY (?::text[]))`, texts(query.Regions))
	}
	if before := query.Before; before != nil {
		and(` AND (at, id) < (?, ?)`, store.Micros(before.At), string(before.ID))
	}
	and(` ORDER BY at DESC, id DESC LIMIT ?`, int64(query.Limit))
	var found []stay.Listed
	err := s.each(ctx, func(row scanner) error {
		var id stay.ID
		var summary []byte
		var kept int
		err := row.Scan(&id, &summary, &kept)
		if err != nil {
			return err
		}
		listed, err := s.vault.ReadListedStay(id, summary, kept)
		found = append(found, listed)
		return err
	}, text, args...)
	return found, err
}

// stayEventsText reads the events of a stay.
const stayEventsText = `SELECT stay, no, document FROM stay_event WHERE stay = $1 ORDER BY no`

// StayEvents implements stay.Store.
func (s *Store) StayEvents(ctx context.Context, id stay.ID) ([]stay.Event, error) {
	return s.stayEvents(ctx, id, stayEventsText, string(id))
}

// StayEvents implements stay.Archive.
func (a *Archive) StayEvents(ctx context.Context, id stay.ID) ([]stay.Event, error) {
	rows, err := a.moment.Query(ctx, stayEventsText, string(id))
	if err != nil {
		return nil, interpret(err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (stay.Event, error) { return scanStayEvent(a.vault, row) })
	if err == nil && len(found) == 0 {
		err = store.NoStay(id)
	}
	return found, interpret(err)
}

func scanStayEvent(vault store.Vault, row scanner) (stay.Event, error) {
	var of stay.ID
	var no int
	var document []byte
	err := row.Scan(&of, &no, &document)
	if err != nil {
		return stay.Event{}, err
	}
	return vault.ReadStayEvent(of, no, document)
}

// StayEventsOf implements stay.Store.
func (s *Store) StayEventsOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) ([]stay.Event, error) {
	const text = `SELECT stay, no, document FROM stay_event WHERE stay = (SELECT id FROM stay WHERE tenant = $1 AND request = $2) ORDER BY no`
	return s.stayEvents(ctx, "", text, string(tenant), string(request))
}

func (s *Store) stayEvents(ctx context.Context, id stay.ID, text string, args ...any) ([]stay.Event, error) {
	var found []stay.Event
	err := s.each(ctx, func(row scanner) error {
		event, err := scanStayEvent(s.vault, row)
		found = append(found, event)
		return err
	}, text, args...)
	if err == nil && len(found) == 0 {
		err = store.NoStay(id)
	}
	return found, err
}
