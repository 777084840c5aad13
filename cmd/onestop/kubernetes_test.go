package main

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const (
	kubernetesDir = deployDir + "/kubernetes"
	exampleDir    = kubernetesDir + "/overlays/example"
)

// rendering is all that deploy/kubernetes asks for, the example's overlay included.
type rendering struct {
	gateways   setOfPods
	services   map[string]servedAt
	disruption disruption
	networks   map[string]networkPolicy
	namespace  object
	configs    map[string]map[string][]byte // files, by ConfigMap
}

// strictly reads one YAML document into a kind, refusing keys it does not have.
func strictly(t *testing.T, text []byte, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// documents are the documents of a stream, each by itself.
func documents(t *testing.T, stream []byte) (all [][]byte) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(stream))
	for {
		var one yaml.Node
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := yaml.Marshal(&one)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
}

// take reads an object by its kind; a kind that is not expected is a mistake.
func (c *rendering) take(t *testing.T, text []byte) {
	t.Helper()
	var of struct {
		object `yaml:",inline"`
		Rest   map[string]any `yaml:",inline"`
	}
	strictly(t, text, &of)
	switch of.APIVersion + " " + of.Kind {
	case "apps/v1 StatefulSet":
		strictly(t, text, &c.gateways)
	case "v1 Service":
		var s servedAt
		strictly(t, text, &s)
		c.services[s.Metadata.Name] = s
	case "policy/v1 PodDisruptionBudget":
		strictly(t, text, &c.disruption)
	case "networking.k8s.io/v1 NetworkPolicy":
		var n networkPolicy
		strictly(t, text, &n)
		c.networks[n.Metadata.Name] = n
	case "v1 Namespace":
		strictly(t, text, &c.namespace)
	case "v1 ConfigMap":
		var m struct {
			object `yaml:",inline"`
			Data   map[string]string `yaml:"data"`
		}
		strictly(t, text, &m)
		c.configs[m.Metadata.Name] = map[string][]byte{}
		for name, content := range m.Data {
			c.configs[m.Metadata.Name][name] = []byte(content)
		}
	default:
		t.Errorf("an object of kind %s %s", of.APIVersion, of.Kind)
	}
}

// wanted is what the files say, read without kustomize: every file of a folder
// is named by its kustomization, and what is named is there.
func wanted(t *testing.T) *rendering {
	t.Helper()
	c := &rendering{services: map[string]servedAt{}, networks: map[string]networkPolicy{}, configs: map[string]map[string][]byte{}}
	for _, folder := range []string{kubernetesDir + "/base", exampleDir} {
		var k kustomization
		strictly(t, readFile(t, folder+"/kustomization.yaml"), &k)
		named := map[string]bool{"kustomization.yaml": true}
		for _, resource := range k.Resources {
			if resource == "../../base" {
				continue
			}
			named[resource] = true
			for _, text := range documents(t, readFile(t, filepath.Join(folder, resource))) {
				c.take(t, text)
			}
		}
		for _, generated := range k.ConfigMapGenerator {
			c.configs[generated.Name] = map[string][]byte{}
			for _, file := range generated.Files {
				named[file] = true
				c.configs[generated.Name][file] = readFile(t, filepath.Join(folder, file))
			}
		}
		there, err := filepath.Glob(folder + "/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range there {
			if !named[filepath.Base(file)] {
				t.Errorf("%s is in no kustomization", file)
			}
		}
	}
	return c
}

