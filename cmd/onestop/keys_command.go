package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
)

// keysCommand keeps the keys that encrypt what the store has of persons.
func keysCommand() *cobra.Command {
	keys := &cobra.Command{
		Use:   "keys",
		Short: "Keep the keys that encrypt what the store has of persons",
		Long: `Data keys are in a file, the ring, each encrypted under a master key, which is
in a file of its own; neither belongs into the database or its backups. Both are
named below keys in the configuration. Without them nobody can read the store:
keep copies of both, apart from each other.

A running gateway takes over a changed ring at SIGHUP, or when it meets a value
whose key it does not have.`,
	}
	keys.AddCommand(keysNewCommand(), keysRotateCommand(), keysUseCommand(), keysEntrustCommand(), keysListCommand(), keysRewrapCommand(), keysRetireCommand())
	return keys
}

// ringFlags are how a command is told which ring.
type ringFlags struct {
	ring    string
	masters []string
}

func (f *ringFlags) add(command *cobra.Command) {
	command.Flags().StringVar(&f.ring, "ring", "", "file of the data keys")
	command.Flags().StringSliceVar(&f.masters, "master", nil, "file of the master key; more than one while it is replaced")
	_ = command.MarkFlagRequired("ring") // it is there
}

// change reads the ring, changes it, and puts it in its place whole. Nobody else
// changes it meanwhile: to retire a key counts a whole store, and would take away
// again the key that another command had added by then, with all it had sealed.
func (f *ringFlags) change(change func(*sealing.Book, [][]byte) error) (_ *sealing.Book, err error) {
	masters, err := readMasters(f.masters)
	if err != nil {
		return nil, err
	}
	folder, err := holdFolder(f.ring)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	book, err := readRing(f.ring)
	if err == nil {
		_, err = sealing.OpenRing(f.ring, masters...) // these are its master keys
	}
	if err == nil {
		err = change(book, masters)
	}
	if err != nil {
		return nil, err
	}
	return book, writeRing(f.ring, book)
}

var errRingHeld = errors.New("another command is changing it: wait until that ends")

// holdFolder keeps others from changing a ring until what it gives is closed. The
// lock is on the folder, since the file itself is replaced.
func holdFolder(file string) (*os.File, error) {
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errRingHeld
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file, err), folder.Close())
	}
	return folder, nil
}

func readRing(file string) (*sealing.Book, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	book, err := sealing.ReadBook(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return book, nil
}

// writeRing replaces the ring in one step, durably: keys that sealed a value
// must not be lost.
func writeRing(file string, book *sealing.Book) error {
	text, err := book.Text()
	if err != nil {
		return err
	}
	made, err := os.CreateTemp(filepath.Dir(file), ".ring-") // of mode 0600
	if err != nil {
		return err
	}
	_, err = made.Write(text)
	err = errors.Join(err, made.Sync(), made.Close())
	if err == nil {
		err = os.Rename(made.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(made.Name()))
	}
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

var errThere = errors.New("is there already; keys are never written over")

func keysNewCommand() *cobra.Command {
	var files ringFlags
	var algorithm string
	var later, keep bool
	command := &cobra.Command{
		Use:   "new --ring FILE --master FILE",
		Short: "Make a ring with a first data key, and a master key where there is none",
		Args:  unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			if _, err := os.Lstat(files.ring); !errors.Is(err, fs.ErrNotExist) {
				if keep && err == nil {
					fmt.Fprintf(command.OutOrStdout(), "%s is there; nothing was made\n", files.ring)
					return nil
				}
				return exitError{exitUnread, errors.Join(err, fmt.Errorf("%s %w", files.ring, errThere))}
			}
			if len(files.masters) != 1 {
				return exitError{exitUnread, errors.New("--master: name one file")}
			}
			if err := newMaster(files.masters[0]); err != nil {
				return err
			}
			masters, err := readMasters(files.masters)
			if err != nil {
				return exitError{exitUnread, err}
			}
			book, err := sealing.NewBook(sealing.Algorithm(algorithm), masters[0], time.Now())
			if err != nil {
				return exitError{exitUnread, err}
			}
			if !later {
				err = book.Use(book.Keys[0].ID, time.Now())
			}
			if err == nil {
				err = writeRing(files.ring, book)
			}
			if err != nil {
				return err
			}
			return listKeys(command.OutOrStdout(), book)
		},
	}
	files.add(command)
	command.Flags().StringVar(&algorithm, "algorithm", string(sealing.AES), string(sealing.AES)+" or "+string(sealing.SM4))
	command.Flags().BoolVar(&later, "later", false, "let the key not seal before onestop keys use says so")
	command.Flags().BoolVar(&keep, "keep", false, "make nothing where the ring is there, and call that well")
	return command
}

// newMaster makes a master key where there is none.
func newMaster(file string) error {
	made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var key [sealing.KeySize]byte
	_, err = rand.Read(key[:])
	if err == nil {
		_, err = fmt.Fprintln(made, hex.EncodeToString(key[:]))
	}
	return errors.Join(err, made.Sync(), made.Close())
}

func keysRotateCommand() *cobra.Command {
	var files ringFlags
	var algorithm string
	var later bool
	command := &cobra.Command{
		Use:   "rotate --ring FILE --master FILE",
		Short: "Add a data key and let it seal from now on",
		Long: `Older keys stay in the ring: they open what they sealed. Where each gateway has
a copy of the ring of its own, add the key with --later, bring the ring to all of
them, and only then let it seal with onestop keys use.`,
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			book, err := files.change(func(book *sealing.Book, masters [][]byte) error {
				id, err := book.Add(sealing.Algorithm(algorithm), masters[0], time.Now())
				if err == nil && !later {
					err = book.Use(id, time.Now())
				}
				return err
			})
			if err != nil {
				return exitError{exitUnread, err}
			}
			return listKeys(command.OutOrStdout(), book)
		},
	}
	files.add(command)
	command.Flags().StringVar(&algorithm, "algorithm", string(sealing.AES), string(sealing.AES)+" or "+string(sealing.SM4))
	command.Flags().BoolVar(&later, "later", false, "let the key not seal before onestop keys use says so")
	return command
}

