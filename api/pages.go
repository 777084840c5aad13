package api

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// addPages adds what stands beside the contract.
func (c *Config) addPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", page("index.html", nil))
	mux.HandleFunc("GET /docs/reasons", page("reasons.html", words.Catalogue()))
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", jsonForm{}.ContentType(nil))
		_, _ = w.Write(onestopv1.OpenAPI)
	})
	c.addProbes(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, newFault(rowNoRoute, told{reason: words.ReasonNoRoute}, nil))
	})
}

// addProbes adds what says whether the process lives and can serve.
func (c *Config) addProbes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		probed(w, http.StatusOK, "alive")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := c.ready(r.Context()); err != nil {
			probed(w, http.StatusServiceUnavailable, "not ready")
			return
		}
		probed(w, http.StatusOK, "ready")
	})
}

// page serves a template that does not depend on the request: it is made once.
func page(name string, content any) http.HandlerFunc {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, name, content)
	return func(w http.ResponseWriter, r *http.Request) {
		if err != nil { // never: the tests make every page
			refuse(w, r, faultOf(err))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(b.Bytes())
	}
}

// probed answers a probe.
func probed(w http.ResponseWriter, status int, says string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(says + "\n"))
}
