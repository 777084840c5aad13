package sim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// nhsa is the door of the national platform: JSON in one envelope.
type nhsa struct{ s *Simulator }

// services are the addresses of layout B.
var services = map[string]string{
	"fsiPsnInfoService/queryPsnInfo":          "1101",
	"hospSettService/preSett":                 "2303",
	"hospSettService/settV2":                  "2304",
	"hospSettService/settCl":                  "2305",
	"reverseService/revsMethod":               "2601",
	"fsiIntegratedQueryService/querySetlInfo": "5203",
	"ybSettlementStmtService/stmtTotal":       "3201",
	"ybSettlementStmtService/stmtDetail":      "3202",
	"fileupload/upload":                       "9101",
	"fileupload/download":                     "9102",
}

func (nhsa) routes() []string {
	return []string{
		"POST /mbs/fmi/fsi/api/callFsiService/callService", "POST /mss/web/api/fsi/callService", "POST /fsi/api/{service}/{operation}",
	}
}

func (nhsa) contentType() string { return "application/json;charset=UTF-8" }

func (d nhsa) read(r *http.Request, body []byte) (q question, early *answer, status int) {
	if !d.s.signed(r.Header, time.Now()) {
		return question{}, nil, http.StatusUnauthorized
	}
	if party := d.s.stage.current().Signing; party != nil {
		plain, err := party.Read(body)
		if err != nil {
			wrong := refusal("[P401] 验签不通过")
			return question{}, &wrong, http.StatusOK
		}
		body = plain
	}
	q, err := readQuestion(body)
	misplaced := r.PathValue("service") != "" && services[r.PathValue("service")+"/"+r.PathValue("operation")] != q.Number
	if err != nil || misplaced {
		wrong := refusal("[P400] 报文格式错误")
		early = &wrong
	}
	return q, early, http.StatusOK
}

// skewMax is how far a caller's clock may be off.
const skewMax = 5 * time.Minute

// signed reports whether a request carries the signature of a known caller,
// where the script asks for one.
func (s *Simulator) signed(header http.Header, now time.Time) bool {
	credentials := s.stage.current().Credentials
	if len(credentials) == 0 {
		return true
	}
	token, known := credentials[header.Get("x-tif-paasid")]
	timestamp, nonce := header.Get("x-tif-timestamp"), header.Get("x-tif-nonce")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if !known || err != nil || nonce == "" || now.Sub(time.Unix(seconds, 0)).Abs() > skewMax {
		return false
	}
	sum := sha256.Sum256([]byte(timestamp + token + nonce + timestamp))
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(header.Get("x-tif-signature"))) == 1
}

// stamp is the platform's 17-digit time, with a point to be left out.
const stamp = "20060102150405.000"

func (d nhsa) write(q question, a answer) ([]byte, error) {
	if a.content == streamed { // a stream of bytes, not an envelope
		return a.list, nil
	}
	now := time.Now()
	instant := now.Format(stamp)
	instant = instant[:14] + instant[15:]
	asText := d.s.stage.current().AsText
	pen := penman{asText: asText, out: make([]byte, 0, 2048)}
	pen.open('{')
	if asText {
		pen.text("infcode", strconv.Itoa(a.status))
	} else {
		pen.number("infcode", int64(a.status))
	}
	pen.text("inf_refmsgid", fmt.Sprintf("%.6s%s%010d", q.Area, instant[:14], now.Nanosecond()))
	pen.text("refmsg_time", instant)
	pen.text("respond_time", instant)
	pen.text("err_msg", a.words)
	pen.null("signtype")
	inner := penman{asText: asText}
	switch {
	case !inner.output(a):
		pen.null("output")
	case asText:
		pen.text("output", string(inner.out))
	default:
		pen.name("output")
		pen.out = append(pen.out, inner.out...)
	}
	pen.shut('}')
	return d.sign(pen.out, q, a)
}

// sign signs an answer where the script asks for it, well or badly.
func (d nhsa) sign(body []byte, q question, a answer) ([]byte, error) {
	party := d.s.stage.current().Signing
	switch {
	case party == nil || a.signing == NoSignature:
		return body, nil
	case a.signing == BadSignature:
		return party.Forge(body, q.Message)
	}
	return party.Write(body, q.Message)
}

// output writes the content of an answer, and reports whether it has one.
func (p *penman) output(a answer) bool {
	switch a.content {
	case identified:
		p.identity(a.insured)
	case settled:
		p.settled(&a.records[0].entry, (*penman).setlinfo)
	case cancelled:
		p.negated = true
		p.settled(&a.records[0].entry, (*penman).cancelled)
	case found:
		p.open('{')
		p.found(a.records)
		p.shut('}')
	case totalled:
		p.totalled(a)
	case filed:
		p.filed(a.file)
	default:
		return false
	}
	return true
}

// settled writes a settlement as write says, and its rows by fund.
func (p *penman) settled(e *entry, write func(*penman, *entry)) {
	p.open('{')
	p.name("setlinfo")
	p.open('{')
	write(p, e)
	p.shut('}')
	p.details(e)
	p.shut('}')
}

// found is nothing, one record or a list of them.
func (p *penman) found(records []record) {
	switch len(records) {
	case 0:
		p.null("setlinfo")
	case 1:
		p.name("setlinfo")
		p.standing(&records[0])
	default:
		p.name("setlinfo")
		p.open('[')
		for i := range records {
			p.next()
			p.standing(&records[i])
		}
		p.shut(']')
	}
}

// standing writes a record and whether it was reversed.
func (p *penman) standing(r *record) {
	p.open('{')
	p.setlinfo(&r.entry)
	reversed := "0"
	if r.reversed {
		reversed = "1"
	}
	p.text("refd_setl_flag", reversed)
	p.shut('}')
}
