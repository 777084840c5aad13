-- +goose NO TRANSACTION
-- +goose Up

-- What settlements drew on a fund is summed without reading their rows. Built
-- beside running gateways: settling does not wait for it. One that was broken
-- off before left an index that is not used.
DROP INDEX IF EXISTS entry_fund;

CREATE INDEX CONCURRENTLY entry_fund ON entry (account, settlement) INCLUDE (debit, credit)
    WHERE account >= 'fund/' AND account < 'fund0';
