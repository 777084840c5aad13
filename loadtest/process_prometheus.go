package main

import (
	"os"
	"path/filepath"
)

// newPrometheus makes a Prometheus with this configuration below folder, not yet
// running, and gives its address.
func newPrometheus(folder, config string) (*process, string, error) {
	file := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, "", err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	return &process{
		name: "prometheus", log: filepath.Join(folder, "prometheus.log"), ready: answering("http://" + address + "/-/ready"),
		argv: []string{"prometheus", "--config.file", file, "--storage.tsdb.path", filepath.Join(folder, "prometheus"), "--web.listen-address", address},
	}, address, nil
}
