package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The committed list is what is linked now, and every licence in it may be.
func TestLicencesAreCurrent(t *testing.T) {
	modules, err := linked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := listOf(modules)
	if err != nil {
		t.Error(err)
	}
	committed, err := os.ReadFile("../../deploy/licences.csv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(committed), list); diff != "" {
		t.Errorf("run make licences (-committed +linked):\n%s", diff)
	}
}

// A module without a licence, with one that nobody has read, or with one that
// may not be linked, is told of.
func TestLicencesThatAreRefused(t *testing.T) {
	write := func(name, text string) module {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return module{Path: "example.org/" + name, Dir: dir}
	}
	ours, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := listOf([]module{write("LICENSE", string(ours))}); err != nil || !strings.Contains(list, "example.org/LICENSE,Apache-2.0") {
		t.Errorf("Apache: %v, %s", err, list)
	}
	gpl := "This program is free software: you can redistribute it and/or modify\nit under the terms of the GNU General Public License as published by\n" +
		"the Free Software Foundation, either version 3 of the License, or\n(at your option) any later version.\n"
	for name, m := range map[string]module{
		"none": write("README", "x"), "an own text": write("LICENSE.txt", "You may do what the author likes on that day."),
		"GPL": write("COPYING", gpl), "no folder": {Path: "example.org/none", Dir: filepath.Join(t.TempDir(), "none")},
	} {
		if list, err := listOf([]module{m}); err == nil {
			t.Errorf("%s: %s", name, list)
		}
	}
}

// The bill of a program that was just built names it, its modules and their
// licences; two builds are equal to the byte, and so are their bills.
func TestBillAndReproducibleBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	modules, err := linked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var bills, builds [2]bytes.Buffer
	for i := range 2 {
		program := filepath.Join(t.TempDir(), "payersim")
		build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-o", program, programs[1])
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		content, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		builds[i].Write(content)
		if err := writeBill(&bills[i], program, modules); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(builds[0].Bytes(), builds[1].Bytes()) || !bytes.Equal(bills[0].Bytes(), bills[1].Bytes()) {
		t.Error("two builds differ")
	}
	var bill struct {
		Format     string `json:"bomFormat"`
		Components []struct {
			URL      string `json:"purl"`
			Licences []any  `json:"licenses"`
		}
	}
	if err := json.Unmarshal(bills[0].Bytes(), &bill); err != nil {
		t.Fatal(err)
	}
	named := slices.IndexFunc(bill.Components, func(c struct {
		URL      string `json:"purl"`
		Licences []any  `json:"licenses"`
	}) bool {
		return strings.HasPrefix(c.URL, "pkg:golang/github.com/spf13/cobra@v") && len(c.Licences) == 1
	})
	if bill.Format != "CycloneDX" || named < 0 {
		t.Errorf("%s without cobra:\n%s", bill.Format, bills[0].String())
	}
	if err := writeBill(&bills[0], filepath.Join(t.TempDir(), "none"), modules); err == nil {
		t.Error("a bill of no program")
	}
}
