package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// hangups has SIGHUP heard from now on by a gateway that reloads. One that is
// not listened for ends the program, so this comes before anybody is told that
// the gateway serves.
func (g *gateway) hangups() chan os.Signal {
	hangups := make(chan os.Signal, 1)
	if g.reload != nil {
		signal.Notify(hangups, syscall.SIGHUP)
	}
	return hangups
}

// reloadOnHangup reads log level and policies again at each SIGHUP until ctx
// ends.
func (g *gateway) reloadOnHangup(ctx context.Context, hangups <-chan os.Signal) {
	for {
		select {
		case <-hangups:
			g.reload(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// reloading is how this gateway takes over what again gives: the log level and
// the policies, both or, where anything is wrong, neither. Whatever else has
// changed in the configuration counts from the next start.
func (g *gateway) reloading(level *slog.LevelVar, again func() (config, error)) func(context.Context) {
	return func(ctx context.Context) {
		c, err := again()
		if err != nil {
			g.log.Error("reloading: nothing is changed", "error", err)
			g.audit.Tell(ctx, hangupActor, "ReloadPolicies", notReloaded, "")
			return
		}
		policies, err := loadPolicies(c.Policies)
		if err == nil {
			err = g.rules.replace(ctx, policies)
		}
		if err != nil {
			g.log.Error("reloading: nothing is changed", "error", err)
			g.audit.Tell(ctx, hangupActor, "ReloadPolicies", notReloaded, "")
			return
		}
		g.audit.Tell(ctx, hangupActor, "ReloadPolicies", "", digestOfPolicies(policies))
		g.trust.reload(ctx, g.log)
		g.reloadKeys()
		level.Set(logLevel(c.LogLevel))
		g.log.Warn("reloaded log level and policies", "level", c.LogLevel, "policies", len(policies)) // a change is told at every level but error
	}
}

// How the audit trail tells of a reloading: whoever may send the process a
// signal did it.
const (
	hangupActor = "signal/SIGHUP"
	notReloaded = "NOT_RELOADED"
)

// digestOfPolicies is SHA-256 over policies as they are understood, in
// hexadecimal.
func digestOfPolicies(policies policySet) string {
	sum := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(policies)) {
		text, err := json.Marshal(policies[id])
		if err != nil { // never: a policy is plain data
			text = []byte(err.Error())
		}
		fmt.Fprintf(sum, "%s\x00%s\x00", id, text)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
