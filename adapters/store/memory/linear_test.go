package memory

import (
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
)

func TestLinear(t *testing.T) {
	storetest.Linear(t, func(*testing.T) storetest.Opened { return storetest.Opened{Store: New()} })
}
