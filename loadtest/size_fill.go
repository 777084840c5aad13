package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	// fillerProgram is the test binary of the product that fills a store.
	fillerProgram = "filler"
	// sampleFile is of persons from all over the filled store; it is written last.
	sampleFile = "sample.json"
	// modelsOfWard is how many persons of each group others are made like.
	modelCrowd = 10
)

// filled reports whether the folder was filled to its end.
func (z *sizes) filled() bool {
	_, err := os.Stat(filepath.Join(z.folder, sampleFile))
	return err == nil
}

// fill fills the store of the folder, which is empty.
func (z *sizes) fill(ctx context.Context, out io.Writer) (err error) {
	if err := os.MkdirAll(z.folder, 0o711); err != nil {
		return err
	}
	s, err := z.stage(ctx, z.folder, true)
	defer func() { err = errors.Join(err, s.end()) }()
	if err != nil {
		return err
	}
	g, err := s.makeGateway(ctx, z.store)
	if err != nil {
		return err
	}
	models, err := newCrowd(modelCrowd)
	if err != nil {
		return err
	}
	if err := s.register(ctx, g, models); err != nil {
		return err
	}
	if _, err := output(ctx, "go", "test", "-c", "-o", s.path(fillerProgram), module+"/cmd/onestop"); err != nil {
		return err
	}
	begun := time.Now()
	filler := exec.CommandContext(ctx, s.path(fillerProgram), "-test.run", "^TestFill$", "-test.v", "-test.timeout", "24h")
	filler.Env = append(os.Environ(), "ONESTOP_FILL_CONFIG="+g.config, fmt.Sprint("ONESTOP_FILL_SETTLEMENTS=", z.settlements),
		fmt.Sprint("ONESTOP_FILL_PERSONS=", z.persons), fmt.Sprint("ONESTOP_FILL_OPEN=", z.open), "ONESTOP_FILL_SAMPLE="+s.path(sampleFile))
	filler.Stdout, filler.Stderr = out, out
	if err := filler.Run(); err != nil {
		return fmt.Errorf("filling: %w", err)
	}
	if z.store == storePostgres { // as time would have brought it about
		for _, statement := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
			if _, err := s.ask(ctx, statement); err != nil {
				return err
			}
		}
	}
	_, err = fmt.Fprintf(out, "filled %s with %d settlements (%d of them open) and %d persons in %s\n",
		z.store, z.settlements, z.open, z.persons, time.Since(begun).Round(time.Second))
	return err
}

// ask asks the cluster's database.
func (s *benchStage) ask(ctx context.Context, statement string) (string, error) {
	return output(ctx, filepath.Join(filepath.Dir(s.cluster.postmaster.argv[0]), "psql"), "-XAtq", "-d", s.cluster.dsn, "-c", statement)
}

// stage is payers and, of PostgreSQL, a cluster: a new one, or that of the
// folder. Whoever gets it ends it.
func (z *sizes) stage(ctx context.Context, folder string, fresh bool) (*benchStage, error) {
	s, err := payersOnStage(ctx, folder)
	if err != nil || z.store != storePostgres {
		return s, err
	}
	made, err := s.ownCluster(ctx, fresh)
	if err != nil {
		return s, err
	}
	s.cluster = made
	return s, s.runCluster(ctx, sizeSettings)
}

// sizeSettings are the database's settings that are not its own: memory as for
// the bench, and longer between checkpoints, so that few of them are of filling.
var sizeSettings = []string{"shared_buffers=1GB", "max_connections=200", "max_wal_size=8GB"}

// ownCluster is a new cluster, or that of the stage's folder.
func (s *benchStage) ownCluster(ctx context.Context, fresh bool) (*cluster, error) {
	if fresh {
		return newCluster(ctx, s.folder)
	}
	bin, owner, err := installed(ctx)
	if err != nil {
		return nil, err
	}
	return clusterIn(s.folder, bin, owner)
}
