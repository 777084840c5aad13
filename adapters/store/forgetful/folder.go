package forgetful

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// folder is a folder: FUSE's own tree says what it reads as, this what of its
// names is certain.
type folder struct {
	fs.Inode
	attributes
	durable map[string]fs.InodeEmbedder
	pending []naming
}

// naming is a change of names in one folder that was not synced yet: each name
// leads to what stands beside it, or to nothing.
type naming map[string]fs.InodeEmbedder

// The calls that a folder takes.
var (
	_ fs.NodeCreater   = (*folder)(nil)
	_ fs.NodeMkdirer   = (*folder)(nil)
	_ fs.NodeLinker    = (*folder)(nil)
	_ fs.NodeUnlinker  = (*folder)(nil)
	_ fs.NodeRmdirer   = (*folder)(nil)
	_ fs.NodeRenamer   = (*folder)(nil)
	_ fs.NodeFsyncer   = (*folder)(nil)
	_ fs.NodeGetattrer = (*folder)(nil)
	_ fs.NodeSetattrer = (*folder)(nil)
)

func newFolder(d *Disk, mode os.FileMode) *folder {
	return &folder{attributes: attributes{disk: d, mode: mode}, durable: map[string]fs.InodeEmbedder{}}
}

func (n naming) applied(to map[string]fs.InodeEmbedder) {
	for name, leads := range n {
		if leads == nil {
			delete(to, name)
		} else {
			to[name] = leads
		}
	}
}

// surviving are the names that outlive a cut. A journal keeps the order of
// changes of names, so what survives of them is how they began.
func (f *folder) surviving(loss Loss, chance *rand.Rand) map[string]fs.InodeEmbedder {
	names := maps.Clone(f.durable)
	if loss != Everything {
		for _, n := range f.pending[:chance.IntN(len(f.pending)+1)] {
			n.applied(names)
		}
	}
	return names
}

// certain makes the last change of a name certain, and with it those before.
func (f *folder) certain(name string) {
	for i := len(f.pending) - 1; i >= 0; i-- {
		if _, concerns := f.pending[i][name]; concerns {
			for _, n := range f.pending[:i+1] {
				n.applied(f.durable)
			}
			f.pending = f.pending[i+1:]
			return
		}
	}
}

func sorted(names map[string]fs.InodeEmbedder) []string {
	return slices.Sorted(maps.Keys(names))
}

// Create implements fs.NodeCreater.
func (f *folder) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	made := &file{attributes: owned(ctx, f.disk, os.FileMode(mode).Perm())}
	inode := f.NewPersistentInode(ctx, made, fs.StableAttr{Mode: syscall.S_IFREG})
	power := f.disk.change(func() {
		f.pending = append(f.pending, naming{name: made})
		made.show(&out.Attr)
	})
	return inode, nil, 0, powered(power)
}

// Mkdir implements fs.NodeMkdirer.
func (f *folder) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	made := newFolder(f.disk, 0)
	made.attributes = owned(ctx, f.disk, os.ModeDir|os.FileMode(mode).Perm())
	inode := f.NewPersistentInode(ctx, made, fs.StableAttr{Mode: syscall.S_IFDIR})
	power := f.disk.change(func() {
		f.pending = append(f.pending, naming{name: made})
		made.show(&out.Attr)
	})
	return inode, powered(power)
}

// Link implements fs.NodeLinker: a further name of a file. After a cut each
// name that is left leads to a file of its own.
func (f *folder) Link(_ context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	linked, ours := target.(*file)
	if !ours {
		return nil, syscall.EPERM
	}
	power := f.disk.change(func() {
		f.pending = append(f.pending, naming{name: linked})
		linked.show(&out.Attr)
	})
	return &linked.Inode, powered(power)
}

// Unlink implements fs.NodeUnlinker.
func (f *folder) Unlink(_ context.Context, name string) syscall.Errno {
	return powered(f.disk.change(func() { f.pending = append(f.pending, naming{name: nil}) }))
}

// Rmdir implements fs.NodeRmdirer.
func (f *folder) Rmdir(ctx context.Context, name string) syscall.Errno {
	if child := f.GetChild(name); child != nil && len(child.Children()) > 0 {
		return syscall.ENOTEMPTY
	}
	return f.Unlink(ctx, name)
}

// Rename implements fs.NodeRenamer. Between two folders the new name is
// certain when its folder is synced, and the old one gone when its own is.
func (f *folder) Rename(_ context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	target, ours := to.(*folder)
	child := f.GetChild(name)
	if flags != 0 || !ours || child == nil {
		return syscall.EINVAL
	}
	return powered(f.disk.change(func() {
		if target == f {
			f.pending = append(f.pending, naming{name: nil, newName: child.Operations()})
			return
		}
		target.pending = append(target.pending, naming{newName: child.Operations()})
		f.pending = append(f.pending, naming{name: nil})
	}))
}

// Fsync implements fs.NodeFsyncer: the names are certain now.
func (f *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return powered(f.disk.change(func() {
		for _, n := range f.pending {
			n.applied(f.durable)
		}
		f.pending = nil
	}))
}

// Getattr implements fs.NodeGetattrer.
func (f *folder) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	return powered(f.disk.look(func() { f.show(&out.Attr) }))
}

func (f *folder) show(out *fuse.Attr) {
	f.attributes.show(out)
	out.Mode |= syscall.S_IFDIR
}

// Setattr implements fs.NodeSetattrer.
func (f *folder) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	return powered(f.disk.look(func() {
		f.set(in)
		f.show(&out.Attr)
	}))
}
