package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// install is an installation of PostgreSQL and the user who may run it.
type install struct {
	folder string
	owner  *syscall.Credential // nil: whoever runs the test
}

var errMissing = errors.New("no PostgreSQL server is installed (initdb was not found by pg_config, " +
	"in the usual folders or on the path); install it: apt-get install postgresql")

var errNoUser = errors.New("PostgreSQL refuses to run as root and there is no user postgres; " +
	"install it: apt-get install postgresql, or test as another user")

// installed finds the newest installation.
func installed() (*install, error) {
	found := &install{}
	for _, folder := range folders() {
		_, err := os.Stat(filepath.Join(folder, "initdb"))
		if err == nil {
			found.folder = folder
			break
		}
	}
	if found.folder == "" {
		return nil, errMissing
	}
	if os.Geteuid() != 0 {
		return found, nil
	}
	postgres, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.Join(errNoUser, err)
	}
	uid, err := strconv.ParseUint(postgres.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(postgres.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	found.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return found, nil
}

// folders are where the binaries may be, best first. Distributions keep them
// off the path, and pg_config is not part of every server's package.
func folders() []string {
	var found []string
	output, err := exec.Command("pg_config", "--bindir").Output()
	if err == nil {
		found = append(found, strings.TrimSpace(string(output)))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"} {
		versions, err := filepath.Glob(pattern)
		if err == nil {
			slices.Sort(versions)
			slices.Reverse(versions)
			found = append(found, versions...)
		}
	}
	program, err := exec.LookPath("initdb")
	if err == nil {
		found = append(found, filepath.Dir(program))
	}
	return found
}

func (i *install) program(name string) string { return filepath.Join(i.folder, name) }

// command is a program of the installation, run by the user who may.
func (i *install) command(folder, name string, arguments ...string) *exec.Cmd {
	command := exec.Command(i.program(name), arguments...)
	command.Dir = folder
	command.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	command.SysProcAttr = &syscall.SysProcAttr{Credential: i.owner}
	return command
}

// own gives a folder to the user who runs the server.
func (i *install) own(folder string) error {
	err := os.Chmod(folder, 0o700)
	if err != nil || i.owner == nil {
		return err
	}
	return os.Chown(folder, int(i.owner.Uid), int(i.owner.Gid))
}
