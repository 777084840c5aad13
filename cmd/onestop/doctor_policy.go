package main

import (
	"context"
	"maps"
	"reflect"
	"slices"
)

// examinePolicies says where policies come from, and where the files and what
// is published do not agree: who reads the one would be wrong about the other.
// Tables that are not this program's are not read.
func (d *doctor) examinePolicies(ctx context.Context, c *config, ours bool) {
	const check = "policies"
	if c.PoliciesFrom != fromStore && c.Identity.Issuer != "" {
		d.warn(check, told("they come from files: who can write a file changes them alone", "政策来自文件：能改写文件的人可单独变更政策"),
			told("set policies_from to store, and publish by two people", "请将 policies_from 设为 store，由两人发布"))
	}
	files, err := loadPolicies(c.Policies)
	if err != nil || !ours {
		return // the files are told beside the configuration, the tables beside the store
	}
	archive, err := c.openArchive(ctx)
	if err != nil {
		d.problem(check, alike(err.Error()), told("start the database", "请启动数据库"))
		return
	}
	published, editions, err := printed(ctx, archive, files)
	if shut := archive.Shut(); err == nil {
		err = shut
	}
	if err != nil {
		d.problem(check, alike(err.Error()), told("run the program that published it, or mend the store", "请运行发布该政策的程序版本，或修复存储"))
		return
	}
	if differ := d.compare(c, files, published); !differ && len(editions) > 0 {
		d.ok(check, told("%d published, and the files agree", "已发布 %d 份，与文件一致", len(editions)))
	}
}

// compare warns of every policy that a file and the store tell differently, and
// reports whether there is one.
func (d *doctor) compare(c *config, files, published policySet) (differ bool) {
	for _, id := range slices.Sorted(maps.Keys(published)) {
		file := files[id]
		if file == nil || reflect.DeepEqual(file, published[id]) {
			continue
		}
		differ = true
		if c.PoliciesFrom == fromStore {
			d.warn("policies", told("%s is published in another form than its file has", "%s 的已发布内容与文件不同", id),
				told("the store is in force: take the published file (onestop policy show --file)", "以存储为准：请改用已发布的文件（onestop policy show --file）"))
			continue
		}
		d.warn("policies", told("%s was published and is not in force: the file has another", "%s 已发布但未生效：文件内容不同", id),
			told("set policies_from to store", "请将 policies_from 设为 store"))
	}
	return differ
}
