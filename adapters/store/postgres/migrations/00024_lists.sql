-- +goose NO TRANSACTION
-- +goose Up

-- Listings of years: what a page leaves out by its facility or day of discharge
-- is passed over in the index, and the few settlements that came to nothing have
-- one of their own. Built beside running gateways: settling does not wait for
-- it. One that was broken off before left an index that is not used.
DROP INDEX IF EXISTS settlement_listed;
CREATE INDEX CONCURRENTLY settlement_listed ON settlement (opened_at, facility, discharged);
DROP INDEX IF EXISTS settlement_opened;
DROP INDEX IF EXISTS settlement_tenant_listed;
CREATE INDEX CONCURRENTLY settlement_tenant_listed ON settlement (tenant, opened_at, facility, discharged);
DROP INDEX IF EXISTS settlement_tenant;
DROP INDEX IF EXISTS settlement_undone;
CREATE INDEX CONCURRENTLY settlement_undone ON settlement (opened_at) WHERE state IN ('ABORTED', 'REVERSED');
