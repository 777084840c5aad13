package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/api/identity"
)

// examineTrust looks at what the gateway shows and whom it believes.
func (d *doctor) examineTrust(ctx context.Context, c *config) {
	if c.TLS.CertificateFile != "" {
		d.examineCertificates(c)
	}
	if c.Identity == (identityConfig{}) {
		return
	}
	d.examineRevoked(c)
	const check = "token keys"
	ctx, cancel := context.WithTimeout(ctx, d.within)
	defer cancel()
	keys, err := c.Identity.keys(ctx)
	if err != nil {
		d.problem(check, alike(err.Error()), told("mend identity.jwks_file or identity.jwks_url, or what is there", "请改正 identity.jwks_file 或 identity.jwks_url，或其内容"))
		return
	}
	d.ok(check, told("%d of issuer %s", "签发方 %[2]s 的密钥 %[1]d 个", keys.Count(), c.Identity.Issuer))
	if c.Identity.Issuer == developmentIssuer {
		d.warn(check, told("the issuer is that of development", "签发方为开发用签发方"), told("name the identity provider's where real bills are settled", "生产环境请改用正式身份提供方"))
	}
}

func (d *doctor) examineCertificates(c *config) {
	const check = "certificate"
	d.examineSecret("key of the certificate", c.TLS.KeyFile)
	if _, err := identity.Load(identity.Files{Certificate: c.TLS.CertificateFile, Key: c.TLS.KeyFile, ClientCA: c.TLS.ClientCAFile, Guarded: keptSecret}); err != nil {
		d.problem(check, alike(err.Error()), told("mend the files below tls in the configuration", "请改正配置 tls 下所列文件"))
		return
	}
	chain := d.certificates(check, c.TLS.CertificateFile)
	for i := range len(chain) - 1 {
		if err := chain[i].CheckSignatureFrom(chain[i+1]); err != nil {
			d.problem(check, alike(fmt.Sprintf("%s: certificate %d is not signed by the next: %v", c.TLS.CertificateFile, i+1, err)),
				told("put the chain into order: the gateway's own first", "请按顺序排列证书链：网关证书在最前"))
		}
	}
	if c.TLS.ClientCAFile != "" {
		d.certificates("client CA", c.TLS.ClientCAFile)
	}
}

// examineRevoked looks at what is revoked.
func (d *doctor) examineRevoked(c *config) {
	const check = "revoked credentials"
	revoked, err := c.revocations()
	count, due := revoked.Count()
	switch {
	case err != nil:
		d.problem(check, alike(err.Error()), told("mend identity.revoked_file or tls.client_crl_file", "请改正 identity.revoked_file 或 tls.client_crl_file"))
	case !due.IsZero() && due.Before(d.now()):
		d.warn(check, told("the client CA's next list was due on %s", "客户端 CA 的吊销列表应于 %s 更新", due.Format(time.DateOnly)),
			told("fetch the newest list; until then the last one counts", "请取得最新吊销列表；在此之前沿用旧表"))
	case revoked != nil:
		d.ok(check, told("%d are named", "已列 %d 项", count))
	}
}

// certificates reads a file and tells how long each certificate stays good. One
// that was made for development is complained of.
func (d *doctor) certificates(check, file string) (found []*x509.Certificate) {
	text, err := os.ReadFile(file)
	if err != nil {
		d.problem(check, alike(err.Error()), told("let the gateway's user read it", "请让网关的运行用户可读"))
		return nil
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			d.problem(check, alike(file+": "+err.Error()), told("replace the file", "请更换该文件"))
			return nil
		}
		found = append(found, certificate)
		d.ends(check, file, certificate.NotAfter)
		names := append(slices.Clone(certificate.Subject.Organization), certificate.Subject.CommonName)
		if strings.Contains(strings.Join(names, " "), developmentName) {
			d.warn(check, told("%s was made by onestop certs, for development", "%s 由 onestop certs 生成，仅供开发", file),
				told("take certificates of the bureau's CA where real bills are settled", "生产环境请使用正式 CA 的证书"))
		}
	}
	return found
}

// ends tells how long a certificate stays good.
func (d *doctor) ends(check, file string, until time.Time) {
	says := told("%s is good until %s", "%s 有效期至 %s", file, until.Format(time.DateOnly))
	renew := told("renew it; the gateway takes it over within %s, or at SIGHUP", "请更换；网关在 %s 内或收到 SIGHUP 时自动启用", trustEvery)
	switch left := until.Sub(d.now()); {
	case left <= 0:
		d.problem(check, says, renew)
	case left < certificateWarning:
		d.warn(check, says, renew)
	default:
		d.ok(check, says)
	}
}
