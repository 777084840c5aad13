// Package deploy carries what a gateway is deployed with. It holds data only
// and imports nothing of the gateway.
package deploy

import "embed"

// Policies are the policies that come with the gateway, one a file under
// policies/, so that a demo or a first start has something to settle by.
//
//go:embed policies/*.yaml
var Policies embed.FS
