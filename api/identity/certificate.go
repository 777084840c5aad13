package identity

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// A client certificate names its tenant as a URI in its subject alternative
// names, and one that reads metrics the operator.
const (
	tenantURI = "urn:onestop:tenant:"
	// OperatorURI marks a certificate for the operator's listener.
	OperatorURI = "urn:onestop:operator"
)

// TenantURI is how a certificate names a tenant.
func TenantURI(tenant settlement.TenantID) string { return tenantURI + string(tenant) }

// TenantOf is the tenant of a certificate whose chain was verified: the one
// URI of that form. A certificate of none or of several is refused.
func TenantOf(certificate *x509.Certificate) (settlement.TenantID, error) {
	var found []string
	for _, uri := range certificate.URIs {
		if tenant, is := strings.CutPrefix(uri.String(), tenantURI); is {
			found = append(found, tenant)
		}
	}
	if len(found) != 1 || !codeForm.MatchString(found[0]) {
		return "", fmt.Errorf("the client certificate does not name one tenant as %s…", tenantURI)
	}
	return settlement.TenantID(found[0]), nil
}

// Operates reports whether a verified certificate is one of the operator's.
func Operates(certificate *x509.Certificate) bool {
	return slices.ContainsFunc(certificate.URIs, func(uri *url.URL) bool { return uri.String() == OperatorURI })
}

// inForce refuses a certificate that has ended since its connection began.
func inForce(certificate *x509.Certificate, now time.Time) error {
	if now.After(certificate.NotAfter) || now.Before(certificate.NotBefore) {
		return errors.New("the client certificate is not in force any more")
	}
	return nil
}
