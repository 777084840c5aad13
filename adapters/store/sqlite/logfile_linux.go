package sqlite

import (
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// fileSystem names the one through which SQLite reaches a store's files: its own,
// but for the log. By itself SQLite writes each page of a commit to the log in two
// pieces, and syncs it with times that no commit needs. Here what is appended to
// the log is held until SQLite syncs or reads it, and leaves in one piece; and
// the sync is fdatasync, which SQLite takes where it is built to.
//
// Nothing that was promised hangs on what is held: with synchronous=FULL, which
// every connection that connect makes has, SQLite syncs before it says that a
// commit is made and before it lets another connection see it.
const fileSystem = "onestop-log"

// pieceMax bounds what is held: SQLite's own file system writes no 128 kB at once.
const pieceMax = 1<<17 - 1

// tail is what is held of one log. It stands in SQLite's memory behind SQLite's
// own record of the file, and belongs to the connection that has the file.
type tail struct {
	held   uintptr // room for pieceMax bytes; 0 before the first write
	from   int64   // where in the log they belong
	count  int64   // how many are held
	synced bool    // by SQLite, whose first sync is of the folder, too
}

// The functions of SQLite's that are stood in for.
type (
	openFunc     = func(tls *libc.TLS, system, name, file uintptr, flags int32, granted uintptr) int32
	transferFunc = func(tls *libc.TLS, file, bytes uintptr, count int32, from int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	sizeFunc     = func(tls *libc.TLS, file, size uintptr) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, how int32) int32
	closeFunc    = func(tls *libc.TLS, file uintptr) int32
)

var (
	ownSystem sqlite3.Tsqlite3_vfs        // SQLite's; set before any file is opened
	ownFile   sqlite3.Tsqlite3_io_methods // SQLite's; set before any log is used
	logFile   uintptr                     // what stands in for ownFile
	logOnce   sync.Once
)

// useFileSystem tells SQLite of fileSystem, once.
var useFileSystem = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	own := sqlite3.Xsqlite3_vfs_find(tls, 0)
	name, err := libc.CString(fileSystem)
	if own == 0 || err != nil {
		return fmt.Errorf("no file system of SQLite's to build on: %w", err)
	}
	ownSystem = *at[sqlite3.Tsqlite3_vfs](own)
	system := ownSystem
	system.FzName, system.FpNext, system.FxOpen = name, 0, pointerTo(openFile)
	system.FszOsFile += int32(unsafe.Sizeof(tail{}))
	kept := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(system)))
	if kept == 0 {
		return fmt.Errorf("no memory for a file system")
	}
	*at[sqlite3.Tsqlite3_vfs](kept) = system
	if code := sqlite3.Xsqlite3_vfs_register(tls, kept, 0); code != sqlite3.SQLITE_OK {
		return fmt.Errorf("registering a file system: code %d", code)
	}
	return nil
})

// at is what SQLite keeps at an address of its own, which is none of Go's.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// pointerTo is a declared function as SQLite refers to it, and function what it
// refers to.
func pointerTo[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

func function[F any](pointer uintptr) F { return *(*F)(unsafe.Pointer(&pointer)) }

func tailOf(file uintptr) *tail { return at[tail](file + uintptr(ownSystem.FszOsFile)) }

// openFile is SQLite's function, with the parameters that SQLite has for it.
var openFile openFunc = func(tls *libc.TLS, system, name, file uintptr, flags int32, granted uintptr) int32 {
	code := function[openFunc](ownSystem.FxOpen)(tls, system, name, file, flags, granted)
	if code != sqlite3.SQLITE_OK || flags&sqlite3.SQLITE_OPEN_WAL == 0 {
		return code
	}
	opened := at[sqlite3.Tsqlite3_file](file)
	logOnce.Do(func() {
		ownFile = *at[sqlite3.Tsqlite3_io_methods](opened.FpMethods)
		logFile = libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(ownFile)))
		if logFile == 0 {
			return
		}
		stands := ownFile
		stands.FxRead, stands.FxWrite, stands.FxSync = pointerTo(readLog), pointerTo(writeLog), pointerTo(syncLog)
		stands.FxTruncate, stands.FxFileSize, stands.FxClose = pointerTo(truncateLog), pointerTo(sizeLog), pointerTo(closeLog)
		*at[sqlite3.Tsqlite3_io_methods](logFile) = stands
	})
	if logFile != 0 {
		*tailOf(file) = tail{}
		opened.FpMethods = logFile
	}
	return code
}

// let writes what is held of a log.
func let(tls *libc.TLS, file uintptr) int32 {
	t := tailOf(file)
	if t.count == 0 {
		return sqlite3.SQLITE_OK
	}
	count := t.count
	t.count = 0 // whatever comes of it: a commit that hears of a failure writes anew
	return function[transferFunc](ownFile.FxWrite)(tls, file, t.held, int32(count), t.from)
}

func writeLog(tls *libc.TLS, file, bytes uintptr, count int32, from int64) int32 {
	t := tailOf(file)
	if from != t.from+t.count || t.count+int64(count) > pieceMax {
		if code := let(tls, file); code != sqlite3.SQLITE_OK {
			return code
		}
	}
	if t.held == 0 {
		t.held = libc.Xmalloc(tls, pieceMax)
	}
	if t.held == 0 || count > pieceMax {
		return function[transferFunc](ownFile.FxWrite)(tls, file, bytes, count, from)
	}
	if t.count == 0 {
		t.from = from
	}
	libc.Xmemcpy(tls, t.held+uintptr(t.count), bytes, libc.Tsize_t(count))
	t.count += int64(count)
	return sqlite3.SQLITE_OK
}

func syncLog(tls *libc.TLS, file uintptr, how int32) int32 {
	if code := let(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	t := tailOf(file)
	if !t.synced {
		code := function[syncFunc](ownFile.FxSync)(tls, file, how)
		t.synced = code == sqlite3.SQLITE_OK
		return code
	}
	if libc.Xfdatasync(tls, at[sqlite3.TunixFile](file).Fh) != 0 {
		return sqlite3.SQLITE_IOERR_FSYNC
	}
	return sqlite3.SQLITE_OK
}

func readLog(tls *libc.TLS, file, bytes uintptr, count int32, from int64) int32 {
	if code := let(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[transferFunc](ownFile.FxRead)(tls, file, bytes, count, from)
}

func truncateLog(tls *libc.TLS, file uintptr, size int64) int32 {
	if code := let(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[truncateFunc](ownFile.FxTruncate)(tls, file, size)
}

func sizeLog(tls *libc.TLS, file, size uintptr) int32 {
	if code := let(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[sizeFunc](ownFile.FxFileSize)(tls, file, size)
}

func closeLog(tls *libc.TLS, file uintptr) int32 {
	code := let(tls, file)
	libc.Xfree(tls, tailOf(file).held)
	return max(code, function[closeFunc](ownFile.FxClose)(tls, file))
}
