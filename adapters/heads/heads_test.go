package heads

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement/chain"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func head(t *testing.T, key chain.Signer, height int64, instance string) chain.Head {
	t.Helper()
	made, err := chain.SignHead(&chain.Block{Height: height, Until: 10 * height, Seal: []byte{byte(height)}}, time.Unix(1_777_000_000+height, 0), instance, key)
	must(t, err)
	return made
}

// Heads go to every folder, one file for each gateway, and are read as written.
func TestHeadsAreAppendedEverywhere(t *testing.T) {
	key, err := NewKey(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	here, there := t.TempDir(), t.TempDir()
	want := []chain.Head{head(t, key, 1, "a"), head(t, key, 2, "a"), head(t, key, 2, "b")}
	for _, one := range want {
		must(t, Folders{here, there}.Append(one))
	}
	for _, folder := range []string{here, there} {
		got, torn, err := Read(folder)
		if diff := cmp.Diff(want, got); err != nil || torn != 0 || diff != "" {
			t.Errorf("%v, %d torn (-want +got):\n%s", err, torn, diff)
		}
	}
}

// One folder that cannot be written to does not keep the others from a head,
// and is told.
func TestAFolderThatFailsIsTold(t *testing.T) {
	key, err := NewKey(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	sound := t.TempDir()
	if err := (Folders{filepath.Join(sound, "absent"), sound}).Append(head(t, key, 1, "a")); err == nil {
		t.Error("nobody was told")
	}
	if got, _, err := Read(sound); err != nil || len(got) != 1 {
		t.Errorf("%d heads, %v", len(got), err)
	}
}

// A line that a crash cut short is counted, and the next head is whole.
func TestATornLineHurtsNoOther(t *testing.T) {
	key, err := NewKey(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	folder := t.TempDir()
	must(t, Folders{folder}.Append(head(t, key, 1, "a")))
	file := filepath.Join(folder, "a"+suffix)
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, append(text, text[:40]...), fileMode))
	must(t, Folders{folder}.Append(head(t, key, 2, "a")))
	got, torn, err := Read(folder)
	if err != nil || torn != 1 || len(got) != 2 || got[1].Height != 2 {
		t.Errorf("%d heads, %d torn, %v", len(got), torn, err)
	}
}

func TestAFolderThatIsNotThereIsAnError(t *testing.T) {
	if _, _, err := Read(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("no heads were read as if there were none")
	}
}

// The public key beside a private one judges what that one signed, and nothing
// else.
func TestKeys(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "key")
	made, err := NewKey(file)
	must(t, err)
	info, err := os.Stat(file)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	key, err := LoadKey(file)
	must(t, err)
	public, err := LoadPublic(file + ".pub")
	must(t, err)
	other, err := NewKey(filepath.Join(folder, "other"))
	must(t, err)
	text := []byte("a head")
	signature, err := key.Sign(text)
	must(t, err)
	if made.KeyID() != public.KeyID() || key.KeyID() != public.KeyID() || other.KeyID() == key.KeyID() {
		t.Errorf("keys %s, %s, %s, other %s", made.KeyID(), key.KeyID(), public.KeyID(), other.KeyID())
	}
	must(t, public.Verify(text, signature))
	for name, err := range map[string]error{
		"another text":      public.Verify([]byte("a hea"), signature),
		"another key":       other.Verify(text, signature),
		"a short signature": public.Verify(text, signature[:10]),
		"none":              public.Verify(text, nil),
	} {
		if err == nil {
			t.Errorf("%s was taken for a signature", name)
		}
	}
	if _, err := public.Sign(text); err == nil {
		t.Error("a public key signed")
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "key")
	if _, err := NewKey(file); err != nil {
		t.Fatal(err)
	}
	if _, err := NewKey(file); err == nil {
		t.Error("a key was written over")
	}
	if _, err := LoadKey(file + ".pub"); err == nil {
		t.Error("a public key was taken for one that signs")
	}
	for name, text := range map[string]string{
		"nothing": "", "text": "secret", "a certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"a broken public key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
	} {
		other := filepath.Join(folder, "other")
		must(t, os.WriteFile(other, []byte(text), 0o600))
		if _, err := LoadPublic(other); err == nil {
			t.Errorf("%s was taken for a key", name)
		}
	}
}
