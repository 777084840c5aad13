-- +goose Up

-- Listings of years: what a page leaves out by its facility or day of discharge
-- is passed over in the index, and the few settlements that came to nothing have
-- one of their own.
CREATE INDEX settlement_listed ON settlement (opened_at, facility, discharged);
DROP INDEX settlement_opened;
CREATE INDEX settlement_tenant_listed ON settlement (tenant, opened_at, facility, discharged);
DROP INDEX settlement_tenant;
CREATE INDEX settlement_undone ON settlement (opened_at) WHERE state IN ('ABORTED', 'REVERSED');
