package identity

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Role is what a caller does for a living.
type Role string

// The roles. A hospital's are bound to its tenant, those of an agency and of a
// bureau to regions; the operator's meet no personal data.
const (
	Cashier           Role = "cashier"
	CashierSupervisor Role = "cashier-supervisor"
	HospitalAuditor   Role = "hospital-auditor"
	Agency            Role = "agency"
	BureauOfficer     Role = "bureau-officer"
	BureauAuditor     Role = "bureau-auditor"
	Operator          Role = "operator"
	SecurityAdmin     Role = "security-admin"
)

// Roles are all roles, in the order of the policy's columns.
var Roles = []Role{Cashier, CashierSupervisor, HospitalAuditor, Agency, BureauOfficer, BureauAuditor, Operator, SecurityAdmin}

// side is where a role stands. Nobody stands on two: whoever runs the gateway,
// whoever keeps its keys, whoever audits and whoever works with it are
// different people (三权分立).
type side string

var sides = map[Role]side{
	Cashier: "hospital", CashierSupervisor: "hospital", HospitalAuditor: "hospital audit",
	Agency: "agency", BureauOfficer: "bureau", BureauAuditor: "bureau audit",
	Operator: "system", SecurityAdmin: "security",
}

// Caller is who makes a call. It is made by a Guard only, after everything in
// it was proved.
type Caller struct {
	Subject  string // a person's staff id, written in one way only
	Tenant   settlement.TenantID
	Roles    []Role
	Terminal string // at which they work; may be empty
	// Credential tells tokens of one subject apart: the first bytes of the
	// token's SHA-256, which prove nothing.
	Credential string
	Token      string // id (jti) of what they showed; may be empty
	// Facilities narrow a hospital's caller; none: its tenant's own.
	Facilities []settlement.FacilityID
	// Regions are those an agency or a bureau may meet; none: none.
	Regions []settlement.RegionID
}

var (
	subjectForm = regexp.MustCompile(`^[0-9a-z._@-]{1,64}$`)
	codeForm    = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
)

// check refuses a caller whom the policy could not judge.
func (c *Caller) check() error {
	switch {
	case !subjectForm.MatchString(c.Subject):
		return fmt.Errorf("sub is not 1 to 64 small letters, digits, ., _, @ or -")
	case !codeForm.MatchString(string(c.Tenant)):
		return fmt.Errorf("tenant is not 1 to 64 letters, digits, - or _")
	case c.Terminal != "" && !codeForm.MatchString(c.Terminal):
		return fmt.Errorf("terminal is not 1 to 64 letters, digits, - or _")
	case len(c.Roles) == 0:
		return fmt.Errorf("no role")
	case len(c.Roles) > len(Roles) || len(c.Facilities) > scopeMax || len(c.Regions) > scopeMax:
		return fmt.Errorf("more roles, facilities or regions than there may be")
	case !codes(c.Facilities):
		return fmt.Errorf("facilities has one that is not 1 to 64 letters, digits, - or _")
	case !codes(c.Regions):
		return fmt.Errorf("regions has one that is not 1 to 64 letters, digits, - or _")
	}
	if err := Disjoint(c.Roles); err != nil {
		return err
	}
	if regional[sides[c.Roles[0]]] && len(c.Regions) == 0 {
		return fmt.Errorf("no region, and a %s meets nothing without", c.Roles[0])
	}
	return nil
}

// codes reports whether all of a scope are ids as facilities and regions have
// them. One with a comma or a blank in it might pass for two further on.
func codes[T ~string](scope []T) bool {
	return !slices.ContainsFunc(scope, func(id T) bool { return !codeForm.MatchString(string(id)) })
}

// regional are the sides whose scope is regions.
var regional = map[side]bool{"agency": true, "bureau": true, "bureau audit": true}

// scopeMax bounds the facilities and the regions of one caller.
const scopeMax = 64

// Disjoint refuses roles that nobody may hold together, and unknown ones.
func Disjoint(roles []Role) error {
	for _, role := range roles {
		if sides[role] == "" {
			return fmt.Errorf("no role %.40q", role)
		}
		if sides[role] != sides[roles[0]] {
			return fmt.Errorf("%s and %s must be different people", roles[0], role)
		}
	}
	return nil
}

// Hospital reports whether the caller is bound to a tenant's facilities.
func (c *Caller) Hospital() bool {
	s := sides[c.Roles[0]]
	return s == "hospital" || s == "hospital audit"
}

// Is reports whether the caller holds a role.
func (c *Caller) Is(role Role) bool { return slices.Contains(c.Roles, role) }

// Own are the facilities a hospital's caller may meet.
func (c *Caller) Own() []settlement.FacilityID {
	if len(c.Facilities) > 0 {
		return c.Facilities
	}
	return []settlement.FacilityID{settlement.FacilityID(c.Tenant)}
}

// MayMeetRegion reports whether a region is in the caller's scope.
func (c *Caller) MayMeetRegion(region settlement.RegionID) bool {
	return slices.Contains(c.Regions, region)
}

// Actor is how the audit trail names the caller.
func (c *Caller) Actor() string { return string(c.Tenant) + "/" + c.Subject }

// Acting is Actor with what they act as, where, and by which credential, as each
// line of a settlement's audit trail names it.
func (c *Caller) Acting() string {
	var said strings.Builder
	said.WriteString(c.Actor() + " role=")
	for i, role := range c.Roles {
		if i > 0 {
			said.WriteByte(',')
		}
		said.WriteString(string(role))
	}
	if c.Terminal != "" {
		said.WriteString(" terminal=" + c.Terminal)
	}
	if c.Credential != "" {
		said.WriteString(" token=" + c.Credential)
	}
	return said.String()
}

type callerKey struct{}

// With gives a context its caller.
func With(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// Of is the caller of a context; nil where none was asked for, which is a
// gateway on loopback without configuration.
func Of(ctx context.Context) *Caller {
	c, _ := ctx.Value(callerKey{}).(*Caller)
	return c
}
