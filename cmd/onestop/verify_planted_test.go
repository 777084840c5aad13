package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// one names a settlement that was committed and not touched since, other
// another.
const (
	one   = `(SELECT min(id) FROM settlement WHERE state = 'COMMITTED')`
	other = `(SELECT max(id) FROM settlement WHERE state = 'COMMITTED')`
	ones  = `(SELECT no FROM settlement WHERE id = ` + one + `)`
)

// breach is one, in SQL that both databases know and that the constraints and
// triggers of the tables would refuse.
type breach struct{ name, invariant, statement string }

// planted are breaches of the invariants.
var planted = []breach{
	{"an entry of a fen too much", "I1", `UPDATE entry SET debit = debit + 1 WHERE debit > 0 AND settlement = ` + ones},
	{"entries gone", "I2", `DELETE FROM entry WHERE settlement = ` + ones},
	{"a deductible met that nobody paid", "I3", `UPDATE accumulator SET deductible_met = deductible_met + 1`},
	{"a discharge settled twice", "I7", `UPDATE settlement SET (tenant, discharge) = (SELECT s.tenant, s.discharge FROM settlement AS s WHERE s.id = ` + one + `) WHERE id = ` + other},
	{"a final answer gone", "I8", `DELETE FROM answer WHERE request IN (SELECT no FROM request WHERE settlement = ` + ones + `)`},
	{"a request of another settlement", "I10", `UPDATE request SET settlement = (SELECT no FROM settlement WHERE id = ` + other + `) WHERE settlement = ` + ones},
	{"a decision without its line", "I11", `DELETE FROM event WHERE action = 'settle.commit' AND settlement = ` + ones},
	{"a call without its intent", "I12", `DELETE FROM attempt WHERE phase = 'SENT' AND settlement = ` + ones},
	{"an epoch that falls", "I13", `UPDATE event SET epoch = 2 WHERE action = 'settle.open' AND settlement = ` + ones},
	{"more changes of owner than writes", "I13", `UPDATE settlement SET epoch = revision + 1 WHERE id = ` + one},
	{"closed and still owned", "I13", `UPDATE settlement SET owner = 'gateway-9' WHERE id = ` + one},
	{"another year", "I14", `UPDATE settlement SET year = year - 1 WHERE id = ` + one},
	{"another actor", "I15", `UPDATE event SET actor = 'nobody' WHERE action = 'settle.open' AND settlement = ` + ones},
	{"another time", "I15", `UPDATE event SET at = at + 1 WHERE action = 'settle.open' AND settlement = ` + ones},
	{"a line gone", "I15", `DELETE FROM event WHERE action = 'settle.send' AND settlement = ` + ones},
	{"a line inserted", "I15", `INSERT INTO event (settlement, revision, line, at, actor, action, reason, state, epoch, seal)
		SELECT settlement, revision, line + 100, at, actor, action, reason, state, epoch, seal FROM event
		WHERE action = 'settle.send' AND settlement = ` + ones},
	{"seals of another settlement", "I15", `UPDATE settlement SET seal = (SELECT s.seal FROM settlement AS s WHERE s.id = ` + other + `) WHERE id = ` + one},
	{"a state that the audit trail does not tell of", "I15", `UPDATE settlement SET state = 'REVERSING' WHERE id = ` + one},
	{"a note of a clearing never opened", "C2", `INSERT INTO clearing_movement (settlement, revision, clearing) SELECT settlement, revision, 9 FROM entry WHERE line = 0 AND settlement = ` + ones},
	{"a clearing without a history", "C5", `INSERT INTO clearing (number, period_from, period_to, pay_on) VALUES (1, 20260101, 20260131, 20260228)`},
	{"a stay gone that was settled by", "I17", `DELETE FROM stay_event`},
	{"a stay that no discharge took up", "I17", `DELETE FROM stay_event WHERE act = 'taken'`},
	{"a stay of which nothing came", "I17", `DELETE FROM stay_event WHERE act = 'charged'`},
	{"open for years and nobody's", "I16", `UPDATE settlement SET state = 'SETTLING', opened_at = 0 WHERE id = ` + one},
}

