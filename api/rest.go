package api

import (
	"context"
	"crypto/sha256"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// headerMax bounds the headers of a request, bytes.
const headerMax = 16 << 10

// NewREST makes the REST side: the contract under /v1/, served in process
// behind the same interceptors as gRPC, and beside it the contract's
// description, the catalogue of reasons and the probes.
func NewREST(config Config) http.Handler {
	config = config.scoped()
	mux := http.NewServeMux()
	mux.Handle("/v1/", http.MaxBytesHandler(config.admit(config.gateway()), bodyMax))
	mux.HandleFunc("POST /v1/reconciliations:upload", config.uploadREST)
	config.addPages(mux)
	return safely(config.straight(mux))
}

// NewHTTPServer makes a server for handler within limits that keep a slow or
// hostile client from holding on to it.
func NewHTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    headerMax,
	}
}

// gateway translates the contract's paths into calls.
func (c *Config) gateway() http.Handler {
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.HTTPBodyMarshaler{Marshaler: jsonForm{}}),
		runtime.WithIncomingHeaderMatcher(incoming),
		runtime.WithOutgoingHeaderMatcher(outgoing),
		runtime.WithErrorHandler(refuseCall),
		runtime.WithRoutingErrorHandler(refuseRoute),
		runtime.WithForwardResponseOption(notFinal),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithWriteContentLength(),
		runtime.WithMiddlewares(c.doorREST()),
	)
	settlements := inProcess[onestopv1.SettlementServiceServer]{&service{settlements: c.Settlements, quotes: c.Quotes}, c.chain()}
	matters := inProcess[onestopv1.AttentionServiceServer]{&attentionService{matters: c.Matters}, c.chain()}
	books := inProcess[onestopv1.FundServiceServer]{&fundService{funds: c.Funds, corrections: c.Corrections}, c.chain()}
	persons := inProcess[onestopv1.EligibilityServiceServer]{&eligibilityService{persons: c.Persons, standards: c.Standards, corrections: c.Corrections}, c.chain()}
	approvals := inProcess[onestopv1.ApprovalServiceServer]{&approvalService{approvals: c.Approvals, notices: c.Notices}, c.chain()}
	periods := inProcess[onestopv1.ClearingServiceServer]{&clearingService{clearings: c.Clearings, places: c.Facilities}, c.chain()}
	comparisons := inProcess[onestopv1.ReconciliationServiceServer]{&reconciliationService{runs: c.Reconciliations, fixes: c.Fixes}, c.chain()}
	policies := inProcess[onestopv1.PolicyServiceServer]{&policyService{policies: c.Policies}, c.chain()}
	corrections := inProcess[onestopv1.CorrectionServiceServer]{&correctionService{corrections: c.Corrections}, c.chain()}
	stays := inProcess[onestopv1.AdmissionServiceServer]{&admissionService{admissions: c.Admissions}, c.chain()}
	// Registering in process only fills the mux: it dials nothing and cannot fail.
	_ = onestopv1.RegisterSettlementServiceHandlerServer(context.Background(), mux, &settlementInProcess{inProcess: settlements})
	_ = onestopv1.RegisterAttentionServiceHandlerServer(context.Background(), mux, &attentionInProcess{inProcess: matters})
	_ = onestopv1.RegisterFundServiceHandlerServer(context.Background(), mux, &fundInProcess{inProcess: books})
	_ = onestopv1.RegisterEligibilityServiceHandlerServer(context.Background(), mux, &eligibilityInProcess{inProcess: persons})
	_ = onestopv1.RegisterApprovalServiceHandlerServer(context.Background(), mux, &approvalInProcess{inProcess: approvals})
	_ = onestopv1.RegisterCorrectionServiceHandlerServer(context.Background(), mux, &correctionInProcess{inProcess: corrections})
	_ = onestopv1.RegisterPolicyServiceHandlerServer(context.Background(), mux, &policyInProcess{inProcess: policies})
	_ = onestopv1.RegisterClearingServiceHandlerServer(context.Background(), mux, &clearingInProcess{inProcess: periods})
	_ = onestopv1.RegisterReconciliationServiceHandlerServer(context.Background(), mux, &reconciliationInProcess{inProcess: comparisons})
	_ = onestopv1.RegisterAdmissionServiceHandlerServer(context.Background(), mux, &admissionInProcess{inProcess: stays})
	return mux
}

