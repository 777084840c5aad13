package sim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
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

// object is a node of an answer.
type object map[string]any

// stamp is the platform's 17-digit time.
const stamp = "20060102150405.000"

func (d nhsa) write(q question, a answer) ([]byte, error) {
	now := time.Now()
	pen := penman{d.s.stage.current().AsText, 1}
	output := pen.output(a)
	instant := now.Format(stamp)
	instant = instant[:14] + instant[15:]
	envelope := object{
		"infcode": a.status, "inf_refmsgid": fmt.Sprintf("%.6s%s%010d", q.Area, instant[:14], now.Nanosecond()),
		"refmsg_time": instant, "respond_time": instant, "err_msg": a.words, "signtype": nil, "output": output,
	}
	if output == nil {
		envelope["output"] = nil
	}
	if !pen.asText {
		return json.Marshal(envelope)
	}
	envelope["infcode"] = fmt.Sprint(a.status)
	inner, err := json.Marshal(output)
	if err != nil {
		return nil, err
	}
	envelope["output"] = string(inner)
	return json.Marshal(envelope)
}

// penman writes amounts: as numbers or as strings, and negated for a
// cancelling answer.
type penman struct {
	asText bool
	sign   settlement.Money
}

// output is the content of an answer, nil where it has none.
func (p penman) output(a answer) object {
	switch a.content {
	case identified:
		return p.identity(*a.insured)
	case settled:
		e := a.records[0].entry
		return object{"setlinfo": p.setlinfo(e), "setldetail": p.details(e)}
	case cancelled:
		e := a.records[0].entry
		p.sign = -1
		return object{"setlinfo": p.cancelled(e), "setldetail": p.details(e)}
	case found:
		return object{"setlinfo": p.found(a.records)}
	}
	return nil
}

// found is nothing, one record or a list of them.
func (p penman) found(records []record) any {
	list := make([]object, len(records))
	for i, r := range records {
		list[i] = p.setlinfo(r.entry)
		list[i]["refd_setl_flag"] = "0"
		if r.reversed {
			list[i]["refd_setl_flag"] = "1"
		}
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}

func (p penman) write(amount settlement.Money) any {
	text := (p.sign * amount).String()
	if p.asText {
		return text
	}
	return json.Number(text)
}
