package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/api/identity"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// The bounds of an upload on either transport.
const (
	uploadMax    = 2 << 30 // bytes
	uploadWithin = 15 * time.Minute
)

// uploads is the reconciliation service of gRPC. A stream passes the chain as
// one call, whose request is what its first message says.
type uploads struct {
	*reconciliationService
	chain grpc.UnaryServerInterceptor
}

// UploadReconciliation compares a file that comes in pieces.
func (u *uploads) UploadReconciliation(stream grpc.ClientStreamingServer[onestopv1.UploadReconciliationRequest, onestopv1.Reconciliation]) error {
	head, err := stream.Recv()
	if err != nil {
		return err
	}
	out, err := u.upload(stream.Context(), u.chain, head.GetRun(), head.GetForm(), &pieces{stream: stream, left: head.GetPiece()})
	if err != nil {
		return err
	}
	return stream.SendAndClose(out)
}

// upload passes the chain and compares.
func (s *reconciliationService) upload(ctx context.Context, chain grpc.UnaryServerInterceptor, run *onestopv1.CreateReconciliationRequest, form onestopv1.ListForm, file io.Reader) (*onestopv1.Reconciliation, error) {
	if _, set := ctx.Deadline(); !set {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, uploadWithin)
		defer cancel()
	}
	if run == nil {
		run = &onestopv1.CreateReconciliationRequest{}
	}
	info := &grpc.UnaryServerInfo{Server: s, FullMethod: onestopv1.ReconciliationService_UploadReconciliation_FullMethodName}
	out, err := chain(ctx, run, info, func(ctx context.Context, req any) (any, error) {
		return s.compare(ctx, req.(*onestopv1.CreateReconciliationRequest), form, file)
	})
	if err != nil {
		return nil, err
	}
	return out.(*onestopv1.Reconciliation), nil
}

// pieces reads the messages of a stream as one file.
type pieces struct {
	stream grpc.ClientStreamingServer[onestopv1.UploadReconciliationRequest, onestopv1.Reconciliation]
	left   []byte
	read   int64
}

// Read implements io.Reader.
func (p *pieces) Read(b []byte) (int, error) {
	for len(p.left) == 0 {
		next, err := p.stream.Recv()
		if err != nil {
			return 0, err
		}
		p.left = next.GetPiece()
		if p.read += int64(len(p.left)); p.read > uploadMax {
			return 0, tooLarge()
		}
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}

// tooLarge refuses a file, and says what does instead.
func tooLarge() error {
	return &settlement.Error{
		Kind: settlement.KindTooManyRows, Reason: settlement.ReasonBodyTooLarge, Field: "file",
		Value: fmt.Sprintf("at most %d bytes: send it in a zip, or a list of fewer days", int64(uploadMax)),
	}
}

// uploadREST compares a file that is the body of a request; what is compared
// stands in the query.
func (c *Config) uploadREST(w http.ResponseWriter, r *http.Request) {
	v := &visit{transport: "rest", address: hostIn(r.RemoteAddr), requestID: requestIDOf(r.Header.Get(requestIDHeader)), method: r.Method}
	w.Header().Set(requestIDHeader, v.requestID)
	w.Header().Set("Cache-Control", "no-store")
	r = r.WithContext(withVisit(traced(r.Context(), r.Header.Get), v))
	if c.Identity != nil {
		caller, err := c.callerOfHTTP(r)
		if err != nil {
			refuse(w, r, faultOf(err))
			return
		}
		r = r.WithContext(identity.With(r.Context(), caller))
	}
	answer := &runtime.ServerTransportStream{}
	out, err := c.uploaded(grpc.NewContextWithServerTransportStream(r.Context(), answer), w, r)
	if err != nil {
		refuse(w, r, faultOf(err))
		return
	}
	body, err := jsonForm{}.Marshal(out)
	if err != nil { // never: it is a message
		refuse(w, r, faultOf(err))
		return
	}
	if len(answer.Header().Get(replayedHeader)) > 0 {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	w.Header().Set("Content-Type", jsonForm{}.ContentType(nil))
	_, _ = w.Write(body)
}

// uploaded reads the request and has it compared. A large file may take longer
// than the server gives other requests.
func (c *Config) uploaded(ctx context.Context, w http.ResponseWriter, r *http.Request) (*onestopv1.Reconciliation, error) {
	control, until := http.NewResponseController(w), time.Now().Add(uploadWithin)
	if err := errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until)); err != nil {
		return nil, err
	}
	run, form, err := uploadQuery(r.URL.Query())
	if err == nil && r.ContentLength > uploadMax {
		err = tooLarge()
	}
	if err != nil {
		return nil, err
	}
	s := &reconciliationService{runs: c.Reconciliations, fixes: c.Fixes}
	return s.upload(ctx, c.chain(), run, form, bounded{http.MaxBytesReader(w, r.Body, uploadMax)})
}

// bounded says of a body that is too large what the contract says.
type bounded struct{ io.Reader }

// Read implements io.Reader.
func (b bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	var most *http.MaxBytesError
	if errors.As(err, &most) {
		err = tooLarge()
	}
	return n, err
}

// uploadQuery reads what is compared. Invalid: something stands in the query
// that is no field, or is given twice.
func uploadQuery(query url.Values) (*onestopv1.CreateReconciliationRequest, onestopv1.ListForm, error) {
	form := onestopv1.ListForm(onestopv1.ListForm_value[query.Get("form")])
	query.Del("form")
	run := &onestopv1.CreateReconciliationRequest{}
	fields := run.ProtoReflect().Descriptor().Fields()
	for name, values := range query {
		if field := fields.ByTextName(name); field == nil || len(values) != 1 {
			return nil, form, &settlement.Error{
				Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "query", Value: "no parameter, or one given twice: " + name,
			}
		}
		if err := runtime.PopulateFieldFromPath(proto.Message(run), name, values[0]); err != nil {
			return nil, form, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: name, Cause: err}
		}
	}
	return run, form, nil
}
