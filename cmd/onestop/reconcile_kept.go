package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// comparisons is one command on reconciliations being carried out.
type comparisons struct {
	*caller
	client onestopv1.ReconciliationServiceClient
	id     string
}

// comparing gives a command on reconciliations its connection to the gateway.
func comparing(do func(*comparisons) error) func(*cobra.Command, []string) error {
	return calling(func(c *caller) error {
		r := &comparisons{caller: c, client: onestopv1.NewReconciliationServiceClient(c.conn)}
		if len(c.args) > 0 {
			r.id = c.args[0]
		}
		return do(r)
	})
}

// keptRun is a run that a gateway is asked to keep.
type keptRun struct {
	in   onestopv1.CreateReconciliationRequest
	live bool
}

func (k *keptRun) flags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&k.in.Operator, "operator", "", "who asks: a staff id")
	flags.StringVar(&k.in.RequestId, "request", "", "id of this request: the same again is the same run (default: a new one)")
	flags.BoolVar(&k.in.Force, "force", false, "compare though the same was compared before, whose result is voided then")
	flags.BoolVar(&k.live, "live", false, "ask the payer itself, in place of FILE")
}

// fill takes over what the flags of the scope say.
func (k *keptRun) fill(asked *reconcileScope, details bool) {
	k.in.Payer, k.in.FacilityId, k.in.FromDate, k.in.ToDate, k.in.Details = asked.payer, asked.facility, asked.from, asked.to, details
	if reconcile.Share(asked.share) == reconcile.AssistanceShare {
		k.in.Share = onestopv1.ReconciliationShare_RECONCILIATION_SHARE_ASSISTANCE
	}
	if k.in.RequestId == "" {
		k.in.RequestId = uuid.NewString()
	}
}

// listFormOf is a form as the contract names it.
var listFormOf = map[statement.Form]onestopv1.ListForm{
	statement.Upload: onestopv1.ListForm_LIST_FORM_PLATFORM_UPLOAD, statement.Result: onestopv1.ListForm_LIST_FORM_PLATFORM_RESULT,
	statement.CSV: onestopv1.ListForm_LIST_FORM_CSV, statement.Workbook: onestopv1.ListForm_LIST_FORM_XLSX,
}

// run has a gateway compare, waits until it has, and prints what it came to.
func (k *keptRun) run(command *cobra.Command, args []string, form statement.Form) error {
	return comparing(func(r *comparisons) error {
		begun, err := k.begin(r, form)
		for err == nil && begun.GetState() == onestopv1.ReconciliationState_RECONCILIATION_STATE_RUNNING {
			select {
			case <-time.After(time.Second):
			case <-r.ctx.Done():
				return r.ctx.Err()
			}
			begun, err = ask(r.caller, r.client.GetReconciliation, &onestopv1.GetReconciliationRequest{Id: begun.GetId()})
		}
		if err := r.showRun(begun, err); err != nil {
			return err
		}
		if begun.GetState() == onestopv1.ReconciliationState_RECONCILIATION_STATE_FAILED {
			return exitError{code: exitUnread}
		}
		if begun.GetBad() > 0 || begun.GetDifferences() > 0 || !begun.GetAgree() && begun.GetForm() != onestopv1.ListForm_LIST_FORM_PLATFORM_RESULT {
			return exitError{code: exitFailed}
		}
		return nil
	})(command, args)
}

func (k *keptRun) begin(r *comparisons, form statement.Form) (*onestopv1.Reconciliation, error) {
	if k.live {
		return ask(r.caller, r.client.CreateReconciliation, &k.in)
	}
	named, known := listFormOf[form]
	if !known {
		return nil, exitError{exitUnread, fmt.Errorf("--form %q: must be one of %q", form, statement.Forms())}
	}
	file, err := os.Open(r.args[0])
	if err != nil {
		return nil, exitError{exitUnread, err}
	}
	defer file.Close()
	return r.upload(&k.in, named, file)
}

// pieceSize is how much of a file one message carries.
const pieceSize = 128 << 10

// upload sends a file in pieces. What is wrong is what the gateway says at the
// end, whichever piece it stopped at.
func (r *comparisons) upload(in *onestopv1.CreateReconciliationRequest, form onestopv1.ListForm, file io.Reader) (*onestopv1.Reconciliation, error) {
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	stream, err := r.client.UploadReconciliation(ctx)
	if err != nil {
		return nil, refused(err)
	}
	message := &onestopv1.UploadReconciliationRequest{Run: in, Form: form}
	from, piece := bufio.NewReaderSize(file, pieceSize), make([]byte, pieceSize)
	for {
		n, err := io.ReadFull(from, piece)
		message.Piece = piece[:n]
		if n > 0 || message.Run != nil {
			if sent := stream.Send(message); errors.Is(sent, io.EOF) {
				break
			} else if sent != nil {
				return nil, refused(sent)
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return nil, exitError{exitUnread, err}
		}
		message = &onestopv1.UploadReconciliationRequest{}
	}
	out, err := stream.CloseAndRecv()
	return out, refused(err)
}

func reconcileList() *cobra.Command {
	in := &onestopv1.ListReconciliationsRequest{PageSize: 200}
	command := &cobra.Command{Use: "list", Short: "List runs, newest first", Args: unread(cobra.NoArgs)}
	command.Flags().StringVar(&in.Payer, "payer", "", "only of one payer")
	command.RunE = comparing(func(r *comparisons) error {
		rows := r.columns()
		fmt.Fprintln(rows, "ID\tBEGUN\tPAYER\tFACILITY\tFROM\tTO\tFORM\tSTATE\tEQUAL\tDIFFER\tBAD\tNOTE")
		for {
			page, err := ask(r.caller, r.client.ListReconciliations, in)
			if err != nil {
				return err
			}
			for _, run := range page.GetReconciliations() {
				fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", run.GetId(), moment(run.GetCreateTime()), orDash(run.GetPayer()), orDash(run.GetFacilityId()),
					run.GetFromDate(), run.GetToDate(), shortName(run.GetForm().String(), "LIST_FORM_"), shortName(run.GetState().String(), "RECONCILIATION_STATE_"),
					run.GetEqual(), run.GetDifferences(), run.GetBad(), orDash(noteOf(run)))
			}
			if in.PageToken = page.GetNextPageToken(); in.PageToken == "" {
				return rows.Flush()
			}
		}
	})
	return command
}

// noteOf is what is special about a run.
func noteOf(run *onestopv1.Reconciliation) string {
	var notes []string
	for note, holds := range map[string]bool{"late": run.GetLate(), "out of order": run.GetOutOfOrder(), "forced": run.GetForced()} {
		if holds {
			notes = append(notes, note)
		}
	}
	return strings.Join(notes, ", ")
}

func reconcileShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a run and what it came to", Args: unread(cobra.ExactArgs(1)),
		RunE: comparing(func(r *comparisons) error {
			return r.showRun(ask(r.caller, r.client.GetReconciliation, &onestopv1.GetReconciliationRequest{Id: r.id}))
		}),
	}
}

func reconcileVoid() *cobra.Command {
	in := &onestopv1.VoidReconciliationRequest{}
	command := &cobra.Command{
		Use: "void ID", Short: "Take a run's result back; it is kept", Args: unread(cobra.ExactArgs(1)),
		RunE: comparing(func(r *comparisons) error {
			in.Id = r.id
			return r.showRun(ask(r.caller, r.client.VoidReconciliation, in))
		}),
	}
	command.Flags().StringVar(&in.Operator, "operator", "", "who does this: a staff id")
	command.Flags().StringVar(&in.Cause, "cause", "", "why")
	return command
}
