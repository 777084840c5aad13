package main

import "syscall"

// bound keeps a child out of our terminal's signals and lets it die with us,
// even when nothing of ours can run any more.
func bound(identity *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: identity}
}
