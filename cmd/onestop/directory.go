package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// directory turns the configuration into the surroundings of the lifecycle,
// refusing names that lead nowhere.
func (c *config) directory(policies map[settlement.PolicyID]*settlement.Policy) (lifecycle.Directory, error) {
	d := lifecycle.Directory{
		Policies:   policies,
		Regions:    map[settlement.RegionID]lifecycle.Region{},
		Facilities: map[settlement.FacilityID]lifecycle.Facility{},
		Payers:     map[settlement.PayerCode]lifecycle.Payer{},
	}
	for i, p := range c.Payers {
		payer, err := p.connect()
		if err != nil {
			return d, fmt.Errorf("payers[%d] %s: %w", i, p.Code, err)
		}
		if _, twice := d.Payers[payer.Code()]; twice {
			return d, fmt.Errorf("payers[%d]: code %s stands twice", i, p.Code)
		}
		d.Payers[payer.Code()] = payer
	}
	for i, r := range c.Regions {
		region, err := r.region(&d)
		if err == nil {
			err = c.stages(&r)
		}
		if err != nil {
			return d, fmt.Errorf("regions[%d] %s: %w", i, r.ID, err)
		}
		d.Regions[region.ID] = region
	}
	for i, f := range c.Facilities {
		if f.ID == "" || f.Name == "" || f.Region == "" {
			return d, fmt.Errorf("facilities[%d]: id, name and region must be given", i)
		}
		id := settlement.FacilityID(f.ID)
		if _, twice := d.Facilities[id]; twice {
			return d, fmt.Errorf("facilities[%d]: id %s stands twice", i, f.ID)
		}
		d.Facilities[id] = lifecycle.Facility{ID: id, Name: f.Name, Region: settlement.RegionID(f.Region), Level: f.Level, Designated: f.Designated}
	}
	return d, nil
}

// region checks one region against what is already in d.
func (r *regionConfig) region(d *lifecycle.Directory) (lifecycle.Region, error) {
	region := lifecycle.Region{
		ID: settlement.RegionID(r.ID), Name: r.Name, Policy: settlement.PolicyID(r.Policy),
		Payers: map[settlement.Scheme][]settlement.PayerCode{},
	}
	if _, twice := d.Regions[region.ID]; twice || len(r.ID) != 6 {
		return region, fmt.Errorf("id must be six digits and stand once")
	}
	if d.Policies[region.Policy] == nil {
		return region, fmt.Errorf("policy %q is not among the policies loaded", r.Policy)
	}
	switch r.CriticalIllness {
	case "given", "":
	case "compute":
		region.ComputeCriticalIllness = true
	default:
		return region, fmt.Errorf("critical_illness: %q is neither given nor compute", r.CriticalIllness)
	}
	for scheme, payers := range r.Payers {
		for _, payer := range payers {
			code := settlement.PayerCode(payer)
			if d.Payers[code] == nil {
				return region, fmt.Errorf("payers.%s: %q is not among the payers", scheme, payer)
			}
			region.Payers[settlement.Scheme(scheme)] = append(region.Payers[settlement.Scheme(scheme)], code)
		}
	}
	for _, area := range r.Area {
		region.Area = append(region.Area, settlement.RegionID(area))
	}
	return region, nil
}

// stages refuses an order of payers that could not be settled in: an insurer of
// critical illness is told what the scheme pays, so the scheme comes first; and
// critical illness is paid once, by one insurer or as the policy computes it.
func (c *config) stages(r *regionConfig) error {
	insurers := map[string]bool{}
	for _, p := range c.Payers {
		insurers[p.Code] = p.insures()
	}
	for scheme, payers := range r.Payers {
		for i, payer := range payers {
			switch {
			case !insurers[payer]:
			case i == 0:
				return fmt.Errorf("payers.%s: %s insures critical illness and needs the scheme's own payer before it", scheme, payer)
			case i < len(payers)-1:
				return fmt.Errorf("payers.%s: %s insures critical illness and must stand last", scheme, payer)
			case r.CriticalIllness == "compute":
				return fmt.Errorf("critical_illness: compute, while %s pays it; one of them must go", payer)
			}
		}
	}
	return nil
}

// guarded reports whether a file's mode keeps it from everybody but us: it is
// its owner's alone or, where root hands it to us who are not root, its group's
// besides, which is how an orchestrator mounts a secret.
func guarded(mode fs.FileMode, owner, us int) bool {
	others := fs.FileMode(0o077)
	if owner == 0 && us != 0 {
		others = 0o037
	}
	return mode.Perm()&others == 0
}

// ownerOf is who owns a file: us, where the system does not say.
func ownerOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return os.Getuid()
}

// keptSecret refuses a file that others than we may read.
func keptSecret(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if !guarded(info.Mode(), ownerOf(info), os.Getuid()) {
		return fmt.Errorf("%s can be read by others; set its mode to 0600", file)
	}
	return nil
}

// readSecret reads a secret from a file that nobody else may read.
func readSecret(file string) (settlement.Private, error) {
	if err := keptSecret(file); err != nil {
		return "", err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	return settlement.Private(strings.TrimSpace(string(text))), nil
}

// policyFiles are the files a list of files and folders stands for.
func policyFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		inside, err := filepath.Glob(filepath.Join(path, "*.yaml"))
		if err != nil {
			return nil, err
		}
		files = append(files, inside...)
	}
	return files, nil
}
