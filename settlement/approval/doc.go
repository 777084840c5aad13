// Package approval says what an approval of assistance (《同步结算申请审批表》)
// is, how it moves from one status to the next, and whether it is good for a
// claim. It is pure: who keeps approvals is package clearance's.
//
// Nothing of an approval is ever changed: its form is fixed when it is
// submitted, and what happens to it is appended to its history. That it is used
// is no line of it but follows from the one live settlement that names it, so
// that a settlement which is aborted or reversed frees it by itself.
package approval
