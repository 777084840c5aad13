package siege

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
)

// What came of a conversation beside a status.
const (
	closed  = "closed"  // the gateway ended it without an answer
	silence = "silence" // it did neither, as long as anybody waits
)

// says sends text as it is and gives the status of the first answer.
func (a *Attacker) says(ctx context.Context, text string) (string, error) {
	conn, err := a.Dial(ctx, a.REST)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	// What is refused early is not read to its end: that is no failure.
	_, _ = io.WriteString(conn, text)
	return heard(bufio.NewReader(conn)), nil
}

// heard reads one answer and gives its status.
func heard(from *bufio.Reader) string {
	response, err := http.ReadResponse(from, nil)
	var timeout net.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return silence
	case err != nil:
		return closed
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return fmt.Sprint(response.StatusCode, " and a body cut short")
	}
	return fmt.Sprint(response.StatusCode)
}

// post is a request to settle with a body and further header lines.
func post(body string, headers ...string) string {
	lines := append([]string{
		"POST /v1/settlements HTTP/1.1", "Host: siege", "Content-Type: application/json", fmt.Sprint("Content-Length: ", len(body)),
	}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// get is a request for a path.
func get(path string, headers ...string) string {
	return strings.Join(append([]string{"GET " + path + " HTTP/1.1", "Host: siege"}, headers...), "\r\n") + "\r\n\r\n"
}

// speech is a case that sends text and wants a status.
func speech(name, text string, want ...string) Case {
	return Case{Name: "rest: " + name, Attack: func(ctx context.Context, a *Attacker) error {
		got, err := a.says(ctx, text)
		if err != nil {
			return err
		}
		return among(got, want...)
	}}
}

// speeches are what is wrong with a request's lines and lengths.
func speeches() []Case {
	long := strings.Repeat("x", 1<<20)
	chunked := "POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nTransfer-Encoding: "
	return []Case{
		speech("a body of a terabyte is announced", "POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nContent-Length: 1099511627776\r\n\r\n"+long, "413"),
		speech("a body without an end, in chunks", chunked+"chunked\r\n\r\n"+strings.Repeat("10000\r\n"+long[:1<<16]+"\r\n", 16), "413"),
		speech("a chunk of a size no number holds", chunked+"chunked\r\n\r\nfffffffffffffffff\r\n", "400"),
		speech("a chunk with a megabyte of extension", chunked+"chunked\r\n\r\n1;"+long+"\r\n", "400"),
		speech("chunks of another encoding", chunked+"gzip, chunked\r\n\r\n0\r\n\r\n", "501", "400"),
		speech("chunked twice", chunked+"chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400", "501"),
		speech("two lengths", post("{}", "Content-Length: 3"), "400"),
		speech("a negative length", "POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nContent-Length: -1\r\n\r\n", "400"),
		speech("a length that is no number", "POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nContent-Length: 0x10\r\n\r\n", "400"),
		speech("a packed body", post("\x1f\x8b\x08", "Content-Encoding: gzip"), "415"),
		speech("a form", "POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b", "415"),
		speech("a header of a megabyte", get("/v1/settlements", "X-Long: "+long), "431"),
		speech("ten thousand headers", get("/v1/settlements", strings.Split(strings.Repeat("X-Many: 1\n", 10_000), "\n")[:10_000]...), "431"),
		speech("a path of a megabyte", get("/v1/"+long), "431", "414"),
		speech("a blank in a header's name", get("/v1/settlements", "X Y: 1"), "400"),
		speech("a zero byte in a header", get("/v1/settlements", "X-Y: a\x00b"), "400"),
		speech("no host", "GET /v1/settlements HTTP/1.1\r\n\r\n", "400"),
		speech("two hosts", get("/v1/settlements", "Host: other"), "400"),
		speech("HTTP/0.9", "GET /v1/settlements\r\n\r\n", "400", closed),
		speech("HTTP/3.0", "GET /v1/settlements HTTP/3.0\r\nHost: siege\r\n\r\n", "505"),
		speech("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505", "400", closed),
		speech("a greeting of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"+long[:512], "400", closed),
		speech("noise", long, "400", "431", closed),
		speech("TRACE", "TRACE /v1/settlements HTTP/1.1\r\nHost: siege\r\n\r\n", "405", "404", "501"),
		speech("CONNECT", "CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n", "405", "404"),
		speech("another method in a header", get("/v1/settlements/none", "X-HTTP-Method-Override: POST"), "404"),
		speech("out of the contract's folder", get("/v1/../../etc/passwd"), "404", "301", "307", "400"),
		speech("a slash in an id", get("/v1/settlements/a%2fb"), "404", "400"),
		speech("a zero byte in an id", get("/v1/settlements/a%00b"), "404", "400"),
		speech("bytes that are no UTF-8 in an id", get("/v1/settlements/%ff%fe"), "404", "400"),
		speech("a page size no number holds", get("/v1/settlements?page_size=99999999999999999999"), "400"),
		speech("an upgrade to a web socket", get("/v1/settlements/none", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version: 13"), "404"),
		speech("an upgrade to HTTP/2", get("/v1/settlements/none", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"), "404"),
		speech("too much is announced and not sent", "POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 1048576\r\n\r\n", "413", "100"),
	}
}
