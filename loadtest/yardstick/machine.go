package yardstick

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Machine is what the figures were measured on.
type Machine struct {
	CPU        string
	Cores      int
	MemoryMiB  int
	Kernel     string
	Filesystem string // of the folder measured in
	Go         string
	PostgreSQL string // "" if there is none
}

// ThisMachine describes the machine, and the filesystem of folder. What cannot
// be learnt is "unknown".
func ThisMachine(folder string) Machine {
	m := Machine{
		CPU: field("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), Kernel: "unknown",
		Filesystem: filesystem(folder), Go: runtime.Version(),
	}
	if _, err := fmt.Sscanf(field("/proc/meminfo", "MemTotal"), "%d kB", &m.MemoryMiB); err == nil {
		m.MemoryMiB >>= 10
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(text))
	}
	if text, err := exec.Command("pg_config", "--version").Output(); err == nil {
		m.PostgreSQL = strings.TrimSpace(string(text))
	}
	return m
}

// String is the machine in one line.
func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %d MiB, Linux %s, %s, %s, %s",
		m.CPU, m.Cores, m.MemoryMiB, m.Kernel, m.Filesystem, m.Go, orNone(m.PostgreSQL))
}

func orNone(version string) string {
	if version == "" {
		return "no PostgreSQL"
	}
	return version
}

// field is the first value of a key in a file of "key : value" lines.
func field(file, key string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		name, value, found := strings.Cut(lines.Text(), ":")
		if found && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// filesystem is the type of the mount that folder is on: of those that hold it
// the one with the longest path.
func filesystem(folder string) string {
	text, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return "unknown"
	}
	kind, longest := "unknown", -1
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 3 || len(fields[1]) < longest {
			continue
		}
		if at := strings.TrimSuffix(fields[1], "/"); folder == fields[1] || strings.HasPrefix(folder, at+"/") {
			kind, longest = fields[2], len(fields[1])
		}
	}
	return kind
}
