package forgetful

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Disk is a mounted filesystem that forgets. It is safe for concurrent use.
type Disk struct {
	server *fuse.Server
	root   *folder

	mu      sync.Mutex
	changes int // writes, syncs and changes of names so far
	cutAt   int // the change at which the power fails; 0: none
	follow  bool
	dead    chan struct{}
	over    bool // dead is closed
}

// Mount mounts an empty disk on a folder. The error wraps what FUSE says where
// it is not to be had.
func Mount(at string) (*Disk, error) {
	d := &Disk{dead: make(chan struct{})}
	d.root = newFolder(d, os.ModeDir|0o755)
	root := os.Getuid() == 0
	server, err := fs.Mount(at, d.root, &fs.Options{MountOptions: fuse.MountOptions{
		FsName: "forgetful", Name: "forgetful", DirectMount: root, AllowOther: root,
	}})
	if err != nil {
		return nil, fmt.Errorf("mounting a disk: %w", err)
	}
	d.server = server
	return d, nil
}

// Unmount takes the disk away. Nobody may have a file of it open.
func (d *Disk) Unmount() error { return d.server.Unmount() }

// NamesFollow makes a file's name, and those of the folders it is in, certain
// whenever the file is synced, as the journals of ext4, XFS and Btrfs do.
// PostgreSQL relies on that for the files of new tables; POSIX does not promise
// it, and no disk does it unless told to.
func (d *Disk) NamesFollow() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.follow = true
}

// CutAt lets the power fail at the nth change from now, before it takes
// effect.
func (d *Disk) CutAt(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutAt = d.changes + n
}

// Cut lets the power fail now.
func (d *Disk) Cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail()
}

func (d *Disk) fail() {
	if !d.over {
		d.over = true
		close(d.dead)
	}
}

// Dead is closed once the power has failed. Every access fails from then on.
func (d *Disk) Dead() <-chan struct{} { return d.dead }

// Changes is how often something was written, synced or named so far.
func (d *Disk) Changes() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changes
}

// change does f under the lock, as one change, if there is power.
func (d *Disk) change(f func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes++
	if d.changes == d.cutAt {
		d.fail()
	}
	if !d.over {
		f()
	}
	return !d.over
}

// look does f under the lock if there is power.
func (d *Disk) look(f func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		f()
	}
	return !d.over
}

var errPower = errors.New("the disk has power")

// Survive writes what the disk holds when the power is back into an ordinary
// folder. What was not synced is lost in the given way, by chance.
func (d *Disk) Survive(into string, loss Loss, chance *rand.Rand) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		return errPower
	}
	return d.root.survive(into, loss, chance)
}

// survive writes a folder and what is below it. The order is that of the
// names, so that the same chance loses the same.
func (f *folder) survive(into string, loss Loss, chance *rand.Rand) error {
	names := f.surviving(loss, chance)
	for _, name := range sorted(names) {
		place := filepath.Join(into, name)
		switch one := names[name].(type) {
		case *folder:
			if err := os.Mkdir(place, 0o700); err != nil {
				return err
			}
			if err := one.survive(place, loss, chance); err != nil {
				return err
			}
		case *file:
			content := bytes.Clone(one.durable)
			for _, c := range loss.surviving(one.pending, chance) {
				content = c.applied(content)
			}
			if err := os.WriteFile(place, content, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}
