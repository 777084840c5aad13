package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// printer writes for people, in columns; sentences stand on lines of their
// own, in both languages, for Chinese would break the columns.
type printer struct{ out io.Writer }

// columns aligns cells that are parted by tabs.
func (p printer) columns() *tabwriter.Writer {
	return tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
}

// say writes a sentence in both languages.
func (p printer) say(indent string, text *onestopv1.Text) {
	if text != nil {
		fmt.Fprintf(p.out, "%s%s\n%s%s\n", indent, text.GetZh(), indent, text.GetEn())
	}
}

// queueTable is the listing being written.
type queueTable struct {
	printer
	rows *tabwriter.Writer
	n    int
}

// queue begins the listing.
func (p printer) queue() *queueTable { return &queueTable{printer: p, rows: p.columns()} }

// add writes one row.
func (q *queueTable) add(a *onestopv1.Attention) {
	if q.n++; q.n == 1 {
		fmt.Fprintln(q.rows, "ID\tWAITS SINCE\tFACILITY\tDISCHARGE\tREASON\tDECISION\tPROPOSED")
	}
	proposed := "-"
	if proposal := a.GetProposal(); proposal != nil {
		proposed = resolutionOf(proposal.GetResolution(), proposal.Leg) + " by " + proposal.GetOperator()
	}
	fmt.Fprintf(q.rows, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", a.GetId(), moment(a.GetSinceTime()), a.GetFacilityId(), a.GetDischargeId(),
		a.GetReason(), decisionOf(a), proposed)
}

// close writes the end of the listing.
func (q *queueTable) close() error {
	if err := q.rows.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(q.out, "%d waiting\n", q.n)
	return err
}

// show writes one settlement whole, if the call for it did not fail.
func (p printer) show(a *onestopv1.Attention, err error) error {
	if err != nil {
		return err
	}
	rows := p.columns()
	for _, row := range [][2]string{
		{"id", a.GetId()}, {"etag", a.GetEtag()}, {"facility", a.GetFacilityId()}, {"discharge", a.GetDischargeId()},
		{"encounter", a.GetEncounterId()}, {"state", shortName(a.GetState().String(), "STATE_")}, {"decision", decisionOf(a)},
		{"opened", moment(a.GetCreateTime())}, {"waits since", moment(a.GetSinceTime())}, {"reason", a.GetReason()},
		{"payer says", a.GetPayerMessage()},
	} {
		if row[1] != "" {
			fmt.Fprintf(rows, "%s\t%s\n", row[0], row[1])
		}
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	p.say("  ", a.GetReasonText())
	p.say("  ", a.GetMessage())
	p.legs(a.GetLegs())
	p.proposal(a)
	p.actions(a.GetActions())
	return p.calls(a.GetCalls())
}

// legs writes each payer's part.
func (p printer) legs(legs []*onestopv1.AttentionLeg) {
	for _, leg := range legs {
		fmt.Fprintf(p.out, "\nleg %d: %s %s\n", leg.GetLeg(), leg.GetPayer(), shortName(leg.GetState().String(), "LEG_STATE_"))
		p.say("  ", leg.GetStateText())
		for _, row := range [][2]string{
			{"message", leg.GetMessageId()}, {"reversal", leg.GetReversalMessageId()}, {"payer's reference", leg.GetReference()},
		} {
			if row[1] != "" {
				fmt.Fprintf(p.out, "  %s %s\n", row[0], row[1])
			}
		}
		fmt.Fprintf(p.out, "  tried: %d settle, %d inquire, %d reverse\n", leg.GetSends(), leg.GetInquiries(), leg.GetReversals())
	}
}

// proposal writes what waits for a second person, and how that one goes on.
func (p printer) proposal(a *onestopv1.Attention) {
	proposal := a.GetProposal()
	if proposal == nil {
		return
	}
	fmt.Fprintf(p.out, "\nproposed: %s by %s at %s\n  document %s\n", resolutionOf(proposal.GetResolution(), proposal.Leg),
		proposal.GetOperator(), moment(proposal.GetProposeTime()), proposal.GetDocument())
	fmt.Fprintf(p.out, "  onestop attention approve %s --etag %s --operator SOMEBODY-ELSE\n", a.GetId(), a.GetEtag())
	fmt.Fprintf(p.out, "  onestop attention decline %s --operator WHO\n", a.GetId())
}

// actions writes everything that can be proposed.
func (p printer) actions(actions []*onestopv1.AttentionAction) {
	if len(actions) > 0 {
		fmt.Fprintln(p.out, "\ncan be proposed:")
	}
	for _, action := range actions {
		fmt.Fprintf(p.out, "  %s\n", resolutionOf(action.GetResolution(), action.Leg))
		p.say("    ", action.GetText())
	}
}

// calls writes the journal of calls.
func (p printer) calls(calls []*onestopv1.AttentionCall) error {
	if len(calls) == 0 {
		return nil
	}
	fmt.Fprintln(p.out)
	rows := p.columns()
	fmt.Fprintln(rows, "TIME\tLEG\tCALL\tPHASE\tRESULT\tMESSAGE")
	for _, call := range calls {
		result := "-"
		if call.GetResult() != onestopv1.Result_RESULT_UNSPECIFIED {
			result = shortName(call.GetResult().String(), "RESULT_")
		}
		fmt.Fprintf(rows, "%s\t%d\t%s\t%s\t%s\t%s\n", moment(call.GetTime()), call.GetLeg(),
			shortName(call.GetOperation().String(), "OPERATION_"), shortName(call.GetPhase().String(), "PHASE_"), result, call.GetMessageId())
	}
	return rows.Flush()
}

// resolutionOf is a resolution as the command line writes it, with its leg.
func resolutionOf(resolution onestopv1.Resolution, leg *int32) string {
	name := shortName(resolution.String(), resolutionPrefix)
	if leg == nil {
		return name
	}
	return fmt.Sprintf("%s --leg %d", name, *leg)
}

func decisionOf(a *onestopv1.Attention) string {
	if a.GetDecision() == onestopv1.Decision_DECISION_UNSPECIFIED {
		return "undecided"
	}
	return shortName(a.GetDecision().String(), "DECISION_")
}

// shortName is a value of the contract without the name of its kind.
func shortName(name, prefix string) string {
	return strings.ToLower(strings.TrimPrefix(name, prefix))
}

// moment is a time on the clock of this machine; nothing for none.
func moment(at *timestamppb.Timestamp) string {
	if at == nil {
		return ""
	}
	return at.AsTime().Local().Format(time.DateTime)
}

// refused is what the gateway said no with, as a person reads it: the code,
// the sentences in both languages and the fields concerned.
func refused(err error) error {
	if err == nil {
		return nil
	}
	says := status.Convert(err)
	var reason string
	var lines []string
	for _, detail := range says.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			reason = detail.GetReason()
		case *errdetails.LocalizedMessage:
			lines = append(lines, detail.GetMessage())
		case *errdetails.BadRequest:
			for _, field := range detail.GetFieldViolations() {
				lines = append(lines, field.GetField()+": "+field.GetDescription(), field.GetField()+"："+field.GetLocalizedMessage().GetMessage())
			}
		}
	}
	code := exitFailed
	if says.Code() == codes.InvalidArgument {
		code = exitUnread
	}
	if reason == "" { // it never came from the gateway
		return exitError{code, errors.New(says.Code().String() + ": " + says.Message())}
	}
	return exitError{code, errors.New(strings.Join(append([]string{reason}, lines...), "\n  "))}
}
