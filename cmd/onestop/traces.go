package main

import (
	"fmt"

	"github.com/onestop-gateway/onestop/adapters/measure"
)

// tracesConfig says where traces go. Without an address none are made.
type tracesConfig struct {
	Address  string `yaml:"address"`  // of an OTLP collector, host:port
	Protocol string `yaml:"protocol"` // grpc (4317 as a rule) or http (4318)
	// Insecure sends without TLS: for a collector on this machine.
	Insecure bool `yaml:"insecure"`
	// PerMille is how many of a thousand requests are traced; one whose caller
	// traces it always is.
	PerMille int `yaml:"per_mille"`
}

// check refuses what could not be meant.
func (t *tracesConfig) check() error {
	if t.Protocol != "grpc" && t.Protocol != "http" {
		return fmt.Errorf("traces.protocol: %q is neither grpc nor http", t.Protocol)
	}
	if t.PerMille < 0 || t.PerMille > 1000 {
		return fmt.Errorf("traces.per_mille: %d is not between 0 and 1000", t.PerMille)
	}
	return nil
}

func (c *config) traces() measure.TracesConfig {
	return measure.TracesConfig{
		Address: c.Traces.Address, HTTP: c.Traces.Protocol == "http", Insecure: c.Traces.Insecure,
		PerMille: c.Traces.PerMille, Instance: fmt.Sprintf("%s-%d", hostName(), c.Instance),
	}
}
