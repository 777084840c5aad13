package forgetful

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	gofuse "github.com/hanwen/go-fuse/v2/fs"
)

// Fill puts what an ordinary folder holds on the disk, with its owners and
// modes, as certain as if it had been synced long ago. Nobody may use the disk
// yet.
func (d *Disk) Fill(from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("filling a disk: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.root.attributes = like(d, info)
	return d.root.fill(from)
}

// like are the attributes of what an ordinary filesystem has.
func like(d *Disk, info fs.FileInfo) attributes {
	a := attributes{disk: d, mode: info.Mode()}
	if stat, known := info.Sys().(*syscall.Stat_t); known {
		a.uid, a.gid = stat.Uid, stat.Gid
	}
	return a
}

func (f *folder) fill(from string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("filling a disk: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return fmt.Errorf("filling a disk: %w", err)
		}
		if err := f.take(filepath.Join(from, entry.Name()), info); err != nil {
			return err
		}
	}
	return nil
}

// take adds one file, or a folder with what is below it.
func (f *folder) take(path string, info fs.FileInfo) error {
	if !info.IsDir() && !info.Mode().IsRegular() {
		return fmt.Errorf("filling a disk: %s is neither file nor folder", path)
	}
	var made gofuse.InodeEmbedder
	mode := uint32(syscall.S_IFREG)
	var below *folder
	if info.IsDir() {
		below, mode = newFolder(f.disk, 0), syscall.S_IFDIR
		below.attributes = like(f.disk, info)
		made = below
	} else {
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("filling a disk: %w", err)
		}
		made = &file{attributes: like(f.disk, info), content: text, durable: bytes.Clone(text)}
	}
	inode := f.NewPersistentInode(context.Background(), made, gofuse.StableAttr{Mode: mode})
	f.AddChild(info.Name(), inode, true)
	f.durable[info.Name()] = made
	if below != nil {
		return below.fill(path)
	}
	return nil
}
