package yardstick

import (
	"context"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// Pgbench is PostgreSQL's own benchmark on a database of its own.
type Pgbench struct {
	Bin      string // folder of PostgreSQL's programs
	Port     string // on 127.0.0.1
	User     string
	Database string
	Scale    int // branches; clients contend for their rows
}

// Init makes the database and fills its tables.
func (p Pgbench) Init(ctx context.Context) error {
	if _, err := p.run(ctx, "createdb", "--maintenance-db", "postgres", p.Database); err != nil {
		return err
	}
	_, err := p.run(ctx, "pgbench", "--initialize", "--quiet", "--scale", strconv.Itoa(p.Scale), p.Database)
	return err
}

// The built-in transactions: the second leaves the few branch rows alone, which
// clients of the first wait for.
const (
	TPCBLike     = "tpcb-like"
	SimpleUpdate = "simple-update"
)

// Rate runs a built-in transaction, prepared, and gives transactions a second.
func (p Pgbench) Rate(ctx context.Context, builtin string, clients int, length time.Duration) (float64, error) {
	text, err := p.run(ctx, "pgbench", "--no-vacuum", "--builtin", builtin, "--protocol", "prepared", "--client", strconv.Itoa(clients),
		"--jobs", strconv.Itoa(min(clients, 2)), "--time", strconv.Itoa(int(math.Ceil(length.Seconds()))), p.Database)
	if err != nil {
		return 0, err
	}
	return parseRate(text)
}

// said is the line of pgbench that has the rate.
var said = regexp.MustCompile(`(?m)^tps = ([0-9.]+) \(without initial connection time\)$`)

func parseRate(text []byte) (float64, error) {
	found := said.FindSubmatch(text)
	if found == nil {
		return 0, fmt.Errorf("pgbench: no rate in what it printed:\n%s", text)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// run runs one of PostgreSQL's programs against the server.
func (p Pgbench) run(ctx context.Context, program string, arguments ...string) ([]byte, error) {
	where := []string{"--host", "127.0.0.1", "--port", p.Port, "--username", p.User}
	command := exec.CommandContext(ctx, filepath.Join(p.Bin, program), append(where, arguments...)...)
	text, err := command.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", program, err, text)
	}
	return text, nil
}
