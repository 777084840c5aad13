package oracle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Write writes a file of so many invented cases, with what they should
// answer, as block-style YAML or as JSON. It holds one case at a time.
func (a *Author) Write(to io.Writer, count int, asJSON bool) error {
	out := bufio.NewWriterSize(to, 1<<16)
	file := File{Meta: map[string]string{"schema": "golden-cases/1"}, Policies: a.Policies(20)}
	var err error
	if asJSON {
		err = a.writeJSON(out, &file, count)
	} else {
		err = a.writeYAML(out, &file, count)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// writeYAML writes policies first and each case as an item of its own, so that
// a file of any length needs the memory of one case.
func (a *Author) writeYAML(out *bufio.Writer, file *File, count int) error {
	text, err := yaml.Marshal(file)
	if err != nil {
		return fmt.Errorf("writing policies: %w", err)
	}
	out.Write(text)
	out.WriteString("cases:\n")
	for i := range count {
		text, err := yaml.Marshal([]*Case{a.Case(caseID(i), file.Policies)})
		if err != nil {
			return fmt.Errorf("writing case %d: %w", i, err)
		}
		out.Write(text)
	}
	return nil
}

// writeJSON leaves the last brace of the head open and goes on with the cases.
func (a *Author) writeJSON(out *bufio.Writer, file *File, count int) error {
	text, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("writing policies: %w", err)
	}
	out.Write(bytes.TrimSuffix(text, []byte("}")))
	out.WriteString(`,"cases":[`)
	for i := range count {
		text, err := json.Marshal(a.Case(caseID(i), file.Policies))
		if err != nil {
			return fmt.Errorf("writing case %d: %w", i, err)
		}
		out.WriteString(strings.Repeat(",", min(i, 1)) + "\n")
		out.Write(text)
	}
	out.WriteString("\n]}\n")
	return nil
}

func caseID(i int) string { return fmt.Sprintf("R%06d", i+1) }
