//go:build !linux

package main

import "syscall"

// bound keeps a child out of our terminal's signals. Where the system cannot
// let it die with us, a soak that is killed leaves its children behind.
func bound(identity *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: identity}
}
