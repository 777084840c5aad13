package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
)

// schemes are those that a person may be insured in, and a region names payers
// for.
var schemes = []settlement.Scheme{
	settlement.SchemeNCMS, settlement.SchemeResident, settlement.SchemeEmployee,
}

// examineConfig looks at policies and at every name that leads somewhere, or
// that nothing leads to.
func (d *doctor) examineConfig(ctx context.Context, c *config) {
	const check = "configuration"
	before := len(d.report)
	policies, err := loadPolicies(c.Policies)
	if err != nil {
		d.problem(check, alike(err.Error()), told("mend the policy file: onestop policy validate", "请改正政策文件：onestop policy validate"))
		return
	}
	if c.PoliciesFrom == fromStore { // that of a store that does not answer is told beside it
		if published, err := c.policiesInForce(ctx); err == nil {
			policies = published
		}
	}
	if _, err := c.directory(policies); err != nil {
		d.problem(check, alike(err.Error()), told("mend the configuration file", "请改正配置文件"))
		return
	}
	if c.Dev {
		d.warn(check, told("dev is set: it bears a store that is not durable", "已设 dev：容忍不保证持久性的存储"),
			told("take it out where real bills are settled", "生产环境请去掉 dev"))
	}
	d.unused(c, policies)
	d.doubtful(c, policies)
	if len(d.report) == before {
		d.ok(check, told("%d policies, %d payers, %d regions, %d facilities, all of them used", "政策 %d 份、支付方 %d 个、地区 %d 个、机构 %d 家，引用齐全",
			len(policies), len(c.Payers), len(c.Regions), len(c.Facilities)))
	}
}

// unused names what is configured and never reached, which mostly is a name
// misspelt elsewhere.
func (d *doctor) unused(c *config, policies map[settlement.PolicyID]*settlement.Policy) {
	const check = "configuration"
	used := map[string]bool{}
	for _, r := range c.Regions {
		used["policy "+r.Policy], used["region "+r.ID] = true, true
		for scheme, payers := range r.Payers {
			for _, payer := range payers {
				used["payer "+payer] = true
			}
			if !known(scheme) {
				d.warn(check, told("region %s names payers for a scheme %q that nobody is insured in", "地区 %s 为不存在的险种 %q 指定了支付方", r.ID, scheme),
					told("use one of %s", "请使用 %s 之一", strings.Join(texts(schemes), ", ")))
			}
		}
	}
	missing := func(key string, says words.Text) {
		if !used[key] {
			d.warn(check, says, told("take it out, or name it where it belongs", "请删除，或在应引用处写明"))
		}
	}
	for id := range policies {
		missing("policy "+string(id), told("no region uses policy %s", "没有地区使用政策 %s", id))
	}
	for _, p := range c.Payers {
		missing("payer "+p.Code, told("no region uses payer %s", "没有地区使用支付方 %s", p.Code))
	}
	for _, f := range c.Facilities {
		if !used["region "+f.Region] {
			d.warn(check, told("facility %s lies in region %s, which is not configured: it is in nobody's area", "机构 %s 所在地区 %s 未配置：对任何人都不算统筹区内", f.ID, f.Region),
				told("add the region or mend the facility", "请补充该地区或改正机构的地区"))
		}
	}
}

// doubtful tells what a policy in use says and most likely does not mean.
func (d *doctor) doubtful(c *config, policies map[settlement.PolicyID]*settlement.Policy) {
	told := map[string]bool{}
	for _, r := range c.Regions {
		if policy := policies[settlement.PolicyID(r.Policy)]; policy != nil && !told[r.Policy] {
			told[r.Policy] = true
			for _, doubt := range policy.Doubts(c.levels()) {
				d.warn("configuration", alike("policy "+r.Policy+": "+doubt.Error()), words.Text{
					En: "mend the policy file or the facilities", Zh: "请改正政策文件或机构配置",
				})
			}
		}
	}
}

// levels are those of the facilities that are configured, as they are written.
func (c *config) levels() (levels []string) {
	for _, f := range c.Facilities {
		if f.Level != "" {
			levels = append(levels, f.Level)
		}
	}
	return levels
}

func known(scheme string) bool {
	for _, one := range schemes {
		if string(one) == scheme {
			return true
		}
	}
	return false
}

func texts[T ~string](of []T) []string {
	all := make([]string, len(of))
	for i, one := range of {
		all[i] = string(one)
	}
	return all
}

// examineSecrets looks at the files that only their owner may read, and for
// secrets where none belong.
func (d *doctor) examineSecrets(c *config) {
	for _, p := range c.Payers {
		d.examineSecret("secret of payer "+p.Code, p.TokenFile)
	}
	if c.Store.Postgres == "" {
		d.examineSecret("store file", c.Store.SQLite)
		return
	}
	named, err := pgx.ParseConfig(c.Store.Postgres)
	if err != nil {
		return // the store's own examination says so
	}
	if strings.Contains(c.Store.Postgres, "password=") || named.Password != "" && strings.Contains(c.Store.Postgres, ":"+named.Password+"@") {
		d.warn("secret of the store", told("the password stands in the connection string", "连接串中含有口令"),
			told("keep it in a passfile of mode 0600 (passfile=…)", "请改放在权限为 0600 的 passfile 文件中（passfile=…）"))
	}
}

// examineSecret looks at who may read a file. One that is not there is no
// secret; whoever needs it complains.
func (d *doctor) examineSecret(check, file string) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		d.problem(check, alike(err.Error()), told("let the gateway's user read it", "请让网关的运行用户可读"))
	case !guarded(info.Mode(), ownerOf(info), os.Getuid()):
		d.problem(check, told("%s can be read by others (mode %04o)", "%s 可被他人读取（权限 %04o）", file, info.Mode().Perm()),
			told("chmod 600 %s", "chmod 600 %s", file))
	default:
		d.ok(check, words.Text{En: file + " cannot be read by others", Zh: file + " 他人不可读"})
	}
}
