package forgetful

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mounted is an empty disk, and the folder it is mounted on.
func mounted(t *testing.T) (*Disk, string) {
	t.Helper()
	at := t.TempDir()
	d, err := Mount(at)
	if err != nil {
		t.Skip("FUSE is not to be had here: ", err)
	}
	t.Cleanup(func() {
		if err := d.Unmount(); err != nil {
			t.Error(err)
		}
	})
	return d, at
}

// write puts text at a place of a file that is there already, or makes it.
func write(t *testing.T, name, text string, at int64) *os.File {
	t.Helper()
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	if _, err := file.WriteAt([]byte(text), at); err != nil {
		t.Fatal(err)
	}
	return file
}

// synced makes what is open, or a folder, certain.
func synced(t *testing.T, name string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		t.Fatal(err)
	}
}

// survivors cuts the power and gives what is left, by path.
func survivors(t *testing.T, d *Disk, loss Loss, seed uint64) map[string]string {
	t.Helper()
	d.Cut()
	into := t.TempDir()
	if err := d.Survive(into, loss, rand.New(rand.NewPCG(seed, 0))); err != nil {
		t.Fatal(err)
	}
	left := map[string]string{}
	err := filepath.WalkDir(into, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		relative, _ := filepath.Rel(into, name)
		left[relative] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func TestWhatIsSyncedSurvives(t *testing.T) {
	d, at := mounted(t)
	write(t, at+"/kept", "certain", 0)
	write(t, at+"/gone", "never synced", 0)
	synced(t, at+"/kept")
	synced(t, at)
	write(t, at+"/kept", "CERTAIN and more", 0)
	write(t, at+"/late", "its folder was not synced since", 0)
	synced(t, at+"/late")
	if text, err := os.ReadFile(at + "/kept"); err != nil || string(text) != "CERTAIN and more" {
		t.Errorf("with power it reads %q, %v", text, err)
	}
	want := map[string]string{"kept": "certain", "gone": ""}
	if diff := cmp.Diff(want, survivors(t, d, Everything, 1)); diff != "" {
		t.Errorf("survivors (-want +got):\n%s", diff)
	}
}

func TestNamesAreCertainWithTheirFolder(t *testing.T) {
	d, at := mounted(t)
	if err := os.Mkdir(at+"/below", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"old", "removed", "below/inside"} {
		write(t, filepath.Join(at, name), name, 0)
		synced(t, filepath.Join(at, name))
	}
	synced(t, at)
	synced(t, at+"/below")
	if err := errors.Join(os.Rename(at+"/old", at+"/new"), os.Remove(at+"/removed")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(at + "/old"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("with power the old name is %v", err)
	}
	want := map[string]string{"old": "old", "removed": "removed", "below/inside": "below/inside"}
	if diff := cmp.Diff(want, survivors(t, d, Everything, 1)); diff != "" {
		t.Errorf("survivors (-want +got):\n%s", diff)
	}
}

func TestRenamingLosesNeitherName(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(20) {
		d, at := mounted(t)
		write(t, at+"/old", "x", 0)
		synced(t, at+"/old")
		synced(t, at)
		if err := os.Rename(at+"/old", at+"/new"); err != nil {
			t.Fatal(err)
		}
		seen[fmt.Sprint(survivors(t, d, Tail, seed))] = true
	}
	if want := map[string]bool{"map[old:x]": true, "map[new:x]": true}; !cmp.Equal(want, seen) {
		t.Errorf("saw %v, want %v", seen, want)
	}
}

// What was not synced is cut at a sector, or scattered over sectors; over many
// cuts every kind of damage is seen.
func TestUnsyncedSectors(t *testing.T) {
	const sectors = 4
	for name, c := range map[string]struct {
		loss Loss
		want int // different outcomes that are possible
	}{
		"everything": {Everything, 1},
		"tail":       {Tail, sectors + 1},
		"scattered":  {Scattered, 1 << sectors},
	} {
		t.Run(name, func(t *testing.T) {
			d, at := mounted(t)
			write(t, at+"/file", string(bytes.Repeat([]byte("-"), sectors*sector)), 0)
			synced(t, at+"/file")
			synced(t, at)
			write(t, at+"/file", string(bytes.Repeat([]byte("+"), sectors*sector)), 0)
			seen := map[string]bool{}
			for seed := range uint64(200) {
				text := survivors(t, d, c.loss, seed)["file"]
				for i := 0; i < len(text); i += sector {
					if whole := text[i : i+sector]; whole != string(bytes.Repeat([]byte{text[i]}, sector)) {
						t.Fatalf("sector %d was torn", i/sector)
					}
				}
				seen[text] = true
			}
			if len(seen) != c.want {
				t.Errorf("%d outcomes, want %d", len(seen), c.want)
			}
		})
	}
}

func TestSizesAreChangesToo(t *testing.T) {
	d, at := mounted(t)
	file := write(t, at+"/file", "0123456789", 0)
	synced(t, at)
	for _, step := range []struct {
		size int64
		want string
	}{{4, "0123"}, {6, "0123\x00\x00"}} {
		if err := file.Truncate(step.size); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(at + "/file"); err != nil || string(text) != step.want {
			t.Errorf("cut to %d it reads %q, %v", step.size, text, err)
		}
	}
	synced(t, at+"/file")
	if err := file.Truncate(0); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Fallocate(int(file.Fd()), 0, 0, 3); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(at + "/file"); err != nil || string(text) != "\x00\x00\x00" {
		t.Errorf("lengthened it reads %q, %v", text, err)
	}
	if left := survivors(t, d, Everything, 1)["file"]; left != "0123\x00\x00" {
		t.Errorf("the last size that was synced had %q", left)
	}
}

// The power fails before the change it was set for, and then nothing works.
func TestCutAt(t *testing.T) {
	d, at := mounted(t)
	file := write(t, at+"/file", "0", 0)
	synced(t, at+"/file")
	synced(t, at)
	d.CutAt(3)
	write(t, at+"/file", "1", 1)
	synced(t, at+"/file")
	if err := file.Sync(); !errors.Is(err, syscall.EIO) {
		t.Errorf("the third change: %v", err)
	}
	select {
	case <-d.Dead():
	default:
		t.Error("there is power after the third change")
	}
	if _, err := file.ReadAt(make([]byte, 1), 0); !errors.Is(err, syscall.EIO) {
		t.Errorf("reading without power: %v", err)
	}
	if left := survivors(t, d, Everything, 1)["file"]; left != "01" {
		t.Errorf("the disk has %q", left)
	}
}

func TestNothingSurvivesBeforeTheCut(t *testing.T) {
	d, _ := mounted(t)
	if err := d.Survive(t.TempDir(), Everything, nil); !errors.Is(err, errPower) {
		t.Errorf("%v", err)
	}
}

// What a disk was filled with is there with its owner and mode, and survives.
func TestFilledIsCertain(t *testing.T) {
	from := t.TempDir()
	if err := os.MkdirAll(from+"/below/deep", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, from+"/below/deep/file", "certain", 0)
	d, at := mounted(t)
	if err := d.Fill(from); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(at + "/below/deep/file")
	if err != nil || info.Mode() != 0o600 || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Getuid()) {
		t.Errorf("it is %v, %v", info, err)
	}
	write(t, at+"/below/deep/file", "CERTAIN", 0)
	write(t, at+"/below/new", "never synced", 0)
	if text, err := os.ReadFile(at + "/below/deep/file"); err != nil || string(text) != "CERTAIN" {
		t.Errorf("with power it reads %q, %v", text, err)
	}
	if diff := cmp.Diff(map[string]string{"below/deep/file": "certain"}, survivors(t, d, Everything, 1)); diff != "" {
		t.Errorf("survivors (-want +got):\n%s", diff)
	}
}

func TestFillingNeedsAFolder(t *testing.T) {
	d, _ := mounted(t)
	if err := d.Fill(t.TempDir() + "/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestALinkIsAnotherName(t *testing.T) {
	d, at := mounted(t)
	write(t, at+"/old", "x", 0)
	synced(t, at+"/old")
	if err := os.Link(at+"/old", at+"/new"); err != nil {
		t.Fatal(err)
	}
	write(t, at+"/new", "y", 0)
	if text, err := os.ReadFile(at + "/old"); err != nil || string(text) != "y" {
		t.Errorf("through the old name it reads %q, %v", text, err)
	}
	synced(t, at+"/old")
	if err := os.Remove(at + "/old"); err != nil {
		t.Fatal(err)
	}
	synced(t, at)
	if diff := cmp.Diff(map[string]string{"new": "y"}, survivors(t, d, Everything, 1)); diff != "" {
		t.Errorf("survivors (-want +got):\n%s", diff)
	}
}

func TestNamesFollowWhereTheyAreToldTo(t *testing.T) {
	for follow, want := range map[bool]map[string]string{false: {}, true: {"below/earlier": "", "below/file": "certain"}} {
		d, at := mounted(t)
		if follow {
			d.NamesFollow()
		}
		if err := os.Mkdir(at+"/below", 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, at+"/below/earlier", "not synced", 0)
		write(t, at+"/below/file", "certain", 0)
		write(t, at+"/below/later", "not synced", 0)
		synced(t, at+"/below/file")
		if diff := cmp.Diff(want, survivors(t, d, Everything, 1)); diff != "" {
			t.Errorf("following %t: survivors (-want +got):\n%s", follow, diff)
		}
	}
}
