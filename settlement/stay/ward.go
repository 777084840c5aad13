package stay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Config is what a Ward is made of. Every field is required.
type Config struct {
	Store     Store
	Uses      Uses
	Registry  lifecycle.Registry
	Directory lifecycle.Directory
	Payers    map[settlement.PayerCode]Payer // those that want stays of the gateway
	Gate      lifecycle.Gate
	Now       func() time.Time
	NewID     func() ID
	AtOnceMax int           // calls at once; more are shed
	Every     time.Duration // between looks for what payers owe
	// InDoubt is told, after each whole look, about how many stays each payer
	// owes an answer whose time is over, and in how many people are to end rows.
	InDoubt func(owed, handed map[settlement.PayerCode]int)
	Log     *slog.Logger
}

// Bounds of what a hospital may upload.
const (
	RowsMost     = 200  // in one request
	RowsStayMost = 5000 // in one stay
)

// racesMost bounds how often an event is tried again under the next number.
const racesMost = 5

// answerWithin is how long after its time a call may still be heard of.
const answerWithin = 10 * time.Second

// Ward registers stays and uploads their charges.
type Ward struct {
	Config
	places chan struct{}
	lanes  sync.Map // of the payers that are being asked again
	asking sync.WaitGroup
}

// New makes a Ward.
func New(config Config) *Ward {
	clock := config.Now
	config.Now = func() time.Time { return clock().Truncate(time.Microsecond) } // as stores keep it
	return &Ward{Config: config, places: make(chan struct{}, config.AtOnceMax)}
}

// Ask asks to register a stay.
type Ask struct {
	Tenant   settlement.TenantID
	Actor    string
	Request  settlement.RequestID
	Facility settlement.FacilityID
	Person   settlement.Private // identity number
	Name     settlement.Private // must be the registered one where given
	Insured  settlement.Private // the payer's number; the register's where empty
	Scheme   settlement.Scheme  // "" takes the registered one
	Details  Details
}

// fingerprint tells whether two asks are the same, without keeping either.
func (a Ask) fingerprint() (string, error) {
	text, err := json.Marshal([]any{a.Facility, a.Person.Reveal(), a.Name.Reveal(), a.Insured.Reveal(), a.Scheme, a.Details.Inpatient.Reveal(), a.Details})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), err
}

// Outcome is a stay; Replayed says that nothing was sent for this request.
type Outcome struct {
	Stay
	Replayed bool
}

// Register registers a stay with the first payer of the person's scheme that
// wants it, once for each request key. What the payer said is in the state;
// a stay that certainly never left, or whose payer gives one stay one number, is
// sent again by the same request. Blocked: facility, person or payer is not
// known, or not as stated. Invalid: the payer needs a field. KeyReused,
// Overloaded; Unavailable where it may not have been kept: ask again.
func (w *Ward) Register(ctx context.Context, ask Ask) (Outcome, error) {
	mark, err := ask.fingerprint()
	if err != nil {
		return Outcome{}, err
	}
	events, err := w.Store.StayEventsOf(ctx, ask.Tenant, ask.Request)
	if settlement.KindOf(err) == settlement.KindNotFound {
		return w.open(ctx, &ask, mark)
	}
	if err != nil {
		return Outcome{}, err
	}
	found := w.standing(events)
	if found.Form.Fingerprint != mark {
		return Outcome{}, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: "request_id", Value: string(found.Event.Stay)}
	}
	payer := w.Payers[found.Form.Payer]
	again := found.State == Unsent || found.State == InDoubt && payer != nil && payer.RegistrationRepeats()
	if !again {
		return Outcome{found, true}, nil
	}
	return w.send(ctx, found.events, found.Event, ask.Actor)
}

// open keeps a stay's first event and sends its registration.
func (w *Ward) open(ctx context.Context, ask *Ask, mark string) (Outcome, error) {
	form, err := w.form(ctx, ask)
	if err != nil {
		return Outcome{}, err
	}
	form.Fingerprint = mark
	first := Event{Stay: w.NewID(), Actor: ask.Actor, Tenant: ask.Tenant, Request: ask.Request, Form: form}
	if form.Payer != "" {
		return w.send(ctx, nil, first, ask.Actor)
	}
	first.Act, first.At = ActSkip, w.Now()
	done, err := w.keep(ctx, nil, first)
	return Outcome{Stay: done}, err
}