// TestKubernetesRenders: kustomize makes of the files what they say, in the
// namespace, and everything the pods mount by a made name is there.
func TestKubernetesRenders(t *testing.T) {
	files := wanted(t)
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("KUSTOMIZE WAS NOT ASKED: kubectl is not installed")
	}
	out, err := exec.CommandContext(t.Context(), "kubectl", "kustomize", exampleDir).Output()
	if err != nil {
		t.Fatal(err)
	}
	got := &rendering{services: map[string]servedAt{}, networks: map[string]networkPolicy{}, configs: map[string]map[string][]byte{}}
	for _, text := range documents(t, out) {
		var one object
		if err := yaml.Unmarshal(text, &one); err != nil {
			t.Fatal(err)
		}
		if one.Kind != "Namespace" && one.Metadata.Namespace != files.namespace.Metadata.Name {
			t.Errorf("%s %s is in namespace %q", one.Kind, one.Metadata.Name, one.Metadata.Namespace)
		}
		got.take(t, text)
	}
	mounted := 0
	for _, v := range got.gateways.Spec.Template.Spec.Volumes {
		if v.ConfigMap.Name == "" {
			continue
		}
		mounted++
		plain := v.ConfigMap.Name[:strings.LastIndex(v.ConfigMap.Name, "-")]
		if diff := cmp.Diff(files.configs[plain], got.configs[v.ConfigMap.Name]); diff != "" {
			t.Errorf("%s: %s", v.ConfigMap.Name, diff)
		}
	}
	if mounted != len(got.configs) || len(got.configs) != len(files.configs) {
		t.Errorf("%d ConfigMaps mounted of %d", mounted, len(got.configs))
	}
	got.agree(t)
	files.agree(t)
}

// agree demands that whatever speaks of the pods means these pods, and their
// ports.
func (c *rendering) agree(t *testing.T) {
	t.Helper()
	set := c.gateways.Spec
	labels := set.Template.Metadata.Labels
	selectors := map[string]map[string]string{
		"the StatefulSet": set.Selector.MatchLabels, "the PodDisruptionBudget": c.disruption.Spec.Selector.MatchLabels,
		"the spread": set.Template.Spec.TopologySpreadConstraints[0].LabelSelector.MatchLabels,
	}
	for name, s := range c.services {
		selectors["service "+name] = s.Spec.Selector
	}
	for name, n := range c.networks {
		selectors["network "+name] = n.Spec.PodSelector.MatchLabels
	}
	for who, selector := range selectors {
		if len(selector) == 0 {
			t.Errorf("%s selects everything", who)
		}
		for key, value := range selector {
			if labels[key] != value {
				t.Errorf("%s selects %s=%s, and the pods are %v", who, key, value, labels)
			}
		}
	}
	if c.services[set.ServiceName].Spec.ClusterIP != "None" {
		t.Errorf("the pods have their names from %q", set.ServiceName)
	}
	ports := map[string]int{}
	for _, p := range set.Template.Spec.InitContainers[0].Ports {
		ports[p.Name] = p.ContainerPort
	}
	for name, s := range c.services {
		for _, p := range s.Spec.Ports {
			if ports[p.TargetPort] != p.Port || p.Name != p.TargetPort {
				t.Errorf("service %s: %+v, and the pods have %v", name, p, ports)
			}
		}
	}
	for _, way := range c.networks["onestop"].Spec.Ingress {
		for _, p := range way.Ports {
			if ports[p.Port] == 0 || len(way.From) == 0 {
				t.Errorf("a way in from %v to %s, and the pods have %v", way.From, p.Port, ports)
			}
		}
	}
	if types := c.networks["onestop"].Spec.PolicyTypes; !slices.Equal(types, []string{"Ingress", "Egress"}) {
		t.Errorf("the network closes %v only", types)
	}
}

