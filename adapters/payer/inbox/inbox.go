// Package inbox is the folder in which lists of payers and agencies are left:
// a folder for each payer and one for assistance, in it a file for each day, called DAY.FORM or
// DAY.FORM.zip, such as 2026-07-01.csv or 2026-07-01.3202-upload.zip.
package inbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// restFor is how long a file must lie unchanged before it is read: one that is
// being copied grows.
const restFor = 30 * time.Second

// Folder is an inbox. It is safe for concurrent use and changes nothing in it.
type Folder struct {
	Path string // "": nothing ever comes
	Now  func() time.Time
}

var _ reconciliation.Inbox = Folder{}

// File is one list of a payer's day.
type File struct {
	Day  settlement.Date
	Form statement.Form
	Path string
}

// Assistance is the folder of civil affairs' lists.
const Assistance = "assistance"

// Files are the lists of a payer by day, and the names of what lies beside them
// and is none; a folder that is not there yet has nothing. Unavailable: it
// cannot be read.
func (f Folder) Files(payer settlement.PayerCode) (lists []File, strange []string, err error) {
	if f.Path == "" {
		return nil, nil, nil
	}
	folder := filepath.Join(f.Path, cmp.Or(string(payer), Assistance))
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, unavailable(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		day, form, named := parse(entry.Name())
		if !named || entry.IsDir() {
			strange = append(strange, entry.Name())
			continue
		}
		lists = append(lists, File{day, form, filepath.Join(folder, entry.Name())})
	}
	return lists, strange, nil
}

// parse reads a file's name.
func parse(name string) (settlement.Date, statement.Form, bool) {
	stem, rest, dotted := strings.Cut(name, ".")
	form := statement.Form(strings.TrimSuffix(rest, ".zip"))
	day, err := settlement.ParseDate(stem)
	return day, form, dotted && err == nil && slices.Contains(statement.Forms(), form)
}

// List implements reconciliation.Inbox. A day with two lists has one that
// cannot be read: nobody but the payer knows which is right.
func (f Folder) List(payer settlement.PayerCode, day settlement.Date) (reconciliation.ClosingList, reconciliation.Input, error) {
	files, _, err := f.Files(payer)
	if err != nil {
		return nil, reconciliation.Input{}, err
	}
	files = slices.DeleteFunc(files, func(one File) bool { return one.Day != day })
	if len(files) == 0 {
		return nil, reconciliation.Input{}, missing()
	}
	file, err := os.Open(files[0].Path)
	if err != nil {
		return nil, reconciliation.Input{}, unavailable(err)
	}
	list, input, err := f.open(file, files[0].Form, len(files))
	if err != nil {
		return nil, input, errors.Join(err, file.Close())
	}
	return list, input, nil
}

// open reads the list of a file, of which there are so many.
func (f Folder) open(file *os.File, form statement.Form, many int) (reconciliation.ClosingList, reconciliation.Input, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, reconciliation.Input{}, unavailable(err)
	}
	if age := f.Now().Sub(info.ModTime()); age >= 0 && age < restFor {
		return nil, reconciliation.Input{}, missing()
	}
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	if err != nil {
		return nil, reconciliation.Input{}, unavailable(err)
	}
	input := reconciliation.Input{Form: string(form), Digest: hex.EncodeToString(sum.Sum(nil)), Size: size}
	if many > 1 {
		return unreadable{file, settlement.Wrong("more than one list of this day lies in the inbox")}, input, nil
	}
	list, err := statement.Open(file, size, form, statement.Usual)
	if err != nil {
		return unreadable{file, err}, input, nil
	}
	return opened{list, file}, input, nil
}

// opened is a list with the file it is read from.
type opened struct {
	*statement.List
	file *os.File
}

// Close implements reconciliation.ClosingList.
func (o opened) Close() error { return errors.Join(o.List.Close(), o.file.Close()) }

// unreadable is a file that has come and is no list.
type unreadable struct {
	*os.File
	why error
}

// States implements reconciliation.List.
func (unreadable) States() reconcile.Fields { return reconcile.StatesFund }

// Partial implements reconciliation.List.
func (unreadable) Partial() bool { return false }

// Each implements reconciliation.List.
func (u unreadable) Each(func(reconcile.Line) error, func(*settlement.Problem) error) error {
	return u.why
}

func missing() error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonReconciliationNotFound}
}

func unavailable(err error) error {
	return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonInternal, Cause: err}
}
