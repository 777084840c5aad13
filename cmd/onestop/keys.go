package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
)

// keysConfig says where the keys are that encrypt what the store keeps of
// persons. Without a ring it is kept as it is.
type keysConfig struct {
	Ring string `yaml:"ring"` // file of the data keys, outside the database
	// Masters are files of master keys in hexadecimal, which only their owner
	// reads. While one is replaced there are two.
	Masters []string `yaml:"masters"`
	// Plain lets a gateway that is reached from other machines keep persons
	// unencrypted.
	Plain bool `yaml:"plain"`
}

// check refuses half a configuration.
func (k *keysConfig) check() error {
	if (k.Ring == "") != (len(k.Masters) == 0) {
		return errors.New("keys: ring and masters go together (onestop keys new makes both)")
	}
	return nil
}

// open reads the ring; nil where none is configured.
func (k *keysConfig) open() (*sealing.Ring, error) {
	if k.Ring == "" {
		return nil, nil
	}
	masters, err := readMasters(k.Masters)
	if err == nil {
		err = keptSecret(k.Ring)
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	ring, err := sealing.OpenRing(k.Ring, masters...)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return ring, nil
}

// readMasters reads master keys.
func readMasters(files []string) ([][]byte, error) {
	masters := make([][]byte, len(files))
	for i, file := range files {
		text, err := readSecret(file)
		if err != nil {
			return nil, err
		}
		masters[i], err = hex.DecodeString(text.Reveal())
		if err != nil || len(masters[i]) != sealing.KeySize {
			return nil, fmt.Errorf("%s: must hold %d hexadecimal digits", file, 2*sealing.KeySize)
		}
	}
	return masters, nil
}

// warnPlain tells loudly that persons are kept as they are.
func warnPlain(ring *sealing.Ring, log *slog.Logger) {
	if ring.Active() != "" {
		return
	}
	log.Warn("persons are kept UNENCRYPTED in the store: names, identity numbers and diagnoses can be read by whoever gets at the database, its files or its backups; onestop keys new makes keys")
}

// reloadKeys takes over a changed ring; one that is wrong stays as it was.
func (g *gateway) reloadKeys() {
	if err := g.store.keys.Reload(); err != nil {
		g.log.Error("reloading: the keys in force stay", "error", err)
	}
}

// ringEvery is how often a changed ring is looked for.
const ringEvery = 2 * time.Second

// watchRing looks for a ring that changed until ctx ends, so that a key that was
// put in use elsewhere seals here, too.
func (g *gateway) watchRing(ctx context.Context) {
	every(ctx, ringEvery, g.reloadKeys)
}

// examineKeys looks at the keys that encrypt persons.
func (d *doctor) examineKeys(c *config) {
	const check = "encryption of persons"
	ring, err := c.Keys.open()
	switch {
	case err != nil:
		d.problem(check, alike(err.Error()), told("mend keys.ring and keys.masters, or bring back the files", "请改正 keys.ring 与 keys.masters，或恢复密钥文件"))
	case ring == nil:
		d.warn(check, told("there are no keys: the store keeps names, identity numbers and diagnoses as they are", "未配置密钥：姓名、身份证号、诊断在数据库中以明文保存"),
			told("make keys with onestop keys new and name them below keys", "请用 onestop keys new 生成密钥并写入配置 keys"))
	case ring.Active() == "":
		d.warn(check, told("the ring has no key in use: what is written is not encrypted", "密钥环中没有启用的密钥：新写入的数据不加密"),
			told("let a key seal with onestop keys use once every gateway has the ring", "待所有网关都有密钥环后，用 onestop keys use 启用密钥"))
	default:
		d.ok(check, told("key %s seals", "由密钥 %s 加密", ring.Active()))
	}
}
