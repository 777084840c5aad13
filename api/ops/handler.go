package ops

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"golang.org/x/text/language"

	"github.com/onestop-gateway/onestop/api/words"
)

// Path is where the page is served.
const Path = "/ops"

// NewHandler makes the page. ?lang=zh or en is taken before Accept-Language,
// and ?refresh=off keeps the page still.
func NewHandler(config Config) http.Handler {
	b := &board{Config: config}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		page, err := b.draw(r.Context(), variant{
			language: languageOf(query.Get("lang"), r.Header.Get("Accept-Language")),
			paused:   query.Get("refresh") == "off",
		})
		if err != nil { // never: the tests draw every variant
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		header := w.Header()
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		header.Set("Vary", "Accept-Language")
		_, _ = w.Write(page)
	})
}

// policy lets a browser use nothing but the page's own style, by its digest,
// and its empty icon.
var policy = func() string {
	digest := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) +
		"'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

var languages = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// languageOf is the first of the house's languages that is asked for; Chinese
// where none is.
func languageOf(asked ...string) words.Language {
	if _, i := language.MatchStrings(languages, asked...); i == 1 {
		return words.English
	}
	return words.Chinese
}