// TestKubernetesConfigurationIsSound: the command line and the environment are
// the program's, and what they lead to passes its check and the doctor's; it
// stays on loopback, and every file it names is mounted.
func TestKubernetesConfigurationIsSound(t *testing.T) {
	c := wanted(t)
	pod := c.gateways.Spec.Template.Spec
	gateway := pod.Containers[0]
	flags := accepts(t, gateway.Args)
	folders := map[string]bool{}
	for _, mount := range gateway.VolumeMounts {
		folders[mount.MountPath] = mount.ReadOnly
	}
	named, _ := flags.GetString("config")
	content, found := c.configs["onestop-gateway"][path.Base(named)]
	if !found || !folders[path.Dir(named)] {
		t.Fatalf("%s is not mounted", named)
	}
	folder := t.TempDir()
	file, token := filepath.Join(folder, "gateway.yaml"), filepath.Join(folder, "token")
	writeFile(t, token, "example", 0o600)
	policies, err := filepath.Abs(deployDir + "/policies")
	if err != nil {
		t.Fatal(err)
	}
	const mounted = "/etc/onestop/payers/nhsa-example"
	if !bytes.Contains(content, []byte("token_file: "+mounted+"\n")) || !folders[path.Dir(mounted)] {
		t.Errorf("the payer's secret is not at %s", mounted)
	}
	writeFile(t, file, strings.NewReplacer("/etc/onestop/policies", policies, mounted, token).Replace(string(content)), 0o600)
	if err := flags.Set("config", file); err != nil {
		t.Fatal(err)
	}
	const dsn = "host=db.example dbname=onestop"
	given := map[string]string{}
	for _, e := range gateway.Env {
		switch {
		case e.ValueFrom.FieldRef.FieldPath == "metadata.labels['apps.kubernetes.io/pod-index']":
			given[e.Name] = "1"
		case e.ValueFrom.SecretKeyRef.Name == "onestop-store":
			given[e.Name] = dsn
		default:
			given[e.Name] = e.Value
		}
	}
	read, err := loadConfig(flags, func(name string) (string, bool) { value, set := given[name]; return value, set })
	if err != nil {
		t.Fatal(err)
	}
	if read.Instance != 1 || read.Store.Postgres != dsn || read.Dev {
		t.Errorf("instance %d, store %q, dev %t", read.Instance, read.Store.Postgres, read.Dev)
	}
	doctor := &doctor{}
	if doctor.examineConfig(t.Context(), &read); len(doctor.report) != 1 || doctor.report[0].standing != sound {
		t.Errorf("the doctor says %+v", doctor.report)
	}
	if grace, needed := time.Duration(pod.TerminationGracePeriodSeconds)*time.Second,
		time.Duration(gateway.Lifecycle.PreStop.Sleep.Seconds)*time.Second+read.Limits.DrainWithin+tracesWithin; grace <= needed {
		t.Errorf("%s to end, and stopping takes up to %s", grace, needed)
	}
	if proxied := 2000; read.Limits.ConnectionsPerAddress < proxied || read.Limits.Connections < proxied ||
		!bytes.Contains(c.configs["onestop-tls"]["haproxy.cfg"], []byte("maxconn "+strconv.Itoa(proxied)+"\n")) {
		t.Errorf("%+v for the connections of one proxy", read.Limits)
	}
	memoryFits(t, gateway, given)
}

// memoryFits: what is written out is what the program takes by itself, and the
// container's limit leaves a quarter above it.
func memoryFits(t *testing.T, c container, given map[string]string) {
	t.Helper()
	const mib, gib = 1 << 20, 1 << 30
	limit, err := strconv.Atoi(strings.TrimSuffix(c.Resources.Limits["memory"], "Mi"))
	if err != nil {
		t.Fatal(err)
	}
	if given["GOMEMLIMIT"] != strconv.Itoa(memoryLimit/gib)+"GiB" || given["GOGC"] != strconv.Itoa(garbagePercent) || limit*mib < memoryLimit+memoryLimit/4 {
		t.Errorf("%v within %d MiB, and the program takes %d and %d %%", given, limit, memoryLimit, garbagePercent)
	}
	if _, throttled := c.Resources.Limits["cpu"]; throttled || c.Resources.Requests["cpu"] == "" {
		t.Errorf("processor: %v", c.Resources)
	}
}

