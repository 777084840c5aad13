package main

import (
	"errors"
	"path/filepath"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
)

// roles are the payers of the demonstration: who plays, from which script and
// over which wire, and the path it is spoken to at.
var roles = []struct {
	code, script string
	protocol     sim.Protocol
	path         string
}{
	{"nhsa-demo", "payer.json", sim.NHSA, ""},
	{"ncms-demo", "ncms.json", sim.NCMS, "/hisinterface/services/request"},
	{"insurer-demo", "insurer.json", sim.NCMSPipe, "/nh/services/pipe"},
}

// cast are the payers playing, by code.
type cast map[string]*sim.Server

// startPayers starts every payer on a socket of its own, with its book in
// folder.
func startPayers(folder string) (cast, error) {
	playing := cast{}
	for _, role := range roles {
		script, err := sim.ParseScript(mustDemoFile(role.script))
		if err != nil {
			return nil, errors.Join(err, playing.close())
		}
		playing[role.code], err = sim.Start(sim.Config{
			Book: filepath.Join(folder, role.code+".book"), Script: script, Protocol: role.protocol,
		}, "127.0.0.1:0")
		if err != nil {
			delete(playing, role.code)
			return nil, errors.Join(err, playing.close())
		}
	}
	return playing, nil
}

// address is where a payer is spoken to, "" of one that does not play.
func (c cast) address(code string) string {
	for _, role := range roles {
		if server, playing := c[code]; playing && role.code == code {
			return server.URL + role.path
		}
	}
	return ""
}

func (c cast) close() (err error) {
	for _, server := range c {
		err = errors.Join(err, server.Close())
	}
	return err
}
