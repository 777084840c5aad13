// Package clearing says what is owed to each facility for a period, by each
// payer and each fund: what was settled less what was reversed, added up from
// the entries of the ledger (清算). A clearing is one period; its entries are
// fixed when it is frozen, and what comes later is the next one's. It is
// agreed by two people, exported, and paid statement by statement.
//
// It is pure. Package clearinghouse keeps clearings; package clearance, in
// spite of its name, has nothing to do with them: it is the desk of approvals
// (审批).
package clearing
