package measure

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The buckets of histograms, in seconds: what a caller waits for, what the disk
// takes, and how long a doubt lasts. Native buckets stand beside them.
var (
	atWork  = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 60}
	onDisk  = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}
	inDoubt = []float64{1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400}
)

// seconds is a histogram of durations with classic and native buckets.
func seconds(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	}, labels)
}

// Store observes how a store's writes share commits. It implements
// store.Observer.
type Store struct {
	batch   prometheus.Histogram
	waited  prometheus.Observer
	commits *prometheus.HistogramVec
}

// NewStore makes the metrics and registers them. It panics where they are
// registered already.
func NewStore(registry prometheus.Registerer) *Store {
	m := &Store{
		batch: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "onestop_store_batch_writes", Help: "Writes that shared one commit.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128},
		}),
		commits: seconds("onestop_store_commit_duration_seconds", "Time one transaction took from its beginning to its durable end, by whether it failed.", onDisk, "failed"),
	}
	waited := seconds("onestop_store_queue_wait_seconds", "Time one write waited for the commits before it; 0 for one that found nobody before it.", onDisk)
	m.waited = waited.WithLabelValues()
	m.commits.WithLabelValues("false")
	registry.MustRegister(m.batch, waited, m.commits)
	return m
}

// Waited implements store.Observer.
func (m *Store) Waited(took time.Duration) { m.waited.Observe(took.Seconds()) }

// Committed implements store.Observer.
func (m *Store) Committed(writes int, failed bool, took time.Duration) {
	m.batch.Observe(float64(writes))
	label := "false"
	if failed {
		label = "true"
	}
	m.commits.WithLabelValues(label).Observe(took.Seconds())
}
