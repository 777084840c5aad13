package forgetful

import (
	"bytes"
	"context"
	"os"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// attributes are what files and folders have alike.
type attributes struct {
	disk     *Disk
	mode     os.FileMode
	uid, gid uint32
}

// owned gives what a process makes to that process's user.
func owned(ctx context.Context, d *Disk, mode os.FileMode) attributes {
	a := attributes{disk: d, mode: mode}
	if caller, known := fuse.FromContext(ctx); known {
		a.uid, a.gid = caller.Uid, caller.Gid
	}
	return a
}

func (a *attributes) show(out *fuse.Attr) {
	out.Mode, out.Uid, out.Gid, out.Nlink = uint32(a.mode.Perm()), a.uid, a.gid, 1
}

func (a *attributes) set(in *fuse.SetAttrIn) {
	if mode, given := in.GetMode(); given {
		a.mode = a.mode.Type() | os.FileMode(mode).Perm()
	}
	if uid, given := in.GetUID(); given {
		a.uid = uid
	}
	if gid, given := in.GetGID(); given {
		a.gid = gid
	}
}

// powered is the outcome of an access.
func powered(power bool) syscall.Errno {
	if !power {
		return syscall.EIO
	}
	return fs.OK
}

// file is a file: what it reads as, and what of that is certain.
type file struct {
	fs.Inode
	attributes
	content []byte
	durable []byte
	pending []change
}

// The calls that a file takes.
var (
	_ fs.NodeOpener    = (*file)(nil)
	_ fs.NodeReader    = (*file)(nil)
	_ fs.NodeWriter    = (*file)(nil)
	_ fs.NodeAllocater = (*file)(nil)
	_ fs.NodeFsyncer   = (*file)(nil)
	_ fs.NodeGetattrer = (*file)(nil)
	_ fs.NodeSetattrer = (*file)(nil)
)

func (f *file) change(c change) {
	f.content = c.applied(f.content)
	f.pending = append(f.pending, c)
}

// Open implements fs.NodeOpener. A handle has nothing of its own.
func (f *file) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, 0, powered(f.disk.look(func() {}))
}

// Read implements fs.NodeReader.
func (f *file) Read(_ context.Context, _ fs.FileHandle, into []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	n := 0
	power := f.disk.look(func() {
		if at < int64(len(f.content)) {
			n = copy(into, f.content[at:])
		}
	})
	return fuse.ReadResultData(into[:n]), powered(power)
}

// Write implements fs.NodeWriter.
func (f *file) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	power := f.disk.change(func() { f.change(change{at: at, data: bytes.Clone(data)}) })
	return uint32(len(data)), powered(power)
}

// Allocate implements fs.NodeAllocater for the one use stores make of it: to
// lengthen a file.
func (f *file) Allocate(_ context.Context, _ fs.FileHandle, at, size uint64, mode uint32) syscall.Errno {
	if mode != 0 {
		return syscall.ENOTSUP
	}
	return powered(f.disk.change(func() {
		if end := int64(at + size); end > int64(len(f.content)) {
			f.change(change{size: end})
		}
	}))
}

// Fsync implements fs.NodeFsyncer: what was written is certain now.
func (f *file) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return powered(f.disk.change(func() {
		for _, c := range f.pending {
			f.durable = c.applied(f.durable)
		}
		f.pending = nil
		if f.disk.follow {
			f.named()
		}
	}))
}

// named makes the name of the file and of each folder above it certain.
func (f *file) named() {
	name, parent := f.Parent()
	for parent != nil {
		above, ours := parent.Operations().(*folder)
		if !ours {
			return
		}
		above.certain(name)
		name, parent = parent.Parent()
	}
}

// Getattr implements fs.NodeGetattrer.
func (f *file) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	return powered(f.disk.look(func() { f.show(&out.Attr) }))
}

func (f *file) show(out *fuse.Attr) {
	f.attributes.show(out)
	out.Mode |= syscall.S_IFREG
	out.Size = uint64(len(f.content))
	out.Blocks = (out.Size + sector - 1) / sector
}

// Setattr implements fs.NodeSetattrer: a new size is a change like any other.
func (f *file) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	show := func() {
		f.set(in)
		f.show(&out.Attr)
	}
	size, given := in.GetSize()
	if !given {
		return powered(f.disk.look(show))
	}
	return powered(f.disk.change(func() {
		f.change(change{size: int64(size)})
		show()
	}))
}
