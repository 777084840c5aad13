// Package onestopv1 is the contract of the gateway: the .proto files, and what
// is generated from them by proto/generate.sh. Only the api room may import it,
// and clients.
package onestopv1

import _ "embed"

// OpenAPI is the REST side of the contract as an OpenAPI 2.0 document in JSON,
// generated beside the code that serves it.
//
//go:embed onestop.swagger.json
var OpenAPI []byte
