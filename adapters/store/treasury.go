package store

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
)

// FundAccounts are the ledger accounts of a region's two funds in a year.
func FundAccounts(region settlement.RegionID, year int) (urban, rural string) {
	key := fund.Key{Region: region, Fund: settlement.UrbanFund, Year: year}
	urban = key.Account()
	key.Fund = settlement.RuralFund
	return urban, key.Account()
}

// SoundPosting refuses (Invalid) a posting that holds what no column may.
func SoundPosting(p fund.Posting) error {
	var c checker
	column(&c, "id", p.ID)
	column(&c, "tenant", p.Tenant)
	column(&c, "request_id", p.Request)
	column(&c, "document", p.Document)
	column(&c, "by", p.By)
	return c.err
}

// PostingRequest is a request of a tenant as the column of postings has it. A
// key has no space in it, so that no two scopes meet; a key alone is of no
// tenant, as are those from before there were any.
func PostingRequest(tenant settlement.TenantID, request settlement.RequestID) string {
	if tenant == "" {
		return string(request)
	}
	return string(tenant) + " " + string(request)
}

// ReadPostingRequest reads into p what PostingRequest wrote.
func ReadPostingRequest(p *fund.Posting, column string) {
	at := strings.LastIndexByte(column, ' ')
	p.Request = settlement.RequestID(column[at+1:])
	if at >= 0 {
		p.Tenant = settlement.TenantID(column[:at])
	}
}
