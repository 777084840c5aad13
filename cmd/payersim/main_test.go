package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain makes this test binary the program itself when asked to, so that
// tests can start and kill a real process.
func TestMain(m *testing.M) {
	if os.Getenv("PAYERSIM_TEST_MAIN") == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

const script = `{"people":{"1":{"name":"张测试","certificate":"36082719900101003X","scheme":"390","area":"360827","ratio":"0.6"}}}`

// process is a running payersim.
type process struct {
	command *exec.Cmd
	url     string
	errors  *bytes.Buffer
}

// program is the command line of a payersim over the book in folder.
func program(t *testing.T, folder string, extra ...string) *exec.Cmd {
	t.Helper()
	scriptFile := filepath.Join(folder, "script.json")
	if err := os.WriteFile(scriptFile, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	arguments := append([]string{"serve", "--listen", "127.0.0.1:0", "--book", filepath.Join(folder, "book"), "--script", scriptFile}, extra...)
	command := exec.Command(os.Args[0], arguments...)
	command.Env = append(os.Environ(), "PAYERSIM_TEST_MAIN=1")
	return command
}

// start runs payersim and waits until it has said where it listens.
func start(t *testing.T, folder string, extra ...string) *process {
	t.Helper()
	address := filepath.Join(folder, "address")
	os.Remove(address)
	p := &process{command: program(t, folder, append(extra, "--addr-file", address, "--seed", "7")...), errors: &bytes.Buffer{}}
	p.command.Stderr = p.errors
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.command.Process.Kill()
		p.command.Wait()
	})
	for range 1000 {
		text, err := os.ReadFile(address)
		if err == nil {
			p.url = "http://" + strings.TrimSpace(string(text))
			return p
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("payersim does not answer: %s", p.errors)
	return nil
}

// settle sends a settlement and reports whether it was answered with a yes.
func (p *process) settle(message string) bool {
	body := `{"infno":"2304","msgid":"` + message + `","mdtrtarea_admvs":"360827","recer_sys_code":"YBXT","infver":"V1.0","opter":"o",` +
		`"fixmedins_code":"H36082700001","inf_time":"2012-07-01 15:04:05","input":{"data":{"psn_no":"1","mdtrt_cert_type":"02",` +
		`"medfee_sumamt":100.00,"mdtrt_id":"e` + message + `","insutype":"390"}}}`
	response, err := http.Post(p.url+"/fsi/api/hospSettService/settV2", "application/json", strings.NewReader(body))
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var answer struct {
		Code int `json:"infcode"`
	}
	text, err := io.ReadAll(response.Body)
	return err == nil && json.Unmarshal(text, &answer) == nil && answer.Code == 0 && len(text) > 200
}

// book is the net of each message.
func (p *process) book(t *testing.T) map[string]int {
	t.Helper()
	response, err := http.Get(p.url + "/book")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	nets := map[string]int{}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		var line struct {
			Message string `json:"message"`
			Net     int    `json:"net"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		nets[line.Message] = line.Net
	}
	return nets
}

// Whatever was answered before kill -9 is in the book after it, over and over.
func TestAnsweredSettlementsSurviveKill9(t *testing.T) {
	folder := t.TempDir()
	var mu sync.Mutex
	answered := map[string]bool{}
	for round := range 5 {
		p, enough := start(t, folder), make(chan struct{})
		checkBook(t, p.book(t), answered)
		var callers sync.WaitGroup
		for c := range 4 {
			callers.Go(func() {
				for i := 0; ; i++ {
					message := fmt.Sprintf("m%d-%d-%d", round, c, i)
					if !p.settle(message) {
						return
					}
					mu.Lock()
					answered[message] = true
					if len(answered) == (round+1)*100 {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		select {
		case <-enough:
		case <-time.After(time.Minute):
			t.Error("too few settlements are answered to prove anything")
		}
		if err := p.command.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		callers.Wait()
		p.command.Wait()
	}
	checkBook(t, start(t, folder).book(t), answered)
}

func checkBook(t *testing.T, nets map[string]int, answered map[string]bool) {
	t.Helper()
	for message := range answered {
		if nets[message] != 1 {
			t.Errorf("%s was answered, and the book holds %d", message, nets[message])
		}
	}
}

// Every wire is served by name.
func TestProtocols(t *testing.T) {
	for protocol, path := range map[string]string{
		"nhsa": "/mss/web/api/fsi/callService", "ncms": "/hisinterface/services/request", "ncms-pipe": "/nh/services/pipe",
	} {
		p := start(t, t.TempDir(), "--protocol", protocol)
		response, err := http.Post(p.url+path, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode == http.StatusNotFound {
			t.Errorf("%s is not served at %s", protocol, path)
		}
	}
}

func TestStopsWhenAsked(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		p := start(t, t.TempDir())
		if !p.settle("m1") {
			t.Error("not settled")
		}
		if err := p.command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := p.command.Wait(); err != nil {
			t.Errorf("%s: %v, %s", signal, err, p.errors)
		}
	}
}

// A start that cannot succeed ends at once, with a reason.
func TestRefusesToStart(t *testing.T) {
	folder := t.TempDir()
	bad := filepath.Join(folder, "bad.json")
	if err := os.WriteFile(bad, []byte(`{"rules":[{"fault":"explode"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, extra := range map[string][]string{
		"no such script":          {"--script", filepath.Join(folder, "none.json")},
		"a bad script":            {"--script", bad},
		"a book in no folder":     {"--book", filepath.Join(folder, "none", "book")},
		"an impossible address":   {"--listen", "256.0.0.1:0"},
		"an address file nowhere": {"--addr-file", filepath.Join(folder, "none", "address")},
		"an unknown protocol":     {"--protocol", "smoke"},
		"an unknown flag":         {"--sede", "1"},
		"an argument":             {"now"},
	} {
		output, err := program(t, folder, extra...).CombinedOutput()
		if err == nil || !bytes.Contains(output, []byte("Error: ")) {
			t.Errorf("%s: %v, %s", name, err, output)
		}
	}
}
