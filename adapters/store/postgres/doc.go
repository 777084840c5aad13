// Package postgres keeps settlements in one PostgreSQL database, for several
// gateways at once.
package postgres
