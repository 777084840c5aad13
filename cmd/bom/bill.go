package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
)

// writeBill writes the bill of materials of a built program: what the linker
// wrote into it, with the licences of the modules. It carries no time and no
// serial number: the same program has the same bill.
func writeBill(to io.Writer, program string, modules []module) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	bill := cyclonedx.NewBOM()
	bill.Metadata = &cyclonedx.Metadata{Component: &cyclonedx.Component{
		BOMRef: "program", Type: cyclonedx.ComponentTypeApplication, Name: info.Path, Version: info.Main.Version,
		Hashes: &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}},
	}}
	byPath := map[string]module{}
	for _, m := range modules {
		byPath[m.Path] = m
	}
	components := []cyclonedx.Component{{
		BOMRef: "pkg:golang/std@" + info.GoVersion, Type: cyclonedx.ComponentTypeLibrary, Name: "std", Version: info.GoVersion,
		PackageURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"),
	}}
	for _, dependency := range info.Deps {
		m, known := byPath[dependency.Path]
		if !known || m.Version != dependency.Version {
			return fmt.Errorf("%s %s is linked and not what this tree has: build anew", dependency.Path, dependency.Version)
		}
		licences, err := m.licences()
		if err != nil {
			return err
		}
		var choices cyclonedx.Licenses
		for _, id := range licences {
			choices = append(choices, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: id}})
		}
		url := "pkg:golang/" + dependency.Path + "@" + dependency.Version
		components = append(components, cyclonedx.Component{
			BOMRef: url, Type: cyclonedx.ComponentTypeLibrary, Name: dependency.Path, Version: dependency.Version, PackageURL: url,
			Licenses: &choices, Properties: &[]cyclonedx.Property{{Name: "go:sum", Value: dependency.Sum}},
		})
	}
	bill.Components = &components
	return cyclonedx.NewBOMEncoder(to, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bill)
}