// incoming lets two headers become metadata. Everything else stays outside,
// Grpc-Metadata-… above all, by which a caller could name any metadata.
func incoming(header string) (string, bool) {
	for _, known := range []string{keyHeader, signatureHeader} {
		if strings.EqualFold(header, known) {
			return known, true
		}
	}
	return "", false
}

// outgoing lets one piece of metadata become a header.
func outgoing(key string) (string, bool) {
	if key == replayedHeader {
		return "Idempotency-Replayed", true
	}
	return "", false
}

// notFinal answers 202 while a settlement or reversal is not decided.
func notFinal(ctx context.Context, w http.ResponseWriter, out proto.Message) error {
	done, ok := out.(*onestopv1.Settlement)
	method, _ := runtime.RPCMethod(ctx)
	if !ok || final(done.GetState()) || method == onestopv1.SettlementService_GetSettlement_FullMethodName {
		return nil
	}
	w.Header().Set("Retry-After", kinds[settlement.KindInFlight].retryAfter())
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// admit gives a request its visit, refuses bodies that are not JSON, and tells
// the story of those that never became a call.
func (c *Config) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{
			transport: "rest", address: hostIn(r.RemoteAddr), requestID: requestIDOf(r.Header.Get(requestIDHeader)),
			method: r.Method, query: r.URL.Query(), target: r.URL.RequestURI(),
		}
		if c.Verifier != nil {
			v.body = sha256.New()
		}
		w.Header().Set(requestIDHeader, v.requestID)
		w.Header().Set("Cache-Control", "no-store")
		r = r.WithContext(withVisit(traced(r.Context(), r.Header.Get), v))
		r.Body = &visitBody{ReadCloser: r.Body, visit: v}
		start := time.Now()
		c.enter(w, r, next)
		if !v.called {
			seen := sight{visit: v, method: "none", err: v.refusal, took: time.Since(start)}
			c.Metrics.count(r.Context(), &seen)
			c.story(r.Context(), &seen)
			c.refused(r.Context(), nil, &seen)
		}
	})
}

// enter lets in who is believed, with a body that can be read.
func (c *Config) enter(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if c.Identity != nil {
		caller, err := c.callerOfHTTP(r)
		if err != nil {
			refuse(w, r, faultOf(err))
			return
		}
		r = r.WithContext(identity.With(r.Context(), caller))
	}
	if !jsonBody(r) {
		refuse(w, r, newFault(rowMediaType, told{reason: words.ReasonMediaType}, nil))
		return
	}
	next.ServeHTTP(w, r)
}

// jsonBody reports whether a request has no body, or one this gateway reads.
func jsonBody(r *http.Request) bool {
	if r.ContentLength == 0 {
		return true
	}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	return err == nil && media == "application/json" &&
		(charset == "" || strings.EqualFold(charset, "utf-8")) &&
		r.Header.Get("Content-Encoding") == ""
}

// straight refuses paths with empty, . or .. segments, and /v1 by itself: what a
// mux would answer with a page that sends elsewhere.
func (c *Config) straight(next http.Handler) http.Handler {
	refused := c.admit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, newFault(rowNoRoute, told{reason: words.ReasonNoRoute}, nil))
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.URL.EscapedPath()
		clean := path.Clean("/" + given)
		if strings.HasSuffix(given, "/") && clean != "/" {
			clean += "/"
		}
		if given != clean || given == "/v1" {
			refused.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// safely sets the headers that keep a browser from doing more with an answer
// than showing it.
func safely(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}