// TestKubernetesPodsAreClosed: no privilege, nothing written, as many digits as
// pods, one away at a time, and secrets for nobody but the pod's group.
func TestKubernetesPodsAreClosed(t *testing.T) {
	c := wanted(t)
	set, pod := c.gateways.Spec, c.gateways.Spec.Template.Spec
	if set.Replicas < 2 || set.Replicas > 10 || c.disruption.Spec.MaxUnavailable != 1 || set.UpdateStrategy["type"] != "RollingUpdate" {
		t.Errorf("%d pods, %d away, %v", set.Replicas, c.disruption.Spec.MaxUnavailable, set.UpdateStrategy)
	}
	user := pod.SecurityContext
	if !user.RunAsNonRoot || user.RunAsUser == 0 || user.FSGroup != user.RunAsGroup || user.SeccompProfile["type"] != "RuntimeDefault" ||
		c.namespace.Metadata.Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
		t.Errorf("%+v in %+v", user, c.namespace)
	}
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken || pod.EnableServiceLinks == nil || *pod.EnableServiceLinks {
		t.Error("the pods are given an account, or variables of services")
	}
	for _, one := range slices.Concat(pod.InitContainers, pod.Containers) {
		within := one.SecurityContext
		if within.AllowPrivilegeEscalation == nil || *within.AllowPrivilegeEscalation || !within.ReadOnlyRootFilesystem || !slices.Equal(within.Capabilities["drop"], []string{"ALL"}) {
			t.Errorf("%s: %+v", one.Name, within)
		}
		if strings.ContainsAny(one.Image, "/@") || one.Resources.Limits["memory"] == "" {
			t.Errorf("%s: image %s, %+v", one.Name, one.Image, one.Resources)
		}
	}
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
		if v.Secret.SecretName != "" && (v.Secret.DefaultMode != 0o440 || !guarded(0o440, 0, user.RunAsUser)) {
			t.Errorf("secret %s has mode %o", v.Secret.SecretName, v.Secret.DefaultMode)
		}
	}
	for _, one := range slices.Concat(pod.InitContainers, pod.Containers) {
		for _, mount := range one.VolumeMounts {
			if !volumes[mount.Name] || !mount.ReadOnly {
				t.Errorf("%s mounts %+v of %v", one.Name, mount, slices.Sorted(maps.Keys(volumes)))
			}
		}
	}
	gateway := pod.Containers[0]
	if gateway.StartupProbe.lasts() < 2*time.Minute || gateway.LivenessProbe.lasts() < 30*time.Second || gateway.ReadinessProbe.lasts() >= time.Duration(gateway.Lifecycle.PreStop.Sleep.Seconds)*time.Second {
		t.Error("a migration is given no time, a pause is a death, or the dead are called")
	}
}

// TestKubernetesIsScraped: Prometheus looks for the port that shows the metrics,
// under the name of the job that the rules go by.
func TestKubernetesIsScraped(t *testing.T) {
	c := wanted(t)
	var prometheus struct {
		ScrapeConfigs []struct {
			JobName    string `yaml:"job_name"`
			Discovered []struct {
				Role       string
				Namespaces struct{ Names []string }
			} `yaml:"kubernetes_sd_configs"`
			Relabel []struct {
				From   []string `yaml:"source_labels"`
				Regex  string
				Action string
				Target string `yaml:"target_label"`
			} `yaml:"relabel_configs"`
		} `yaml:"scrape_configs"`
		Global map[string]string
	}
	strictly(t, readFile(t, kubernetesDir+"/prometheus.yml"), &prometheus)
	job := prometheus.ScrapeConfigs[0]
	service, port, _ := strings.Cut(job.Relabel[0].Regex, ";")
	ports := c.services[service].Spec.Ports
	if len(ports) != 1 || ports[0].Name != port || job.Relabel[0].Action != "keep" {
		t.Errorf("%s of %s is scraped, which has %v", port, service, ports)
	}
	if names := job.Discovered[0].Namespaces.Names; !slices.Equal(names, []string{c.namespace.Metadata.Name}) {
		t.Errorf("it is looked for in %v", names)
	}
	if rules := string(readFile(t, deployDir+"/prometheus/rules/operations.yml")); !strings.Contains(rules, `job="`+job.JobName+`"`) {
		t.Errorf("the rules go by another job than %s", job.JobName)
	}
}
