package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/onestop-gateway/onestop/adapters/signature"
	"github.com/onestop-gateway/onestop/settlement"
)

// signingConfig is how one payer's messages are signed. Private keys, the
// secret and cipher keys are files that only their owner reads.
type signingConfig struct {
	Profile   string      `yaml:"profile"`    // file, as in deploy/signing
	Keys      []keyConfig `yaml:"keys"`       // ours, the newest first: it signs
	PayerKeys []keyConfig `yaml:"payer_keys"` // the payer's, all that ever signed an answer that is kept
	// SecretFile has the secret of the sign string, where the profile has one.
	SecretFile string `yaml:"secret_file"`
	// CipherKeyFiles have SM4 keys in hexadecimal, the newest first.
	CipherKeyFiles []string `yaml:"cipher_key_files"`
}

// keyConfig is a key's version and where it is.
type keyConfig struct {
	ID   string `yaml:"id"`
	File string `yaml:"file"` // PEM
}

// envelope reads what signing needs.
func (s *signingConfig) envelope() (*signature.Envelope, error) {
	text, err := os.ReadFile(s.Profile)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	profile, err := signature.ReadProfile(text)
	if err != nil {
		return nil, err
	}
	var keys signature.Keys
	for _, key := range s.Keys {
		ours, err := key.private()
		if err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		keys.Ours = append(keys.Ours, ours)
	}
	if keys.Theirs, err = publicKeys(s.PayerKeys); err != nil {
		return nil, fmt.Errorf("payer_keys: %w", err)
	}
	if s.SecretFile != "" {
		secret, err := readSecret(s.SecretFile)
		if err != nil {
			return nil, fmt.Errorf("secret_file: %w", err)
		}
		keys.Secret = secret.Reveal()
	}
	for _, file := range s.CipherKeyFiles {
		key, err := readCipherKey(file)
		if err != nil {
			return nil, fmt.Errorf("cipher_key_files: %w", err)
		}
		keys.Ciphers = append(keys.Ciphers, key)
	}
	return signature.NewEnvelope(profile, keys)
}

// readCipherKey reads a key of SM4.
func readCipherKey(file string) ([]byte, error) {
	text, err := readSecret(file)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text.Reveal())
	if err != nil || len(key) != 16 {
		return nil, fmt.Errorf("%s: must hold 32 hexadecimal digits", file)
	}
	return key, nil
}

// private reads a key that signs.
func (k keyConfig) private() (*signature.Key, error) {
	text, err := readSecret(k.File)
	if err != nil {
		return nil, err
	}
	return signature.ParseKey(k.ID, []byte(text.Reveal()))
}

// publicKeys reads keys that check.
func publicKeys(files []keyConfig) ([]*signature.PublicKey, error) {
	keys := make([]*signature.PublicKey, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file.File)
		if err != nil {
			return nil, err
		}
		if keys[i], err = signature.ParsePublicKey(file.ID, text); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// envelopes are the payers that sign, by their codes.
func (c *config) envelopes() (map[settlement.PayerCode]*signature.Envelope, error) {
	signing := map[settlement.PayerCode]*signature.Envelope{}
	for _, p := range c.Payers {
		if p.Signing == nil {
			continue
		}
		envelope, err := p.Signing.envelope()
		if err != nil {
			return nil, fmt.Errorf("payer %s: signing: %w", p.Code, err)
		}
		signing[settlement.PayerCode(p.Code)] = envelope
	}
	if len(signing) == 0 {
		return nil, errors.New("no payer of the configuration has signing")
	}
	return signing, nil
}
