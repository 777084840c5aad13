package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/deploy"
	"github.com/onestop-gateway/onestop/settlement"
)

// golden is the file of worked cases that is the specification of the
// arithmetic. It stands beside the project where it is developed and is no
// part of it.
const golden = "../../../shared/golden/cases.yaml"

func needGolden(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(golden); err != nil {
		t.Skipf("the golden cases do not stand beside the project: %v", err)
	}
}

func TestGoldenCases(t *testing.T) {
	needGolden(t)
	out, complaints, code := policy("test", golden)
	if code != 0 || complaints != "" || out != "41 passed, 0 failed\n" {
		t.Errorf("exit %d\n%s%s", code, out, complaints)
	}
}

// Our own worked cases prove every assumption without the golden file.
func TestOwnWorkedCases(t *testing.T) {
	files, err := filepath.Glob("../../settlement/worked/testdata/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	out, complaints, code := policy(append([]string{"test"}, files...)...)
	if code != 0 || complaints != "" || out != "74 passed, 0 failed\n" {
		t.Errorf("exit %d\n%s%s", code, out, complaints)
	}
}

// The examples beside the deployed policies show the rules some regions have
// and most do not, with cases worked by hand.
func TestWorkedExamples(t *testing.T) {
	files, err := filepath.Glob("../../deploy/policies/worked/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	out, complaints, code := policy(append([]string{"test"}, files...)...)
	if code != 0 || complaints != "" || out != "84 passed, 0 failed\n" {
		t.Errorf("exit %d\n%s%s", code, out, complaints)
	}
}

// deployed are the policies that come with the gateway, by id.
func deployed(t *testing.T) map[settlement.PolicyID]*settlement.Policy {
	t.Helper()
	files, err := fs.Glob(deploy.Policies, "policies/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	policies := map[settlement.PolicyID]*settlement.Policy{}
	for _, file := range files {
		text, err := deploy.Policies.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		node, err := document.Read(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		policy, err := settlement.DecodePolicy("", node)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		policies[policy.ID] = policy
	}
	return policies
}

func TestDeployedPoliciesLoad(t *testing.T) {
	policies := deployed(t)
	for id, versions := range map[settlement.PolicyID]int{"suichuan_style": 2, "qingshen_style": 1, "national2021_style": 1} {
		if policies[id] == nil || len(policies[id].Versions) != versions {
			t.Errorf("%s has not its %d versions: %v", id, versions, policies[id])
		}
	}
}

// The policies that come with the gateway are those of the golden file, to
// the last figure and source, and one example of what that file does not ask.
func TestDeployedPoliciesAreTheGoldenOnes(t *testing.T) {
	needGolden(t)
	policies, err := readPolicies(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := map[settlement.PolicyID]*settlement.Policy{}
	for _, policy := range policies {
		want[policy.ID] = policy
	}
	got := deployed(t)
	if got["approval_style"] == nil {
		t.Error("the example of an approval is not there")
	}
	delete(got, "approval_style")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-golden +deployed):\n%s", diff)
	}
}
