package memory

import (
	"context"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Restoration implements lifecycle.Restorations.
func (m *Store) Restoration(ctx context.Context) (latest lifecycle.Restoration, err error) {
	if err := store.GivenUp(ctx); err != nil {
		return latest, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.restorations {
		if r.BegunAt.After(latest.BegunAt) {
			latest = r
		}
	}
	return latest, nil
}

// PutRestoration implements lifecycle.Restorations.
func (m *Store) PutRestoration(ctx context.Context, r lifecycle.Restoration) error {
	return m.write(ctx, "restoration", func() error {
		m.restorations[r.BegunAt.UnixMicro()] = r
		return nil
	})
}
