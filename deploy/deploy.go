// Package deploy carries what the product ships with: the policies that are
// built into the demonstration.
package deploy

import "embed"

// Policies are the shipped policy files, one policy each.
//
//go:embed policies/*.yaml
var Policies embed.FS
