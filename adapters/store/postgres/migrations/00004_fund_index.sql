-- +goose NO TRANSACTION
-- +goose Up

-- What settlements drew on a fund is summed without reading their rows. Built
-- beside running gateways: settling does not wait for it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS entry_fund ON entry (account, settlement) INCLUDE (debit, credit)
    WHERE account >= 'fund/' AND account < 'fund0';
