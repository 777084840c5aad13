// Package identity says who calls and what they may do. A caller is known by a
// client certificate, which names a tenant, and by a short signed token, which
// names a person of that tenant, their roles and their scope. The policy is a
// table of roles and methods, policy.csv; what it does not allow is denied.
//
// The room knows nothing of the contract's messages: which objects a caller may
// meet is the business of package api, which reads the scope from here.
package identity