// form finds who, where and with which payer.
func (w *Ward) form(ctx context.Context, ask *Ask) (Form, error) {
	facility, found := w.Directory.Facilities[ask.Facility]
	if !found {
		return Form{}, blocked(settlement.ReasonUnknownFacility, "facility_id")
	}
	person, err := w.Registry.PersonByCertificate(ctx, ask.Person)
	if settlement.KindOf(err) == settlement.KindNotFound {
		return Form{}, blocked(settlement.ReasonUnknownPerson, "beneficiary.id_number")
	}
	if err != nil {
		return Form{}, err
	}
	if ask.Name != "" && ask.Name != person.Name {
		return Form{}, blocked(settlement.ReasonPersonMismatch, "beneficiary.name")
	}
	region, found := w.Directory.Regions[person.Region]
	if !found {
		return Form{}, blocked(settlement.ReasonUnknownRegion, "beneficiary.id_number")
	}
	form := Form{Facility: facility.ID, Person: person.ID, Region: region.ID, Scheme: ask.Scheme, Insured: ask.Insured, Details: ask.Details}
	if form.Scheme == "" {
		form.Scheme = person.Scheme
	}
	if form.Insured == "" {
		form.Insured = person.Insured
	}
	for _, code := range region.Payers[form.Scheme] {
		if w.Payers[code] != nil {
			form.Payer = code
			break
		}
	}
	return form, nil
}

func blocked(reason settlement.Reason, field string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: field}
}

// send keeps that a registration is sent, sends it and keeps what came of it.
// before is what was kept of the stay; first the first of it, or to be that.
func (w *Ward) send(ctx context.Context, before []Event, first Event, actor string) (Outcome, error) {
	payer := w.Payers[first.Form.Payer]
	if payer == nil { // it wants no stays any more
		return Outcome{}, blocked(settlement.ReasonNoPayer, "request_id")
	}
	body, err := payer.PrepareRegistration(w.Directory.Facilities[first.Form.Facility], &first.Form)
	if err != nil {
		return Outcome{}, err
	}
	leave, err := w.enter(first.Form.Payer, payer.RegistrationRepeats())
	if err != nil {
		return Outcome{}, err
	}
	defer leave()
	sent := Event{Stay: first.Stay}
	if len(before) == 0 {
		sent = first
	}
	sent.At, sent.Actor, sent.Act, sent.Body = w.Now(), actor, ActRegister, settlement.Private(body)
	if _, err := w.keep(ctx, before, sent); err != nil {
		return Outcome{}, err
	}
	// Whoever asked may hang up: what is on its way is heard and kept all the same.
	ctx = context.WithoutCancel(ctx)
	answer := payer.SendRegistration(ctx, &first.Form, body)
	w.heard(ctx, first.Form.Payer, answer)
	done, err := w.note(ctx, Event{
		Stay: first.Stay, At: w.Now(), Actor: actor, Act: ActRegistered,
		Result: answer.Result, Encounter: answer.Encounter, Words: answer.Words, Body: settlement.Private(answer.Body),
	})
	return Outcome{Stay: done}, err
}

// keep writes an event behind what was kept before, and gives the stay as it is
// then. InFlight: somebody else wrote the next one; Unavailable: it may not be
// there.
func (w *Ward) keep(ctx context.Context, before []Event, event Event) (Stay, error) {
	event.No = len(before) + 1
	after := Fold(append(slices.Clip(before), event))
	err := w.Store.AddStayEvent(ctx, event, &after.Summary)
	switch settlement.KindOf(err) {
	case settlement.KindExists:
		err = &settlement.Error{Kind: settlement.KindInFlight, Reason: settlement.ReasonRequestInFlight}
	case settlement.KindInDoubt:
		err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable, Cause: err}
	}
	if err != nil {
		return Stay{}, err
	}
	return after, nil
}

// note keeps what was heard, behind whatever others wrote meanwhile.
func (w *Ward) note(ctx context.Context, event Event) (Stay, error) {
	for range racesMost {
		before, err := w.Store.StayEvents(ctx, event.Stay)
		if err != nil {
			return Stay{}, err
		}
		done, err := w.keep(ctx, before, event)
		if settlement.KindOf(err) != settlement.KindInFlight {
			return done, err
		}
	}
	return Stay{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
}

// enter takes a place among the calls, and one at the payer. A payer on trial is
// asked only what may come twice: without that, one of which nothing but stays is
// wanted would stay suspended for good.
func (w *Ward) enter(code settlement.PayerCode, repeats bool) (leave func(), err error) {
	select {
	case w.places <- struct{}{}:
	default:
		return nil, &settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded}
	}
	pass, err := w.Gate.Enter(code)
	if err == nil && pass.OnTrial && !repeats { // in doubt, it would wait for people
		pass.Leave()
		err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerSuspended, Value: string(code)}
	}
	if err != nil {
		<-w.places
		return nil, err
	}
	return func() { pass.Leave(); <-w.places }, nil
}

// heard tells the gate of an answer, and the log of one that is unusable.
func (w *Ward) heard(ctx context.Context, code settlement.PayerCode, answer Answer) {
	w.Gate.Heard(code, answer.Result)
	if answer.Cause != nil {
		w.Log.WarnContext(ctx, "payer gave no usable answer about a stay", "payer", code, "result", answer.Result, "cause", answer.Cause)
	}
}