func keysUseCommand() *cobra.Command {
	var files ringFlags
	command := &cobra.Command{
		Use:   "use --ring FILE --master FILE KEY",
		Short: "Let a data key of the ring seal from now on",
		Args:  unread(cobra.ExactArgs(1)),
		RunE: func(command *cobra.Command, args []string) error {
			book, err := files.change(func(book *sealing.Book, _ [][]byte) error { return book.Use(args[0], time.Now()) })
			if err != nil {
				return exitError{exitUnread, err}
			}
			return listKeys(command.OutOrStdout(), book)
		},
	}
	files.add(command)
	return command
}

func keysEntrustCommand() *cobra.Command {
	var files ringFlags
	var to string
	command := &cobra.Command{
		Use:   "entrust --ring FILE --master OLD --to NEW",
		Short: "Encrypt every key of the ring under another master key, which is made where there is none",
		Args:  unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := newMaster(to); err != nil {
				return err
			}
			masters, err := readMasters([]string{to})
			if err != nil {
				return exitError{exitUnread, err}
			}
			book, err := files.change(func(book *sealing.Book, old [][]byte) error { return book.Entrust(old, masters[0]) })
			if err != nil {
				return exitError{exitUnread, err}
			}
			return listKeys(command.OutOrStdout(), book)
		},
	}
	files.add(command)
	command.Flags().StringVar(&to, "to", "", "file of the master key to come")
	_ = command.MarkFlagRequired("to") // it is there
	return command
}

func keysListCommand() *cobra.Command {
	var ring string
	command := &cobra.Command{
		Use:   "list --ring FILE",
		Short: "Show the keys of a ring, and which of them seals",
		Args:  unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			book, err := readRing(ring)
			if err != nil {
				return exitError{exitUnread, err}
			}
			return listKeys(command.OutOrStdout(), book)
		},
	}
	command.Flags().StringVar(&ring, "ring", "", "file of the data keys")
	_ = command.MarkFlagRequired("ring") // it is there
	return command
}

// listKeys shows what of a ring is no secret.
func listKeys(out io.Writer, book *sealing.Book) error {
	line := func(e sealing.Entry, use string) error {
		_, err := fmt.Fprintf(out, "%s  %-11s  made %s  under master %s  %s\n", e.ID, e.Algorithm, e.Made.Format(time.DateOnly), e.Master, use)
		return err
	}
	for _, e := range book.Keys {
		use := "opens"
		if e.ID == book.Active {
			use = "seals"
		}
		if err := line(e, use); err != nil {
			return err
		}
	}
	return line(book.Index, "blind index")
}
