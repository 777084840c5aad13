package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// configured loads a configuration from a file's text, an environment and
// flags.
func configured(t *testing.T, text string, environment map[string]string, arguments ...string) (config, error) {
	t.Helper()
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	settingFlags(flags)
	if text != "" {
		file := filepath.Join(t.TempDir(), "gateway.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, "--config", file)
	}
	if err := flags.Parse(arguments); err != nil {
		t.Fatal(err)
	}
	return loadConfig(flags, func(name string) (string, bool) {
		value, found := environment[name]
		return value, found
	})
}

func TestWithoutConfigurationItListensOnLoopback(t *testing.T) {
	c, err := configured(t, "", nil)
	if err != nil || c.ListenREST != "127.0.0.1:8080" || c.ListenGRPC != "127.0.0.1:9090" || c.Limits.AnswerWithin != 25*time.Second {
		t.Errorf("%+v %v", c, err)
	}
}

func TestFlagsGoOverTheEnvironmentAndThatOverTheFile(t *testing.T) {
	file := "listen_rest: 127.0.0.1:1\nlisten_grpc: 127.0.0.1:2\nlog_level: warn\nlimits: {lease: 90s}\n"
	environment := map[string]string{"ONESTOP_LISTEN_REST": "127.0.0.1:3", "ONESTOP_LISTEN_GRPC": "127.0.0.1:4"}
	c, err := configured(t, file, environment, "--listen-rest", "127.0.0.1:5")
	if err != nil {
		t.Fatal(err)
	}
	if c.ListenREST != "127.0.0.1:5" || c.ListenGRPC != "127.0.0.1:4" || c.LogLevel != "warn" || c.Limits.Lease != 90*time.Second || c.Limits.InFlight != 256 {
		t.Errorf("%+v", c)
	}
}

func TestConfigurationFileFromTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	if err := os.WriteFile(file, []byte("instance: 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := configured(t, "", map[string]string{"ONESTOP_CONFIG": file})
	if err != nil || c.Instance != 7 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestConfigurationsThatRefuseToStart(t *testing.T) {
	tests := []struct{ name, text, says string }{
		{"unknown key", "listen_rst: 127.0.0.1:1", "listen_rst"},
		{"unknown key inside", "limits: {leese: 1s}", "leese"},
		{"key twice", "instance: 1\ninstance: 2", "instance"},
		{"not YAML", ": :", "configuration"},
		{"address of the world without TLS", "listen_rest: 0.0.0.0:8080", "listen_rest"},
		{"address of every interface", "listen_grpc: \":9090\"", "listen_grpc"},
		{"no port", "listen_grpc: 127.0.0.1", "listen_grpc"},
		{"instance is no digit", "instance: 10", "instance"},
		{"no store", "store: {sqlite: \"\"}", "store: name"},
		{"no time to answer", "limits: {answer_within: 0s}", "answer_within"},
		{"nothing in flight", "limits: {in_flight: 0}", "in_flight"},
		{"a certificate without key", "tls: {certificate_file: c}", "tls: "},
		{"a client CA alone", "tls: {client_ca_file: a}", "tls: "},
		{"a ring without master key", "keys: {ring: r}", "keys: "},
		{"half an identity", "identity: {issuer: i}", "identity: "},
		{"keys from two places", "identity: {issuer: i, audience: a, jwks_file: f, jwks_url: https://x}", "identity: "},
		{"keys over HTTP", "identity: {issuer: i, audience: a, jwks_url: http://idp.example/k}", "identity.jwks_url"},
		{"operations without port", "listen_ops: 127.0.0.1", "listen_ops"},
		{"duration without unit", "limits: {lease: 30}", "line 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := configured(t, tt.text, nil)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want a complaint that names %s", err, tt.says)
			}
		})
	}
}

// Other addresses than loopback need TLS, authentication and keys, whatever dev
// says; of the keys it can be said that there shall be none.
func TestOtherAddressesNeedTLSAuthenticationAndKeys(t *testing.T) {
	const (
		tls      = "tls: {certificate_file: c, key_file: k, client_ca_file: a}\n"
		identity = "identity: {issuer: i, audience: a, jwks_file: j}\n"
		plain    = "keys: {plain: true}\n"
		ring     = "keys: {ring: r, masters: [m]}\n"
	)
	for _, address := range []string{"listen_rest: 0.0.0.0:8080", "listen_grpc: 10.0.0.1:9090", "listen_ops: \"[::]:9464\"", "listen_rest: gateway.example:1"} {
		for text, says := range map[string]string{
			"": "tls.client_ca_file", "dev: true\n": "needs TLS", tls: "needs authentication", identity: "needs TLS",
			"tls: {certificate_file: c, key_file: k}\n" + identity: "tls.client_ca_file", tls + identity: "keys.ring",
			tls + identity + plain: "", tls + identity + ring: "", tls + ring: "needs authentication",
		} {
			_, err := configured(t, text+address, nil)
			if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), strings.Split(address, ":")[0])) {
				t.Errorf("%s%s: %v", text, address, err)
			}
		}
	}
}

func TestSettingsSayWhichIsWrong(t *testing.T) {
	_, err := configured(t, "", map[string]string{"ONESTOP_INSTANCE": "seven"})
	if err == nil || !strings.Contains(err.Error(), "instance") {
		t.Errorf("got %v", err)
	}
}

func TestConfigurationFileThatIsNotThere(t *testing.T) {
	if _, err := configured(t, "", nil, "--config", filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a missing file was taken for an empty one")
	}
}
