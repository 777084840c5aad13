package sqlite

import (
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
)

func TestLinear(t *testing.T) {
	storetest.Linear(t, func(t *testing.T) storetest.Opened { return opened(t, fresh(t), nil) })
}
