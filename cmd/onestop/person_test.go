package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
)

func importing(store string, files ...string) (string, error) {
	var out bytes.Buffer
	command := personCommand()
	command.SetOut(&out)
	command.SetErr(io.Discard)
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetArgs(append([]string{"import", "--store-sqlite", store}, files...))
	err := command.Execute()
	return out.String(), err
}

func TestPersonsAreImportedAndReplaced(t *testing.T) {
	folder := t.TempDir()
	store, file := filepath.Join(folder, "store.db"), filepath.Join(folder, "persons.yaml")
	writeFile(t, file, string(mustDemoFile("persons.yaml")), 0o600)
	for range 2 {
		out, err := importing(store, file)
		if err != nil || !strings.Contains(out, "13 persons") {
			t.Fatalf("%s %v", out, err)
		}
	}
	changed := strings.Replace(string(mustDemoFile("persons.yaml")), "陈测一", "陈改名", 1)
	writeFile(t, file, changed, 0o600)
	if _, err := importing(store, file); err != nil {
		t.Fatal(err)
	}
	opened, err := sqlite.Open(context.Background(), sqlite.Config{Path: store})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Shut()
	person, err := opened.PersonByCertificate(context.Background(), "360827194103120018")
	if err != nil || person.Name != "陈改名" {
		t.Errorf("%v %v", person.ID, err)
	}
}

func TestABadPersonKeepsTheWholeFileOut(t *testing.T) {
	folder := t.TempDir()
	store, file := filepath.Join(folder, "store.db"), filepath.Join(folder, "persons.yaml")
	bad := strings.Replace(string(mustDemoFile("persons.yaml")), "residence: urban", "residence: moon", 1)
	writeFile(t, file, bad, 0o600)
	_, err := importing(store, file)
	if exitedWith(err) != exitUnread || !strings.Contains(err.Error(), "persons[2].residence") {
		t.Fatalf("got %v", err)
	}
	opened, err := sqlite.Open(context.Background(), sqlite.Config{Path: store})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Shut()
	if _, err := opened.PersonByCertificate(context.Background(), "360827194103120018"); err == nil {
		t.Error("half a file was imported")
	}
}
