package nhsa

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/signature"
	"github.com/onestop-gateway/onestop/adapters/signature/reference"
	"github.com/onestop-gateway/onestop/settlement"
)

// The keys of these tests, invented.
const (
	gatewayKey = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
	payerKey   = "1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF"
	laterKey   = "2234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF"
	sm4Key     = "0123456789abcdef"
)

// signing is a shipped profile with these keys. Several keys of the payer are
// known where more than one is given.
func signing(t testing.TB, profile string, payer ...string) *signature.Envelope {
	t.Helper()
	text, err := os.ReadFile("../../../deploy/signing/" + profile + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := signature.ReadProfile(text)
	if err != nil {
		t.Fatal(err)
	}
	key, err := signature.ParseKey("g1", reference.PrivatePEM(gatewayKey))
	if err != nil {
		t.Fatal(err)
	}
	keys := signature.Keys{Ours: []*signature.Key{key}, Secret: "secret"}
	for i, d := range append(payer, payerKey) {
		public, err := signature.ParsePublicKey([]string{"p1", "p2"}[len(payer)-i], reference.PublicPEM(d))
		if err != nil {
			t.Fatal(err)
		}
		keys.Theirs = append(keys.Theirs, public)
	}
	if rules.Encryption != nil {
		keys.Ciphers = [][]byte{[]byte(sm4Key)}
	}
	envelope, err := signature.NewEnvelope(rules, keys)
	if err != nil {
		t.Fatal(err)
	}
	return envelope
}

// inlineParty and sealedParty are the payer's side of the two profiles, by the
// second implementation.
func inlineParty() *reference.Party {
	return &reference.Party{
		Field: "cainfo", Excluded: []string{"cainfo", "signData", "encData", "extra"}, Pair: "=", Join: "&",
		Secret: "secret", SecretPrefix: "&key=", UserID: "1234567812345678", Key: payerKey, KeyName: "p1",
		Callers: map[string]string{"g1": reference.PublicHex(gatewayKey)},
	}
}

func sealedParty() *reference.Party {
	return &reference.Party{
		Field: "signData", KeyID: "keyId", Echo: "msgid", Excluded: []string{"signData", "encData", "extra"}, Dense: true, Pair: "=", Join: "&",
		Secret: "secret", SecretPrefix: "&key=", UserID: "1234567812345678", Raw: true, Hex: true, Key: payerKey, KeyName: "p1",
		Callers: map[string]string{"g1": reference.PublicHex(gatewayKey)}, Hidden: "encData", Asks: "input", Answers: "output", Mode: "gcm",
		Cipher: "30313233343536373839616263646566",
	}
}

// signedAnswer is the fixed answer, signed by the payer.
func signedAnswer(t testing.TB, party *reference.Party) []byte {
	t.Helper()
	answer, err := party.Write([]byte(settledAnswer), "H36082700001201207011504050001")
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// The fixed answer, signed, says what it says in plain; what is sent carries no
// person where it is encrypted.
func TestSignedAnswer(t *testing.T) {
	for profile, party := range map[string]*reference.Party{"inline": inlineParty(), "sealed": sealedParty()} {
		payer := newPayer(t, func(c *Config) { c.Signing = signing(t, profile) })
		answer := payer.read(callOf(settlement.OpSettle), signedAnswer(t, party))
		if answer.Result != settlement.ResultApplied || answer.Payment.Basic != settledPayment.Basic {
			t.Errorf("%s: %s (%v)", profile, answer.Result, answer.Cause)
		}
		wire, err := payer.Prepare(callOf(settlement.OpSettle))
		if err != nil {
			t.Fatal(err)
		}
		if hides := profile == "sealed"; hides == bytes.Contains(wire.Body, []byte(insuredNumber)) {
			t.Errorf("%s: %s", profile, wire.Body)
		}
		for _, unsigned := range []string{settledAnswer, `{"infcode":-2,"err_msg":"no"}`, `{"infcode":0,"output":null}`} {
			for _, operation := range []settlement.Operation{settlement.OpSettle, settlement.OpInquire, settlement.OpReverse, settlement.OpQuote, settlement.OpIdentify} {
				checkUnpaid(t, profile+" unsigned "+string(operation), payer.read(callOf(operation), []byte(unsigned)), settlement.ResultInDoubt)
			}
		}
	}
}

// 10,000 answers that somebody changed on the way: none is a yes, and none is a
// no. A change that leaves every covered field as it was is drawn again.
func TestMutatedAnswers(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for profile, party := range map[string]*reference.Party{"inline": inlineParty(), "sealed": sealedParty()} {
		payer := newPayer(t, func(c *Config) { c.Signing = signing(t, profile) })
		good := signedAnswer(t, party)
		call, untouched := callOf(settlement.OpSettle), fingerprint(party, good)
		for seen := 0; seen < 5_000; {
			mutant := mutated(chance, good)
			if print := fingerprint(party, mutant); print != "" && print == untouched {
				continue
			}
			seen++
			if answer := payer.read(call, mutant); answer.Result != settlement.ResultInDoubt {
				t.Fatalf("%s: %s: %s", profile, answer.Result, mutant)
			}
		}
	}
}

// fingerprint is everything of a message that is signed, with the signature and
// what is encrypted; "" of what is no message.
func fingerprint(party *reference.Party, body []byte) string {
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&fields) != nil || decoder.More() {
		return ""
	}
	hidden, _ := fields["encData"].(string)
	signed, _ := fields[party.Field].(string)
	if party.Hex {
		signed = strings.ToLower(signed)
	}
	return party.Text(fields) + "\x00" + hidden + "\x00" + signed
}

// mutated is body with one to three small changes of the kinds that lines,
// disks and people make.
func mutated(chance *rand.Rand, body []byte) []byte {
	out := bytes.Clone(body)
	for range 1 + chance.IntN(3) {
		at := chance.IntN(len(out))
		switch chance.IntN(6) {
		case 0: // a bit
			out[at] ^= 1 << chance.IntN(8)
		case 1: // a digit becomes another
			if digits := bytes.IndexAny(out[at:], "0123456789"); digits >= 0 {
				out[at+digits] = byte('0' + chance.IntN(10))
			}
		case 2: // a piece is lost
			out = append(out[:at], out[min(len(out), at+1+chance.IntN(20)):]...)
		case 3: // a piece is doubled
			end := min(len(out), at+1+chance.IntN(20))
			out = append(out[:end:end], append(bytes.Clone(out[at:end]), out[end:]...)...)
		case 4: // two bytes change places
			other := chance.IntN(len(out))
			out[at], out[other] = out[other], out[at]
		case 5: // a field is put in front
			field := []string{`"infcode":0,`, `"infcode":-2,`, `"output":{},`, `"cainfo":"",`, `"signData":"",`, `"encData":"",`}[chance.IntN(6)]
			out = append([]byte("{"+field), out[1:]...)
		}
		if len(out) < 2 {
			return out
		}
	}
	return out
}

// A payer that changes its key is believed with both while both are known.
func TestPayerRotates(t *testing.T) {
	settings := script()
	settings.Signing = sealedParty()
	payer, server := start(t, settings, func(c *Config) { c.Signing = signing(t, "sealed", laterKey) })
	send := func(message, encounter string) settlement.Result {
		call := callOf(settlement.OpSettle)
		call.Message, call.Encounter = settlement.MessageID(message), settlement.EncounterID(encounter)
		wire, err := payer.Prepare(call)
		if err != nil {
			t.Fatal(err)
		}
		return payer.Send(t.Context(), wire).Result
	}
	if got := send("H36082700001201207011504050011", "E000011"); got != settlement.ResultApplied {
		t.Errorf("before: %s", got)
	}
	later := settings
	later.Signing = sealedParty()
	later.Signing.Key, later.Signing.KeyName = laterKey, "p2"
	if err := server.server.Play(later); err != nil {
		t.Fatal(err)
	}
	if got := send("H36082700001201207011504050012", "E000012"); got != settlement.ResultApplied {
		t.Errorf("after: %s", got)
	}
	later.Signing.Callers = map[string]string{"g1": reference.PublicHex(laterKey)}
	if got := send("H36082700001201207011504050013", "E000013"); got != settlement.ResultInDoubt {
		// It cannot read our message, so that its no does not repeat it.
		t.Errorf("a payer that does not know our key: %s", got)
	}
}

// BenchmarkSigned is a settlement with a simulated payer on a real socket, in
// plain and signed; the payer's own signing is not in the figure of "adapter".
func BenchmarkSigned(b *testing.B) {
	plain, err := New(config("http://payer.invalid"))
	if err != nil {
		b.Fatal(err)
	}
	defer plain.Close()
	for _, profile := range []string{"", "inline", "sealed"} {
		settings, body := config("http://payer.invalid"), []byte(settledAnswer)
		switch profile {
		case "inline":
			settings.Signing, body = signing(b, profile), signedAnswer(b, inlineParty())
		case "sealed":
			settings.Signing, body = signing(b, profile), signedAnswer(b, sealedParty())
		}
		payer, err := New(settings)
		if err != nil {
			b.Fatal(err)
		}
		defer payer.Close()
		b.Run("adapter/"+profile, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := payer.Prepare(callOf(settlement.OpSettle)); err != nil {
					b.Fatal(err)
				}
				if payer.read(callOf(settlement.OpSettle), body).Result != settlement.ResultApplied {
					b.Fatal("not applied")
				}
			}
		})
	}
}
