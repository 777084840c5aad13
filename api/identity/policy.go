package identity

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// Permit is what a role may do with a method.
type Permit string

// The permits. The zero value denies.
const (
	Deny Permit = "-"
	// Own allows it on objects in the caller's scope: a hospital's its own, an
	// agency's and a bureau's those of their regions.
	Own Permit = "own"
	// All allows it whatever the object; only where nothing tells of a person.
	All Permit = "all"
)

//go:embed policy.csv
var policyText string

// Policy says what each role may do with each method of the contract.
type Policy map[string]map[Role]Permit

// Table is the policy in force: policy.csv.
var Table = mustPolicy(policyText)

func mustPolicy(text string) Policy {
	policy, err := ParsePolicy(text)
	if err != nil { // never: a test reads the embedded file
		panic(err)
	}
	return policy
}

// ParsePolicy reads a table: a header of "method" and every role in the order
// of Roles, then a row for each method, as in "SettlementService.GetQuote".
func ParsePolicy(text string) (Policy, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	header := []string{"method"}
	for _, role := range Roles {
		header = append(header, string(role))
	}
	if len(rows) == 0 || !slices.Equal(rows[0], header) {
		return nil, fmt.Errorf("policy: the header is not %s", strings.Join(header, ","))
	}
	policy := Policy{}
	for _, row := range rows[1:] {
		if policy[row[0]] != nil {
			return nil, fmt.Errorf("policy: two rows of %s", row[0])
		}
		permits := make(map[Role]Permit, len(Roles))
		for i, role := range Roles {
			permit := Permit(row[i+1])
			if permit != Deny && permit != Own && permit != All {
				return nil, fmt.Errorf("policy: %s of %s: %q is none of -, own, all", row[0], role, permit)
			}
			permits[role] = permit
		}
		policy[row[0]] = permits
	}
	return policy, nil
}

// Of is the widest permit of any of the caller's roles; Deny for a method
// without a row. fullMethod is gRPC's, as in /onestop.v1.FundService/ListFunds.
func (p Policy) Of(c *Caller, fullMethod string) Permit {
	row := p[RowOf(fullMethod)]
	widest := Deny
	for _, role := range c.Roles {
		switch permit := row[role]; {
		case permit == All:
			return All
		case permit == Own:
			widest = Own
		}
	}
	return widest
}

// RowOf is the name of a method's row: the service without its package, a dot,
// the method.
func RowOf(fullMethod string) string {
	name := fullMethod[strings.LastIndexByte(fullMethod, '.')+1:]
	return strings.Replace(name, "/", ".", 1)
}
