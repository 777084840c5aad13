package identity

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// RevokedFiles are where credentials are named that are not believed any more,
// though nothing else is wrong with them. Either may be "".
type RevokedFiles struct {
	// List has one credential a line: certificate and its SHA-256, serial and its
	// number in hexadecimal, token and its jti, subject and tenant/sub, or tenant
	// and its id. # begins a remark.
	List string
	// CRL has revocation lists of the client CA, PEM or DER; ClientCA is whose
	// they have to be.
	CRL, ClientCA string
}

// Revocations are credentials that are not believed any more, as last read. A
// nil Revocations has none. It is safe for concurrent use.
type Revocations struct {
	files RevokedFiles
	now   atomic.Pointer[revoked]
}

// revoked is what the files said when they were read.
type revoked struct {
	text   []byte
	named  map[string]bool // kind and value, as in the list
	issued map[string]bool // issuer and serial, of lists of the CA
	due    time.Time       // when the next list of the CA should be there; zero: none is told
	count  int
}

const revokedMax = 16 << 20 // bytes of a file

// LoadRevoked reads the files.
func LoadRevoked(files RevokedFiles) (*Revocations, error) {
	r := &Revocations{files: files}
	if _, err := r.Reload(); err != nil {
		return nil, err
	}
	return r, nil
}

// Reload reads the files again and reports whether they changed. Where anything
// is wrong with them, what was read before stays in force.
func (r *Revocations) Reload() (changed bool, err error) {
	if r == nil {
		return false, nil
	}
	list, err := readBounded(r.files.List)
	if err != nil {
		return false, err
	}
	crl, err := readBounded(r.files.CRL)
	if err != nil {
		return false, err
	}
	text := bytes.Join([][]byte{list, crl}, []byte{0})
	if was := r.now.Load(); was != nil && bytes.Equal(was.text, text) {
		return false, nil
	}
	next := &revoked{text: text, named: map[string]bool{}, issued: map[string]bool{}}
	if err := next.readList(list); err != nil {
		return false, fmt.Errorf("%s: %w", r.files.List, err)
	}
	if err := next.readCRL(crl, r.files.ClientCA); err != nil {
		return false, fmt.Errorf("%s: %w", r.files.CRL, err)
	}
	next.count = len(next.named) + len(next.issued)
	r.now.Store(next)
	return true, nil
}

// Count is how many credentials are named, and when the next list of the CA
// should be there.
func (r *Revocations) Count() (count int, due time.Time) {
	if r == nil {
		return 0, due
	}
	now := r.now.Load()
	return now.count, now.due
}

// Certificate says why a certificate is not believed any more; nil: it is.
func (r *Revocations) Certificate(shown *x509.Certificate) error {
	if r == nil || shown == nil {
		return nil
	}
	now, print := r.now.Load(), sha256.Sum256(shown.Raw)
	if now.named["certificate "+hex.EncodeToString(print[:])] || shown.SerialNumber != nil &&
		(now.named["serial "+shown.SerialNumber.Text(16)] || now.issued[issuedKey(shown.RawIssuer, shown.SerialNumber)]) {
		return errors.New("the certificate is revoked")
	}
	return nil
}

// Caller says why a caller is not believed any more; nil: they are.
func (r *Revocations) Caller(c *Caller) error {
	if r == nil {
		return nil
	}
	now := r.now.Load()
	switch {
	case c.Token != "" && now.named["token "+c.Token]:
		return errors.New("the token is revoked")
	case now.named["subject "+c.Actor()]:
		return errors.New("the subject is revoked")
	case now.named["tenant "+string(c.Tenant)]:
		return errors.New("the tenant is revoked")
	}
	return nil
}

func issuedKey(issuer []byte, serial *big.Int) string {
	return string(issuer) + "\x00" + serial.Text(16)
}

// readBounded reads a file whole; "" is empty.
func readBounded(name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, revokedMax+1))
	if err == nil && len(text) > revokedMax {
		err = fmt.Errorf("%s: longer than %d bytes", name, revokedMax)
	}
	return text, err
}

// readList reads the list; a line nobody understands refuses it whole.
func (r *revoked) readList(text []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 {
			return fmt.Errorf("line %d: must be a kind and a value", n)
		}
		value, err := revokedValue(words[0], words[1])
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		r.named[words[0]+" "+value] = true
	}
	return lines.Err()
}

// revokedValue is a value in the one form it is looked up by.
func revokedValue(kind, value string) (string, error) {
	bare := strings.ToLower(strings.ReplaceAll(value, ":", ""))
	switch kind {
	case "certificate":
		if print, err := hex.DecodeString(bare); err != nil || len(print) != sha256.Size {
			return "", errors.New("certificate: must be a SHA-256 in hexadecimal")
		}
		return bare, nil
	case "serial":
		number, ok := new(big.Int).SetString(bare, 16)
		if !ok || number.Sign() <= 0 {
			return "", errors.New("serial: must be a number in hexadecimal")
		}
		return number.Text(16), nil
	case "token":
		return value, nil
	case "subject":
		tenant, subject, _ := strings.Cut(value, "/")
		if !codeForm.MatchString(tenant) || !subjectForm.MatchString(subject) {
			return "", errors.New("subject: must be tenant/sub")
		}
		return value, nil
	case "tenant":
		if !codeForm.MatchString(value) {
			return "", errors.New("tenant: must be an id")
		}
		return value, nil
	}
	return "", fmt.Errorf("%.20q is not certificate, serial, token, subject or tenant", kind)
}

// readCRL reads revocation lists, each signed by a certificate of the client CA.
func (r *revoked) readCRL(text []byte, clientCA string) error {
	if len(text) == 0 {
		return nil
	}
	issuers, err := certificatesIn(clientCA)
	if err != nil {
		return err
	}
	lists := [][]byte{text}
	if block, _ := pem.Decode(text); block != nil {
		lists = nil
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			lists = append(lists, block.Bytes)
		}
	}
	for _, der := range lists {
		if err := r.addCRL(der, issuers); err != nil {
			return err
		}
	}
	return nil
}

func (r *revoked) addCRL(der []byte, issuers []*x509.Certificate) error {
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return err
	}
	for _, extension := range list.Extensions {
		if extension.Critical { // it is of part of the certificates, or only what changed
			return fmt.Errorf("revocation list with the critical extension %s, which is not understood", extension.Id)
		}
	}
	signed := false
	for _, issuer := range issuers {
		signed = signed || bytes.Equal(issuer.RawSubject, list.RawIssuer) && list.CheckSignatureFrom(issuer) == nil
	}
	if !signed {
		return errors.New("revocation list that no certificate of the client CA signed")
	}
	for _, entry := range list.RevokedCertificateEntries {
		r.issued[issuedKey(list.RawIssuer, entry.SerialNumber)] = true
	}
	if !list.NextUpdate.IsZero() && (r.due.IsZero() || list.NextUpdate.Before(r.due)) {
		r.due = list.NextUpdate
	}
	return nil
}

// certificatesIn reads the certificates of a file.
func certificatesIn(file string) (found []*x509.Certificate, err error) {
	text, err := readBounded(file)
	for block, rest := pem.Decode(text); block != nil && err == nil; block, rest = pem.Decode(rest) {
		var one *x509.Certificate
		if one, err = x509.ParseCertificate(block.Bytes); err == nil {
			found = append(found, one)
		}
	}
	return found, err
}
