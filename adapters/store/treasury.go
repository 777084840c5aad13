package store

import (
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
	column(&c, "request_id", p.Request)
	column(&c, "document", p.Document)
	column(&c, "by", p.By)
	return c.err
}