// plantedFixes are breaches of what two people had done about a difference.
var plantedFixes = []breach{
	{"a difference gone", "R1", `DELETE FROM difference`},
	{"a settlement gone that was compared", "R2", `DELETE FROM settlement WHERE no = (SELECT min(settlement) FROM entry WHERE account LIKE 'payer/nhsa-demo/%')`},
	{"an approval gone", "R3", `DELETE FROM remark WHERE act = 'approved'`},
	{"carried out and not posted", "R3", `DELETE FROM settlement WHERE no IN (SELECT settlement FROM entry WHERE account LIKE '%/adjustment')`},
	{"posted, and nobody agreed", "R4", `DELETE FROM remark`},
	{"posted to another payer", "R5", `UPDATE entry SET account = 'payer/other/adjustment' WHERE account LIKE 'payer/%/adjustment'`},
	{"posted twice", "I2", `INSERT INTO entry (settlement, revision, line, account, debit, credit)
		SELECT settlement, revision, line + 9, account, debit, credit FROM entry WHERE account LIKE '%adjustment%'`},
}

// findsEverythingPlanted plants each breach into a copy of a store, which
// plant makes and names, and has it verified.
func findsEverythingPlanted(t *testing.T, flag string, breaches []breach, plant func(name, statement string) string) {
	t.Helper()
	for n, breach := range breaches {
		t.Run(breach.name, func(t *testing.T) {
			out, err := verifyingOn(flag, plant(fmt.Sprint(breach.invariant, "_", n), breach.statement))
			if exitedWith(err) != exitFailed || !strings.HasPrefix(out, breach.invariant+" ") && !strings.Contains(out, "\n"+breach.invariant+" ") {
				t.Errorf("%v, want %s in\n%s", err, breach.invariant, out)
			}
		})
	}
}

func TestVerifyFindsWhatWasPlanted(t *testing.T) {
	store, book := afterStory(t)
	folder := t.TempDir()
	findsEverythingPlanted(t, "--store-sqlite", planted, plantingInto(t, store, folder))
	text, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	for line, invariant := range map[string]string{
		`{"message":"H36082700001000000000000000000","net":0}`:   "I5 nhsa-demo/H36082700001000000000000000000: ",
		strings.Replace(firstStanding(t, text), ":1,", ":2,", 1): "I7 ",
	} {
		longer := filepath.Join(folder, "longer.jsonl")
		writeFile(t, longer, string(text)+line+"\n", 0o600)
		if out, err := verifying(store, "nhsa-demo="+longer); exitedWith(err) != exitFailed || !strings.Contains(out, invariant) {
			t.Errorf("%v, want %s in\n%s", err, invariant, out)
		}
	}
}

// plantingInto plants into copies of a store, each in a file of its own.
func plantingInto(t *testing.T, store, folder string) func(name, statement string) string {
	return func(name, statement string) string {
		planted := filepath.Join(folder, name+".db")
		tamper(t, store, `VACUUM INTO '`+planted+`'`)
		unlock(t, planted)
		tamper(t, planted, statement)
		return planted
	}
}

// firstStanding is the first line of a book that stands.
func firstStanding(t *testing.T, book []byte) string {
	t.Helper()
	for line := range strings.Lines(string(book)) {
		if strings.Contains(line, `"net":1,`) {
			return strings.TrimSpace(line)
		}
	}
	t.Fatal("nothing stands")
	return ""
}

// unlock takes off a store what keeps breaches out.
func unlock(t *testing.T, store string) {
	t.Helper()
	db, err := sql.Open("sqlite", store)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{`DROP INDEX settlement_discharge`}
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		statements = append(statements, statement)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		tamper(t, store, statement)
	}
}
