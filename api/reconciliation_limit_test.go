package api

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// trickle is a stream of pieces.
type trickle struct {
	grpc.ClientStreamingServer[onestopv1.UploadReconciliationRequest, onestopv1.Reconciliation]
	pieces []string
}

func (s *trickle) Recv() (*onestopv1.UploadReconciliationRequest, error) {
	if len(s.pieces) == 0 {
		return nil, io.EOF
	}
	next := s.pieces[0]
	s.pieces = s.pieces[1:]
	return &onestopv1.UploadReconciliationRequest{Piece: []byte(next)}, nil
}

// refusedAsTooLarge demands the refusal that names the limit and a way out.
func refusedAsTooLarge(t *testing.T, err error) {
	t.Helper()
	var e *settlement.Error
	if !errors.As(err, &e) || e.Reason != settlement.ReasonBodyTooLarge || !strings.Contains(e.Value, "2147483648 bytes") || !strings.Contains(e.Value, "zip") {
		t.Errorf("%v", err)
	}
}

// A file that goes beyond the limit while it comes is refused at that byte on
// both transports, and one that is as long as may be is not.
func TestUploadsAreBounded(t *testing.T) {
	whole := &pieces{stream: &trickle{pieces: []string{"123456", "7890"}}, read: uploadMax - 10}
	if text, err := io.ReadAll(whole); err != nil || string(text) != "1234567890" {
		t.Errorf("as long as may be: %q %v", text, err)
	}
	_, err := io.ReadAll(&pieces{stream: &trickle{pieces: []string{"123456", "78901"}}, read: uploadMax - 10})
	refusedAsTooLarge(t, err)
	body := func(text string) io.Reader {
		return bounded{http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(strings.NewReader(text)), 10)}
	}
	if text, err := io.ReadAll(body("1234567890")); err != nil || string(text) != "1234567890" {
		t.Errorf("as long as may be: %q %v", text, err)
	}
	_, err = io.ReadAll(body("12345678901"))
	refusedAsTooLarge(t, err)
}

// A file that says it is too long is refused before any of it is read.
func TestAnUploadTooLongIsRefusedUnread(t *testing.T) {
	w, a, _ := audited(t)
	unread, writer := io.Pipe()
	defer writer.Close()
	query := "form=LIST_FORM_CSV&operator=li&payer=A&from_date=2012-07-01&request_id=" + runRequest
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/v1/reconciliations:upload?"+query, unread)
	if err != nil {
		t.Fatal(err)
	}
	request.ContentLength = uploadMax + 1
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	for _, want := range []string{"BODY_TOO_LARGE", "2147483648 bytes", "fewer days", "报文过大"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%v: no %q in %s", err, want, text)
		}
	}
	time.Sleep(time.Second) // in which the server lets its answer be read before it closes
	if response.StatusCode != http.StatusRequestEntityTooLarge || len(a.asked) != 0 {
		t.Errorf("%d, asked %v", response.StatusCode, a.asked)
	}
}
