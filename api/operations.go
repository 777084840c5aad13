package api

import (
	"net/http"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement"
)

// OperatorsOnly serves a page to operators alone, by their tokens. Without a
// guard everybody on loopback may read it.
func (c *Config) OperatorsOnly(page http.Handler) http.Handler {
	if c.Identity == nil {
		return page
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, err := c.callerOfHTTP(r)
		if err == nil && !caller.Is(identity.Operator) {
			err = &settlement.Error{Kind: settlement.KindForbidden, Reason: settlement.ReasonPermissionDenied}
		}
		if err != nil {
			seen := sight{visit: &visit{transport: "rest", address: hostIn(r.RemoteAddr)}, method: "operations", err: err}
			c.refused(identity.With(r.Context(), caller), nil, &seen)
			refuse(w, r, faultOf(err))
			return
		}
		page.ServeHTTP(w, r)
	})
}

// NewOperations makes the handler of the operator's own listener: probes for
// everybody, and pages. demand makes a client certificate that says
// identity.OperatorURI a condition of the pages: what scrapes metrics has no
// token that is good for ten minutes.
func NewOperations(config Config, pages map[string]http.Handler, demand bool) http.Handler {
	mux := http.NewServeMux()
	config.addProbes(mux)
	for pattern, page := range pages {
		mux.Handle(pattern, config.certified(page, demand))
	}
	return safely(mux)
}

func (c *Config) certified(page http.Handler, demand bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if shown := identity.Shown(r.TLS); demand && (shown == nil || !identity.Operates(shown)) {
			refuse(w, r, faultOf(&settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonUnauthenticated}))
			return
		}
		if c.Identity != nil && c.Identity.Revoked.Certificate(identity.Shown(r.TLS)) != nil {
			refuse(w, r, faultOf(&settlement.Error{Kind: settlement.KindUnauthorized, Reason: settlement.ReasonRevoked}))
			return
		}
		page.ServeHTTP(w, r)
	})
}
