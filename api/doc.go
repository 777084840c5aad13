// Package api is the only room that speaks gRPC and HTTP: it decodes a
// request, calls one verb of the lifecycle and encodes what it says.
//
// One chain of interceptors stands before every call of either transport: the
// REST side is served in process, through the same chain. Errors of the house
// become answers in one table (errors.go); what they say to people is in the
// catalogue of package words. Nothing here knows a store, a payer or the
// arithmetic, and nothing personal is logged.
package api
