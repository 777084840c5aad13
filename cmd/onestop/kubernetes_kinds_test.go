package main

import "time"

// What of Kubernetes' own kinds is used in deploy/kubernetes, and nothing else:
// a key that is not here is misspelt, or has to be thought about.

type selection struct {
	MatchLabels map[string]string `yaml:"matchLabels"`
}

// object is a manifest of any kind; Spec is read by kind.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Metadata   struct {
		Name      string            `yaml:"name"`
		Namespace string            `yaml:"namespace"`
		Labels    map[string]string `yaml:"labels"`
	} `yaml:"metadata"`
}

type setOfPods struct {
	object `yaml:",inline"`
	Spec   struct {
		ServiceName         string            `yaml:"serviceName"`
		Replicas            int               `yaml:"replicas"`
		PodManagementPolicy string            `yaml:"podManagementPolicy"`
		UpdateStrategy      map[string]string `yaml:"updateStrategy"`
		Selector            selection         `yaml:"selector"`
		Template            struct {
			Metadata struct {
				Labels map[string]string `yaml:"labels"`
			} `yaml:"metadata"`
			Spec podSpec `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

type podSpec struct {
	AutomountServiceAccountToken  *bool `yaml:"automountServiceAccountToken"`
	EnableServiceLinks            *bool `yaml:"enableServiceLinks"`
	TerminationGracePeriodSeconds int   `yaml:"terminationGracePeriodSeconds"`
	SecurityContext               struct {
		RunAsNonRoot   bool              `yaml:"runAsNonRoot"`
		RunAsUser      int               `yaml:"runAsUser"`
		RunAsGroup     int               `yaml:"runAsGroup"`
		FSGroup        int               `yaml:"fsGroup"`
		SeccompProfile map[string]string `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
	TopologySpreadConstraints []struct {
		MaxSkew           int       `yaml:"maxSkew"`
		TopologyKey       string    `yaml:"topologyKey"`
		WhenUnsatisfiable string    `yaml:"whenUnsatisfiable"`
		LabelSelector     selection `yaml:"labelSelector"`
	} `yaml:"topologySpreadConstraints"`
	InitContainers []container `yaml:"initContainers"`
	Containers     []container `yaml:"containers"`
	Volumes        []volume    `yaml:"volumes"`
}

type container struct {
	Name          string        `yaml:"name"`
	Image         string        `yaml:"image"`
	RestartPolicy string        `yaml:"restartPolicy"`
	Command       []string      `yaml:"command"`
	Args          []string      `yaml:"args"`
	Env           []environment `yaml:"env"`
	Ports         []struct {
		Name          string `yaml:"name"`
		ContainerPort int    `yaml:"containerPort"`
	} `yaml:"ports"`
	Resources struct {
		Requests map[string]string `yaml:"requests"`
		Limits   map[string]string `yaml:"limits"`
	} `yaml:"resources"`
	StartupProbe   probe `yaml:"startupProbe"`
	ReadinessProbe probe `yaml:"readinessProbe"`
	LivenessProbe  probe `yaml:"livenessProbe"`
	Lifecycle      struct {
		PreStop struct {
			Sleep struct {
				Seconds int `yaml:"seconds"`
			} `yaml:"sleep"`
		} `yaml:"preStop"`
	} `yaml:"lifecycle"`
	SecurityContext struct {
		AllowPrivilegeEscalation *bool               `yaml:"allowPrivilegeEscalation"`
		ReadOnlyRootFilesystem   bool                `yaml:"readOnlyRootFilesystem"`
		Capabilities             map[string][]string `yaml:"capabilities"`
	} `yaml:"securityContext"`
	VolumeMounts []struct {
		Name      string `yaml:"name"`
		MountPath string `yaml:"mountPath"`
		ReadOnly  bool   `yaml:"readOnly"`
	} `yaml:"volumeMounts"`
}

type environment struct {
	Name      string `yaml:"name"`
	Value     string `yaml:"value"`
	ValueFrom struct {
		FieldRef struct {
			FieldPath string `yaml:"fieldPath"`
		} `yaml:"fieldRef"`
		SecretKeyRef struct{ Name, Key string } `yaml:"secretKeyRef"`
	} `yaml:"valueFrom"`
}

type probe struct {
	HTTPGet struct {
		Path string `yaml:"path"`
		Port int    `yaml:"port"`
	} `yaml:"httpGet"`
	PeriodSeconds    int `yaml:"periodSeconds"`
	TimeoutSeconds   int `yaml:"timeoutSeconds"`
	FailureThreshold int `yaml:"failureThreshold"`
}

// lasts is how long a probe bears failures.
func (p probe) lasts() time.Duration {
	return time.Duration(p.PeriodSeconds*p.FailureThreshold) * time.Second
}

type volume struct {
	Name      string                `yaml:"name"`
	ConfigMap struct{ Name string } `yaml:"configMap"`
	Secret    struct {
		SecretName  string                       `yaml:"secretName"`
		DefaultMode int                          `yaml:"defaultMode"`
		Items       []struct{ Key, Path string } `yaml:"items"`
	} `yaml:"secret"`
}

type servedAt struct {
	object `yaml:",inline"`
	Spec   struct {
		ClusterIP string            `yaml:"clusterIP"`
		Selector  map[string]string `yaml:"selector"`
		Ports     []struct {
			Name       string `yaml:"name"`
			Port       int    `yaml:"port"`
			TargetPort string `yaml:"targetPort"`
		} `yaml:"ports"`
	} `yaml:"spec"`
}

type disruption struct {
	object `yaml:",inline"`
	Spec   struct {
		MaxUnavailable int       `yaml:"maxUnavailable"`
		Selector       selection `yaml:"selector"`
	} `yaml:"spec"`
}

type networkPolicy struct {
	object `yaml:",inline"`
	Spec   struct {
		PodSelector selection `yaml:"podSelector"`
		PolicyTypes []string  `yaml:"policyTypes"`
		Ingress     []struct {
			From  []peer
			Ports []openPort
		} `yaml:"ingress"`
		Egress []struct {
			To    []peer
			Ports []openPort
		} `yaml:"egress"`
	} `yaml:"spec"`
}

type peer struct {
	NamespaceSelector selection             `yaml:"namespaceSelector"`
	IPBlock           struct{ CIDR string } `yaml:"ipBlock"`
}

type openPort struct{ Port, Protocol string }

// kustomization is what kustomize reads of a folder.
type kustomization struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Namespace  string   `yaml:"namespace"`
	Resources  []string `yaml:"resources"`
	Labels     []struct {
		IncludeSelectors bool              `yaml:"includeSelectors"`
		IncludeTemplates bool              `yaml:"includeTemplates"`
		Pairs            map[string]string `yaml:"pairs"`
	} `yaml:"labels"`
	ConfigMapGenerator []struct {
		Name  string   `yaml:"name"`
		Files []string `yaml:"files"`
	} `yaml:"configMapGenerator"`
}
