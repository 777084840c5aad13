package main

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"go.yaml.in/yaml/v3"

	"github.com/onestop-gateway/onestop/api/ops"
)

// covered is shown in the place of what nobody needs to see.
const covered = "•••"

// note remembers where a key was set.
func (c *config) note(key, origin string) {
	if c.origins == nil {
		c.origins = map[string]string{}
	}
	c.origins[key] = origin
}

// noteFile remembers the keys that a file set. The file was read before and is
// sound.
func (c *config) noteFile(text []byte) {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return
	}
	for _, leaf := range leaves("", document.Content[0]) {
		c.note(leaf.key, "file")
	}
}

// effective is the configuration as it works, key by key. Of hospitals only
// the number is told; secrets and names of persons are covered.
func (c *config) effective() ([]ops.Setting, error) {
	var document yaml.Node
	if err := document.Encode(c); err != nil {
		return nil, err
	}
	var settings []ops.Setting
	for _, leaf := range leaves("", &document) {
		origin, set := c.origins[leaf.key]
		if !set {
			origin = "standard"
		}
		switch {
		case strings.HasPrefix(leaf.key, "facilities"):
			continue
		case strings.Contains(leaf.key, "[") && !set: // a key of another protocol
			continue
		}
		settings = append(settings, ops.Setting{Key: leaf.key, Value: shown(leaf.key, leaf.value), From: origin})
	}
	return append(settings, ops.Setting{Key: "facilities", Value: strconv.Itoa(len(c.Facilities)), From: "file"}), nil
}

// leaf is one value of a document with the way to it.
type leaf struct{ key, value string }

// leaves are the values below a node, in its order. Members of a list are told
// by their code or id; a list of plain values is one value.
func leaves(key string, node *yaml.Node) []leaf {
	switch node.Kind {
	case yaml.MappingNode:
		var found []leaf
		for i := 0; i < len(node.Content); i += 2 {
			found = append(found, leaves(strings.TrimPrefix(key+"."+node.Content[i].Value, "."), node.Content[i+1])...)
		}
		return found
	case yaml.SequenceNode:
		if len(node.Content) > 0 && node.Content[0].Kind == yaml.MappingNode {
			var found []leaf
			for i, member := range node.Content {
				found = append(found, leaves(fmt.Sprintf("%s[%s]", key, nameOf(member, i)), member)...)
			}
			return found
		}
		values := make([]string, len(node.Content))
		for i, value := range node.Content {
			values[i] = value.Value
		}
		return []leaf{{key, strings.Join(values, ", ")}}
	}
	return []leaf{{key, node.Value}}
}

// nameOf is what a member of a list calls itself, else its number.
func nameOf(member *yaml.Node, i int) string {
	for j := 0; j < len(member.Content); j += 2 {
		if slices.Contains([]string{"code", "id"}, member.Content[j].Value) {
			return member.Content[j+1].Value
		}
	}
	return strconv.Itoa(i)
}

// secretWord is in the last part of keys whose value is a secret; a file that
// holds one may be named.
var secretWord = regexp.MustCompile(`(password|secret|token|access_id|key)[a-z_]*$`)

// shown is a value as people may see it.
func shown(key, value string) string {
	name := key[strings.LastIndex(key, ".")+1:]
	switch {
	case value == "":
		return ""
	case key == "store.postgres":
		return serverOf(value)
	case name == "url":
		return addressOf(value)
	case strings.Contains(key, ".operator."): // a person, perhaps
		return covered
	case secretWord.MatchString(name) && !strings.HasSuffix(name, "_file"):
		return covered
	}
	return value
}

// serverOf says which database on which servers a connection string names, and
// nothing else of it.
func serverOf(dsn string) string {
	named, err := pgx.ParseConfig(dsn)
	if err != nil {
		return covered
	}
	servers := []string{named.Host + ":" + strconv.Itoa(int(named.Port))}
	for _, other := range named.Fallbacks {
		if server := other.Host + ":" + strconv.Itoa(int(other.Port)); !slices.Contains(servers, server) {
			servers = append(servers, server)
		}
	}
	return fmt.Sprintf("%s on %s as %s", named.Database, strings.Join(servers, ", "), named.User)
}

// addressOf is a URL without credentials and query.
func addressOf(text string) string {
	address, err := url.Parse(text)
	if err != nil {
		return covered
	}
	return (&url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}).String()
}
