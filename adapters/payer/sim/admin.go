package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// line is what the book says of one message.
type line struct {
	Message   string `json:"message"`
	Person    string `json:"person"`
	Encounter string `json:"encounter"`
	Reference string `json:"reference"` // of the message's last settlement
	Net       int    `json:"net"`
	TotalFen  int64  `json:"total_fen"`
	FundFen   int64  `json:"fund_fen"`
}

// export writes the book, one line for each message in the order of arrival.
func (s *Simulator) export(w http.ResponseWriter, _ *http.Request) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	var failed error
	err := s.book.visit(func() {
		for _, h := range s.book.settlements {
			all := s.book.byMessage[h.Message]
			if all[len(all)-1] != h {
				continue
			}
			failed = errors.Join(failed, encoder.Encode(line{
				Message: h.Message, Person: h.Person, Encounter: h.Encounter, Reference: h.Reference,
				Net: s.book.net(h.Message), TotalFen: int64(h.Amounts.Total), FundFen: int64(h.Amounts.Fund),
			}))
		}
	})
	if err = errors.Join(err, failed); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/jsonl")
	w.Write(out.Bytes())
}

// replaceScript plays the script in the body.
func (s *Simulator) replaceScript(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64*bodyMax))
	var script Script
	if err == nil {
		script, err = ParseScript(text)
	}
	if err == nil {
		err = s.Play(script)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
