package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/postgres"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/api/words"
)

// How far clocks may be apart. A gateway refuses a store beyond the second.
const (
	skewWarning = 2 * time.Second
	skewProblem = 30 * time.Second
)

// How much of a disk has to be free: the smaller of the two is enough.
const (
	spaceProblem    = 256 << 20 // bytes
	spaceWarning    = 2 << 30   // bytes
	spaceWarningOne = 10        // one part in
)

// examineStore looks at the store's settings, version, clock and disk.
func (d *doctor) examineStore(ctx context.Context, c *config) {
	ctx, cancel := context.WithTimeout(ctx, d.within)
	defer cancel()
	var found store.Condition
	var err error
	if c.Store.Postgres != "" {
		found, err = postgres.Inspect(ctx, postgres.Config{DSN: c.Store.Postgres, HA: c.Store.HA}, d.now)
	} else {
		found, err = sqlite.Inspect(ctx, c.Store.SQLite)
	}
	if err != nil {
		d.problem("store", alike(err.Error()), told("start the database, or mend its address, user and rights", "请启动数据库，或改正其地址、用户与权限"))
		return
	}
	d.durability(c, &found)
	d.tables(&found)
	if c.Store.Postgres != "" {
		d.role(&found)
		d.wall(c, &found)
		d.clock("clock of the store", found.Skew)
	}
	d.disk(c, &found)
	d.examinePolicies(ctx, c, found.Tables == found.Program)
}

// durability says which settings do not keep what was answered.
func (d *doctor) durability(c *config, found *store.Condition) {
	const check = "durability of the store"
	for _, flaw := range found.Flaws {
		if flaw.Setting == postgres.ClockSetting { // judged beside the payers' clocks
			continue
		}
		say := d.problem
		if c.Dev {
			say = d.warn
		}
		say(check, told("%s is %s", "%s 为 %s", flaw.Setting, flaw.Value), words.Text{En: flaw.Remedy, Zh: "请调整 " + flaw.Setting + "（" + flaw.Remedy + "）"})
	}
	if len(found.Flaws) == 0 {
		d.ok(check, told("%s is set to keep what it answered", "%s 的设置可保证已应答的结算不丢失", found.Engine))
	}
}

// tables compares the version of the tables with the program's.
func (d *doctor) tables(found *store.Condition) {
	const check = "tables of the store"
	switch {
	case found.Tables == 0:
		d.ok(check, told("there are none yet; the first start makes them", "尚无数据表；首次启动时创建"))
	case found.Tables < found.Program:
		d.warn(check, told("they are of version %d, this program's is %d", "数据表版本为 %d，本程序为 %d", found.Tables, found.Program),
			told("back up; the next start of this program brings them up to date", "请先备份；本程序下次启动时自动升级"))
	case found.Tables > found.Program:
		d.problem(check, told("they are of version %d, newer than this program's %d", "数据表版本为 %d，新于本程序的 %d", found.Tables, found.Program),
			told("run the newer program", "请运行更新版本的程序"))
	default:
		d.ok(check, told("version %d, as this program's", "版本 %d，与本程序一致", found.Tables))
	}
}

// role warns where the gateway connects as somebody who could change journals.
func (d *doctor) role(found *store.Condition) {
	const check = "role of the store"
	if found.Mighty {
		d.warn(check, told("the gateway connects as the owner of the tables or as a superuser: it could change what is only to be appended", "网关以表所有者或超级用户身份连接，有权更改只可追加的记录"),
			told("let it connect as a role of its own: onestop migrate roles", "请改用专用角色连接：onestop migrate roles"))
		return
	}
	d.ok(check, told("it cannot change or delete what was appended", "该角色无权更改或删除已追加的记录"))
}

// wall warns where nothing but the statements themselves keeps one bureau's
// rows from another.
func (d *doctor) wall(c *config, found *store.Condition) {
	const check = "row-level security of the store"
	switch {
	case found.Walled:
		d.ok(check, told("what is read for callers with a scope is cut to it by the database, too", "按范围读取的数据同时由数据库行级安全限定"))
	case !c.callersKnown():
		d.ok(check, told("it is off; callers are not known here, and have no scope", "未启用；本网关不识别调用方，无范围可限"))
	default:
		d.warn(check, told("it is off: only the statements themselves keep one hospital's or region's rows from another", "未启用：仅靠语句自身隔离各医院、各地区的数据"),
			told("make the role NAME_scoped beside the gateway's and run onestop migrate roles", "请为网关角色另建 NAME_scoped 角色并执行 onestop migrate roles"))
	}
}

// clock judges how far a clock is off ours.
func (d *doctor) clock(check string, skew time.Duration) {
	says := told("%s off this machine's", "与本机相差 %s", skew.Round(time.Millisecond))
	do := told("set the clocks of both machines by NTP", "请用 NTP 校准两台机器的时钟")
	switch {
	case skew.Abs() > skewProblem:
		d.problem(check, says, do)
	case skew.Abs() > skewWarning:
		d.warn(check, says, do)
	default:
		d.ok(check, says)
	}
}

// disk looks at the folder of the store's files where this machine can see it.
func (d *doctor) disk(c *config, found *store.Condition) {
	const check = "disk of the store"
	if c.Store.Postgres != "" && !(here(c.Store.Postgres) && seen(found.Folder)) {
		d.ok(check, told("not to be seen from here; the database's own machine has to watch it", "无法从本机查看；请在数据库所在机器上监控磁盘"))
		return
	}
	free, total, err := d.space(found.Folder)
	if err != nil {
		d.problem(check, alike(err.Error()), told("make the folder, on a local disk", "请在本地磁盘上建立该目录"))
		return
	}
	says := told("%[1]d MiB of %[2]d MiB free in %[3]s", "%[3]s 剩余 %[1]d MiB，共 %[2]d MiB", free>>20, total>>20, found.Folder)
	do := told("make room: a full disk stops every settlement", "请腾出空间：磁盘写满后一切结算都会停止")
	switch {
	case c.Store.Postgres == "" && !writable(found.Folder):
		d.problem(check, told("%s cannot be written to", "%s 不可写", found.Folder), told("let the gateway's user write there", "请让网关的运行用户可写"))
	case free < spaceProblem:
		d.problem(check, says, do)
	case free < min(spaceWarning, total/spaceWarningOne):
		d.warn(check, says, do)
	default:
		d.ok(check, says)
	}
}

// here reports whether a connection string names this machine.
func here(dsn string) bool {
	named, err := pgx.ParseConfig(dsn)
	if err != nil {
		return false
	}
	ip := net.ParseIP(named.Host)
	return named.Host == "localhost" || ip != nil && ip.IsLoopback() || len(named.Host) > 0 && named.Host[0] == '/'
}

func seen(folder string) bool {
	_, err := os.Stat(folder)
	return folder != "" && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission)
}

// writable reports whether a file can be made in folder.
func writable(folder string) bool {
	file, err := os.CreateTemp(folder, ".onestop-doctor-")
	if err != nil {
		return false
	}
	return errors.Join(file.Close(), os.Remove(file.Name())) == nil
}

// spaceIn is how much of the disk below folder this user may still fill.
func spaceIn(folder string) (free, total uint64, err error) {
	var found syscall.Statfs_t
	if err := syscall.Statfs(folder, &found); err != nil {
		return 0, 0, &fs.PathError{Op: "statfs", Path: folder, Err: err}
	}
	block := uint64(found.Bsize)
	return found.Bavail * block, found.Blocks * block, nil
}
