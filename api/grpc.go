package api

import (
	"context"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// NewGRPC makes the gRPC server, within limits that keep a hostile or broken
// client from starving the others.
//
// Options add to these, such as credentials of the transport.
func NewGRPC(config Config, options ...grpc.ServerOption) *grpc.Server {
	config = config.scoped()
	server := grpc.NewServer(append(options,
		grpc.InTapHandle(config.door()),
		grpc.UnaryInterceptor(config.chain()),
		grpc.MaxRecvMsgSize(bodyMax),
		grpc.MaxHeaderListSize(headerMax),
		grpc.MaxConcurrentStreams(128),
		grpc.NumStreamWorkers(streamWorkers),
		grpc.ConnectionTimeout(5*time.Second),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle:     5 * time.Minute,
			MaxConnectionAge:      30 * time.Minute, // gRPC itself spreads it by a tenth
			MaxConnectionAgeGrace: 30 * time.Second,
			Time:                  time.Minute,
			Timeout:               20 * time.Second,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 30 * time.Second}),
	)...)
	onestopv1.RegisterSettlementServiceServer(server, &service{settlements: config.Settlements, quotes: config.Quotes})
	onestopv1.RegisterAttentionServiceServer(server, &attentionService{matters: config.Matters})
	onestopv1.RegisterFundServiceServer(server, &fundService{funds: config.Funds, corrections: config.Corrections})
	onestopv1.RegisterEligibilityServiceServer(server, &eligibilityService{persons: config.Persons, standards: config.Standards, corrections: config.Corrections})
	onestopv1.RegisterApprovalServiceServer(server, &approvalService{approvals: config.Approvals, notices: config.Notices})
	onestopv1.RegisterCorrectionServiceServer(server, &correctionService{corrections: config.Corrections})
	onestopv1.RegisterPolicyServiceServer(server, &policyService{policies: config.Policies})
	onestopv1.RegisterClearingServiceServer(server, &clearingService{clearings: config.Clearings, places: config.Facilities})
	onestopv1.RegisterReconciliationServiceServer(server, &uploads{&reconciliationService{runs: config.Reconciliations, fixes: config.Fixes}, config.chain()})
	onestopv1.RegisterAdmissionServiceServer(server, &admissionService{admissions: config.Admissions})
	healthv1.RegisterHealthServer(server, &health{ready: config.ready})
	if config.Reflection {
		reflection.Register(server)
	}
	return server
}

// services are those of the contract.
func services() []grpc.ServiceDesc {
	return []grpc.ServiceDesc{
		onestopv1.SettlementService_ServiceDesc, onestopv1.AttentionService_ServiceDesc, onestopv1.FundService_ServiceDesc,
		onestopv1.EligibilityService_ServiceDesc, onestopv1.ApprovalService_ServiceDesc, onestopv1.ClearingService_ServiceDesc, onestopv1.ReconciliationService_ServiceDesc,
		onestopv1.PolicyService_ServiceDesc, onestopv1.CorrectionService_ServiceDesc, onestopv1.AdmissionService_ServiceDesc,
	}
}

// streamWorkers are the goroutines kept for calls: a call on a goroutine of its
// own spends a tenth of its time on growing the stack. More calls get their own.
const streamWorkers = 128

// health answers the standard health check by asking whether requests can be
// served now. It keeps no state, so watching is not offered.
type health struct {
	healthv1.UnimplementedHealthServer
	ready func(context.Context) error
}

// Check says whether the whole server, or one service of the contract, can
// serve.
func (h *health) Check(ctx context.Context, in *healthv1.HealthCheckRequest) (*healthv1.HealthCheckResponse, error) {
	named := func(one grpc.ServiceDesc) bool { return one.ServiceName == in.GetService() }
	if in.GetService() != "" && !slices.ContainsFunc(services(), named) {
		return nil, status.Error(codes.NotFound, "no such service")
	}
	if err := h.ready(ctx); err != nil {
		return &healthv1.HealthCheckResponse{Status: healthv1.HealthCheckResponse_NOT_SERVING}, nil
	}
	return &healthv1.HealthCheckResponse{Status: healthv1.HealthCheckResponse_SERVING}, nil
}
