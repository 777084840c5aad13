package main

import (
	"context"
	"net/http"
	"time"
)

// certificateWarning is how long before its end a certificate is complained of.
const certificateWarning = 30 * 24 * time.Hour

// examinePayer asks a payer's address for its header, which no payer takes for
// a transaction; any answer at all means that it can be reached.
func (d *doctor) examinePayer(ctx context.Context, p *payerConfig) {
	ctx, cancel := context.WithTimeout(ctx, d.within)
	defer cancel()
	check := "payer " + p.Code
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, p.URL, nil)
	if err != nil {
		d.problem(check, alike(err.Error()), told("mend its url in the configuration", "请改正配置中的 url"))
		return
	}
	asked := d.now()
	response, err := d.client.Do(request)
	if err != nil {
		d.problem(check, alike(err.Error()), told("mend the way there: name, route, firewall, certificate; or ask the payer", "请检查域名、路由、防火墙与证书，或联系支付方"))
		return
	}
	defer response.Body.Close()
	took := d.now().Sub(asked)
	d.ok(check, told("%s answers in %s (HEAD, HTTP %d)", "%s 在 %s 内应答（HEAD，HTTP %d）", p.URL, took.Round(time.Millisecond), response.StatusCode))
	d.certificate(check, response)
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		return // it does not tell its time
	}
	// A date is cut to the second, so on average half a second is missing.
	d.clock("clock of payer "+p.Code, date.Add(time.Second/2).Sub(asked.Add(took/2)))
}

// certificate looks at how long the payer's certificate stays good.
func (d *doctor) certificate(check string, response *http.Response) {
	if response.TLS == nil || len(response.TLS.PeerCertificates) == 0 {
		return
	}
	until := response.TLS.PeerCertificates[0].NotAfter
	says := told("its certificate is good until %s", "其证书有效期至 %s", until.Format(time.DateOnly))
	if until.Sub(d.now()) < certificateWarning {
		d.warn(check, says, told("ask the payer for its next certificate", "请联系支付方更新证书"))
		return
	}
	d.ok(check, says)
}
