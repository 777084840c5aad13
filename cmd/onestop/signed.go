package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/adapters/signature"
	"github.com/onestop-gateway/onestop/api"
	"github.com/onestop-gateway/onestop/settlement"
)

// signedRequestsConfig are the keys by which callers sign requests. Without
// Required a request that is not signed passes, and one that is must be right.
type signedRequestsConfig struct {
	Required bool               `yaml:"required"`
	Keys     []requestKeyConfig `yaml:"keys"`
}

// requestKeyConfig is a public key of SM2 or Ed25519 that signs requests for a
// facility, or for any where none is named.
type requestKeyConfig struct {
	ID       string `yaml:"id"`
	File     string `yaml:"file"` // PEM
	Facility string `yaml:"facility"`
}

// verifier reads the keys; nil, if there are none.
func (s *signedRequestsConfig) verifier() (api.Verifier, error) {
	if len(s.Keys) == 0 {
		if s.Required {
			return nil, errors.New("required, and keys is empty: nobody could ask anything")
		}
		return nil, nil
	}
	files := make([]keyConfig, len(s.Keys))
	for i, key := range s.Keys {
		files[i] = keyConfig{ID: key.ID, File: key.File}
	}
	public, err := publicKeys(files)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	keys := make([]signature.RequestKey, len(public))
	for i, key := range public {
		keys[i] = signature.RequestKey{Public: key, Facility: settlement.FacilityID(s.Keys[i].Facility)}
	}
	return signature.NewRequests(keys, time.Now)
}
