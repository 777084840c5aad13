package measure

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sys/unix"
)

// Process is what is looked at in this process whenever it is scraped. Nil
// fields are left out.
type Process struct {
	Now   func() time.Time
	Load  func() (working, room int) // settlements worked on for callers
	Queue func() (waiting, room int) // writes in the store's queue
	Pools func() []Pool              // connections to a database server
	// Folder holds the embedded store; its file system is watched.
	Folder string
}

// Pool is how one pool of connections stands.
type Pool struct {
	Name      string
	InUse     int
	Idle      int
	Room      int
	Acquired  int64
	Waited    int64
	WaitedFor time.Duration
}

// Register registers the metrics of p, the Go runtime's, the process's and the
// build's. It panics where they are registered already.
func (p Process) Register(registry prometheus.Registerer) {
	gauge := func(name, help string, value func() int) {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
	}
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "onestop_clock_seconds", Help: "This machine's clock, seconds since 1970.",
	}, func() float64 { return float64(p.Now().UnixMicro()) / 1e6 }))
	if p.Load != nil {
		gauge("onestop_settlements_in_flight", "Settlements and quotes worked on for callers now.", func() int { working, _ := p.Load(); return working })
		gauge("onestop_settlements_in_flight_max", "Settlements that may be worked on for callers at once; more are shed.", func() int { _, room := p.Load(); return room })
	}
	if p.Queue != nil {
		gauge("onestop_store_queue_length", "Writes that wait for a commit or are in one with others.", func() int { waiting, _ := p.Queue(); return waiting })
		gauge("onestop_store_queue_max", "Writes that may wait before more are refused.", func() int { _, room := p.Queue(); return room })
	}
	if p.Pools != nil {
		registry.MustRegister(pools(p.Pools))
	}
	if p.Folder != "" {
		registry.MustRegister(disk(p.Folder))
	}
}

// pools tells how pools stand.
type pools func() []Pool

var (
	poolConnections = prometheus.NewDesc("onestop_pool_connections", "Connections to the database server, by pool and state: in_use or idle.", []string{"pool", "state"}, nil)
	poolRoom        = prometheus.NewDesc("onestop_pool_connections_max", "Connections there may be in a pool.", []string{"pool"}, nil)
	poolAcquires    = prometheus.NewDesc("onestop_pool_acquires_total", "Connections taken from a pool.", []string{"pool"}, nil)
	poolWaits       = prometheus.NewDesc("onestop_pool_waits_total", "Connections taken that had to be waited for.", []string{"pool"}, nil)
	poolWaited      = prometheus.NewDesc("onestop_pool_wait_seconds_total", "Time waited for connections.", []string{"pool"}, nil)
)

// Describe implements prometheus.Collector.
func (p pools) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{poolConnections, poolRoom, poolAcquires, poolWaits, poolWaited} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (p pools) Collect(out chan<- prometheus.Metric) {
	for _, pool := range p() {
		tell := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
			out <- prometheus.MustNewConstMetric(desc, kind, value, append([]string{pool.Name}, labels...)...)
		}
		tell(poolConnections, prometheus.GaugeValue, float64(pool.InUse), "in_use")
		tell(poolConnections, prometheus.GaugeValue, float64(pool.Idle), "idle")
		tell(poolRoom, prometheus.GaugeValue, float64(pool.Room))
		tell(poolAcquires, prometheus.CounterValue, float64(pool.Acquired))
		tell(poolWaits, prometheus.CounterValue, float64(pool.Waited))
		tell(poolWaited, prometheus.CounterValue, pool.WaitedFor.Seconds())
	}
}

// disk tells how full the file system of a folder is.
type disk string

var (
	diskFree = prometheus.NewDesc("onestop_store_disk_free_bytes", "Bytes free for this user where the embedded store is.", nil, nil)
	diskSize = prometheus.NewDesc("onestop_store_disk_size_bytes", "Bytes of the file system where the embedded store is.", nil, nil)
)

// Describe implements prometheus.Collector.
func (d disk) Describe(out chan<- *prometheus.Desc) { out <- diskFree; out <- diskSize }

// Collect implements prometheus.Collector. What cannot be read is missing.
func (d disk) Collect(out chan<- prometheus.Metric) {
	var stat unix.Statfs_t
	if err := unix.Statfs(string(d), &stat); err != nil {
		return
	}
	block := float64(stat.Bsize)
	out <- prometheus.MustNewConstMetric(diskFree, prometheus.GaugeValue, float64(stat.Bavail)*block)
	out <- prometheus.MustNewConstMetric(diskSize, prometheus.GaugeValue, float64(stat.Blocks)*block)
}
