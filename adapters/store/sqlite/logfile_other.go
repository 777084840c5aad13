//go:build !linux

package sqlite

// fileSystem is SQLite's own.
const fileSystem = "unix"

func useFileSystem() error { return nil }
