package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

const deployDir = "../../deploy"

// service is what of a compose service the product has to keep.
type service struct {
	Image      string   `yaml:"image"`
	Entrypoint []string `yaml:"entrypoint"`
	Command    []string `yaml:"command"`
	Volumes    []string `yaml:"volumes"`
	Ports      []string `yaml:"ports"`
	ReadOnly   bool     `yaml:"read_only"`
}

func composed(t *testing.T) map[string]service {
	t.Helper()
	var file struct {
		Services map[string]service `yaml:"services"`
	}
	if err := yaml.Unmarshal(readFile(t, deployDir+"/compose/compose.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	return file.Services
}

// accepts demands that the program knows a command line, and gives its flags.
func accepts(t *testing.T, arguments []string) *pflag.FlagSet {
	t.Helper()
	found, rest, err := rootCommand().Find(arguments)
	if err == nil {
		err = found.ParseFlags(rest)
	}
	if err != nil || found.RunE == nil {
		t.Fatalf("onestop %s: %v", strings.Join(arguments, " "), err)
	}
	if err := found.ValidateArgs(found.Flags().Args()); err != nil {
		t.Errorf("onestop %s: %v", strings.Join(arguments, " "), err)
	}
	return found.Flags()
}

// TestComposeIsOfThisProduct: every command line is one of the program's, what
// it names is mounted, and what is mounted is here.
func TestComposeIsOfThisProduct(t *testing.T) {
	instances := map[string]bool{}
	for name, s := range composed(t) {
		mounted := map[string]bool{}
		for _, volume := range s.Volumes {
			parts := strings.Split(volume, ":")
			mounted[parts[1]] = true
			if !strings.HasPrefix(parts[0], ".") {
				continue
			}
			if _, err := os.Stat(filepath.Join(deployDir, "compose", parts[0])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if s.Image != "onestop" {
			continue
		}
		if !s.ReadOnly {
			t.Errorf("%s may write to its root", name)
		}
		if len(s.Entrypoint) > 0 {
			if name != "payer" || s.Entrypoint[0] != "/usr/bin/payersim" {
				t.Errorf("%s runs %v", name, s.Entrypoint)
			}
			continue
		}
		flags := accepts(t, s.Command)
		if out := flags.Lookup("out"); out != nil { // onestop certs
			if !mounted[filepath.Dir(out.Value.String())] {
				t.Errorf("%s writes where nothing is mounted", name)
			}
			continue
		}
		if file, _ := flags.GetString("config"); !mounted[file] {
			t.Errorf("%s: %s is not mounted", name, file)
		}
		if instance, _ := flags.GetString("instance"); s.Command[0] == "serve" {
			if instances[instance] {
				t.Errorf("%s: instance %s stands twice", name, instance)
			}
			instances[instance] = true
		}
	}
	if len(instances) != 2 {
		t.Errorf("%d gateways", len(instances))
	}
}

// TestComposeConfigurationIsSound: it is read as a gateway reads it, and every
// name leads somewhere; it listens on the ports that are published.
func TestComposeConfigurationIsSound(t *testing.T) {
	c, err := readConfig(deployDir + "/compose/gateway.yaml")
	if err == nil {
		err = c.check()
	}
	if err != nil {
		t.Fatal(err)
	}
	policies, err := loadPolicies([]string{deployDir + "/policies"})
	if err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(t.TempDir(), "token")
	writeFile(t, token, "demo-token", 0o600)
	for i := range c.Payers {
		c.Payers[i].TokenFile = token
	}
	if _, err := c.directory(policies); err != nil {
		t.Error(err)
	}
	for name, s := range composed(t) {
		if len(s.Command) == 0 || s.Command[0] != "serve" || s.Image != "onestop" || len(s.Entrypoint) > 0 {
			continue
		}
		for i, address := range []string{c.ListenREST, c.ListenGRPC} {
			if _, port, _ := strings.Cut(address, ":"); !strings.HasSuffix(s.Ports[i], ":"+port) {
				t.Errorf("%s publishes %s, and the gateway listens on %s", name, s.Ports[i], address)
			}
		}
	}
}

// TestUnitIsOfThisProduct: systemd understands every line, and the program its
// command lines.
func TestUnitIsOfThisProduct(t *testing.T) {
	text := string(readFile(t, deployDir+"/systemd/onestop.service"))
	started := 0
	for line := range strings.Lines(text) {
		for _, key := range []string{"ExecStart=", "ExecStartPre="} {
			if arguments, found := strings.CutPrefix(strings.TrimSpace(line), key+"/usr/bin/onestop "); found {
				accepts(t, strings.Fields(arguments))
				started++
			}
		}
	}
	if started != 2 {
		t.Errorf("%d command lines", started)
	}
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("SYSTEMD WAS NOT ASKED: systemd-analyze is not installed")
	}
	unit := filepath.Join(t.TempDir(), "onestop.service")
	writeFile(t, unit, strings.ReplaceAll(text, "/usr/bin/onestop", "/bin/true"), 0o600)
	if out, err := exec.Command(program, "verify", "--man=no", unit).CombinedOutput(); err != nil || strings.Contains(string(out), "onestop.service:") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestImageIsOfThisProduct: what the image copies is built, it starts as nobody,
// and with a command line of the program's.
func TestImageIsOfThisProduct(t *testing.T) {
	text := string(readFile(t, deployDir+"/Dockerfile"))
	for _, want := range []string{"RUN make build\n", "USER 65532:65532\n", "ARG BASE=scratch\n", `ENTRYPOINT ["/usr/bin/onestop"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not there", want)
		}
	}
	if !strings.Contains(string(readFile(t, "../../Makefile")), "CGO_ENABLED=0 go build -trimpath") {
		t.Error("make build links with C")
	}
	var command []string
	for line := range strings.Lines(text) {
		if list, found := strings.CutPrefix(line, "CMD "); found {
			must(yaml.Unmarshal([]byte(list), &command))
		}
	}
	accepts(t, command)
}
