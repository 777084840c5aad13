package nhsa

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// transaction is a number of the platform (infno).
type transaction string

const (
	queryPerson      transaction = "1101"
	presettle        transaction = "2303"
	settle           transaction = "2304"
	cancelSettlement transaction = "2305"
	reverseMessage   transaction = "2601"
	querySettlement  transaction = "5203"

	compareTotals  transaction = "3201"
	compareDetails transaction = "3202"
	uploadFile     transaction = "9101"
	downloadFile   transaction = "9102"
)

// paths are the addresses of layout B below pathPrefix.
var paths = map[transaction]string{
	queryPerson:      "fsiPsnInfoService/queryPsnInfo",
	presettle:        "hospSettService/preSett",
	settle:           "hospSettService/settV2",
	cancelSettlement: "hospSettService/settCl",
	reverseMessage:   "reverseService/revsMethod",
	querySettlement:  "fsiIntegratedQueryService/querySetlInfo",
	compareTotals:    "ybSettlementStmtService/stmtTotal",
	compareDetails:   "ybSettlementStmtService/stmtDetail",
	uploadFile:       "fileupload/upload",
	downloadFile:     "fileupload/download",
}

const pathPrefix = "/fsi/api/"

// transactionOf is the number an operation goes out under: a settlement whose
// id is known is cancelled by it, one whose answer was lost is reversed by our
// message id.
func transactionOf(call lifecycle.Call) transaction {
	switch call.Operation {
	case settlement.OpIdentify:
		return queryPerson
	case settlement.OpQuote:
		return presettle
	case settlement.OpSettle:
		return settle
	case settlement.OpInquire:
		return querySettlement
	case settlement.OpReverse:
		if call.Reference == "" {
			return reverseMessage
		}
		return cancelSettlement
	}
	return ""
}

// address is where a transaction is posted.
func (c Config) address(number transaction) string {
	if c.Layout == LayoutA {
		return c.BaseURL
	}
	return strings.TrimSuffix(c.BaseURL, "/") + pathPrefix + paths[number]
}
