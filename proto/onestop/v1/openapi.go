package onestopv1

import _ "embed"

// OpenAPI is the REST side of the contract as an OpenAPI 2.0 document in JSON,
// generated beside the code that serves it.
//
//go:embed onestop.swagger.json
var OpenAPI []byte
