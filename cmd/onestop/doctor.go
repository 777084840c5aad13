package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onestop-gateway/onestop/api/words"
)

// doctorCommand examines everything a gateway will lean on.
func doctorCommand() *cobra.Command {
	var asJSON bool
	var within time.Duration
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Check what the gateway leans on, and say what to do about what is wrong",
		Long: `Examines the configuration, its secrets, certificates and token keys, the store with its durability
settings and its version, the clocks, the disk, every payer and the lists they left, beside a
running gateway or before it is started. It changes nothing and sends no payer
anything but a question for its address (HEAD). Each line is ok, a warning or a
problem, in English and Chinese.

Ends with 0 if there is no problem, 1 if there is one, 2 if what was given
cannot be understood.`,
		Args: unread(cobra.NoArgs),
		RunE: func(command *cobra.Command, _ []string) error {
			d := newDoctor(within)
			if c, err := loadConfig(command.Flags(), os.LookupEnv); err != nil {
				d.problem("configuration", alike(err.Error()), words.Text{En: "mend it; nothing else can be examined", Zh: "请先改正配置；其余各项暂无法检查"})
			} else {
				d.examine(command.Context(), c)
			}
			if err := d.print(command.OutOrStdout(), asJSON); err != nil {
				return err
			}
			if d.ill() {
				return exitError{code: exitFailed}
			}
			return nil
		},
	}
	settingFlags(command.Flags())
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	command.Flags().DurationVar(&within, "within", 5*time.Second, "how long the store and each payer may take to answer")
	return command
}

// standing is how serious a diagnosis is.
type standing string

// The standings, from nothing to do to something that has to be done before
// the gateway serves.
const (
	sound   standing = "ok"
	warning standing = "warning"
	problem standing = "problem"
)

// diagnosis is one line of the report: what was examined, how it is, what to do.
type diagnosis struct {
	check    string
	standing standing
	says, do words.Text
}

// doctor collects diagnoses. Its fields are how it sees the world, so that a
// test can give it another.
type doctor struct {
	within time.Duration
	now    func() time.Time
	space  func(folder string) (free, total uint64, err error)
	client *http.Client
	report []diagnosis
}

func newDoctor(within time.Duration) *doctor {
	return &doctor{
		within: within, now: time.Now, space: spaceIn,
		client: &http.Client{
			Transport:     &http.Transport{DisableKeepAlives: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// examine looks at everything, in the order in which it is needed.
func (d *doctor) examine(ctx context.Context, c config) {
	d.examineConfig(ctx, &c)
	d.examineSecrets(&c)
	d.examineTrust(ctx, &c)
	d.examineKeys(&c)
	d.examineStore(ctx, &c)
	for i := range c.Payers {
		d.examinePayer(ctx, &c.Payers[i])
	}
	d.examineInbox(&c)
}

func (d *doctor) ok(check string, says words.Text) {
	d.report = append(d.report, diagnosis{check: check, standing: sound, says: says})
}

func (d *doctor) warn(check string, says, do words.Text) {
	d.report = append(d.report, diagnosis{check, warning, says, do})
}

func (d *doctor) problem(check string, says, do words.Text) {
	d.report = append(d.report, diagnosis{check, problem, says, do})
}

// ill reports whether there is a problem.
func (d *doctor) ill() bool {
	for _, one := range d.report {
		if one.standing == problem {
			return true
		}
	}
	return false
}

// print writes the report for people, or for programs.
func (d *doctor) print(out io.Writer, asJSON bool) error {
	encoder := json.NewEncoder(out)
	for _, one := range d.report {
		err := error(nil)
		if asJSON {
			err = encoder.Encode(one)
		} else {
			_, err = fmt.Fprint(out, one)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// String is the diagnosis as people read it: one line, and what to do below it.
func (d diagnosis) String() string {
	text := fmt.Sprintf("%-8s %s: %s\n", d.standing, d.check, both(d.says))
	if !d.do.Empty() {
		text += fmt.Sprintf("         → %s\n", both(d.do))
	}
	return text
}

// MarshalJSON is the diagnosis for programs.
func (d diagnosis) MarshalJSON() ([]byte, error) {
	says := func(t words.Text) map[string]string {
		if t.Empty() {
			return nil
		}
		return map[string]string{string(words.English): t.En, string(words.Chinese): t.Zh}
	}
	return json.Marshal(struct {
		Check    string            `json:"check"`
		Standing standing          `json:"standing"`
		Says     map[string]string `json:"says"`
		Do       map[string]string `json:"do,omitempty"`
	}{d.check, d.standing, says(d.says), says(d.do)})
}

// both is a text in both languages, once where they are alike.
func both(t words.Text) string {
	if t.En == t.Zh {
		return t.En
	}
	return t.En + " / " + t.Zh
}

// alike is what both languages write alike, as an error of the machine's, on
// one line.
func alike(text string) words.Text {
	text = strings.Join(strings.Fields(text), " ")
	return words.Text{En: text, Zh: text}
}

// told is a text with the same values put into both languages.
func told(en, zh string, values ...any) words.Text {
	return words.Text{En: fmt.Sprintf(en, values...), Zh: fmt.Sprintf(zh, values...)}
}
