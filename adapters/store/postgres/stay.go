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
func (s *Store) AddStayEvent(ctx context.Context, event stay.Event, outstanding bool) error {
	const first = `INSERT INTO stay (id, tenant, request, facility, person, at, outstanding) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	const further = `UPDATE stay SET outstanding = $2 WHERE id = $1`
	const line = `INSERT INTO stay_event (stay, no, at, actor, act, document) VALUES ($1, $2, $3, $4, $5, $6)`
	err := store.SoundStayEvent(&event)
	if err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		if event.No == 1 {
			queued.Queue(first, string(event.Stay), string(event.Tenant), string(event.Request), string(event.Form.Facility),
				string(event.Form.Person), store.Micros(event.At), outstanding)
		} else {
			queued.Queue(further, string(event.Stay), outstanding)
		}
		queued.Queue(line, string(event.Stay), int32(event.No), store.Micros(event.At), event.Actor, string(event.Act), s.vault.StayEvent(&event))
		return queued, nil
	})
}

// Stays implements stay.Store.
func (s *Store) Stays(ctx context.Context, query stay.Query) ([]stay.ID, error) {
	text, args := `SELECT id FROM stay WHERE true`, []any(nil)
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
	var found []stay.ID
	err := s.each(ctx, func(row scanner) error {
		var id stay.ID
		err := row.Scan(&id)
		found = append(found, id)
		return err
	}, text, args...)
	return found, err
}

// StayEvents implements stay.Store.
func (s *Store) StayEvents(ctx context.Context, id stay.ID) ([]stay.Event, error) {
	return s.stayEvents(ctx, id, `SELECT stay, no, document FROM stay_event WHERE stay = $1 ORDER BY no`, string(id))
}

// StayEventsOf implements stay.Store.
func (s *Store) StayEventsOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) ([]stay.Event, error) {
	const text = `SELECT stay, no, document FROM stay_event WHERE stay = (SELECT id FROM stay WHERE tenant = $1 AND request = $2) ORDER BY no`
	return s.stayEvents(ctx, "", text, string(tenant), string(request))
}

func (s *Store) stayEvents(ctx context.Context, id stay.ID, text string, args ...any) ([]stay.Event, error) {
	var found []stay.Event
	err := s.each(ctx, func(row scanner) error {
		var of stay.ID
		var no int
		var document []byte
		err := row.Scan(&of, &no, &document)
		if err != nil {
			return err
		}
		event, err := s.vault.ReadStayEvent(of, no, document)
		found = append(found, event)
		return err
	}, text, args...)
	if err == nil && len(found) == 0 {
		err = store.NoStay(id)
	}
	return found, err
}
