package siege

import "strings"

// documents are bodies that a lenient reader takes for something else than a
// strict one: each is refused, and none of them settles anything.
func documents() []Case {
	bill := func(amount string) string {
		return `{"bill":{"submitted":` + amount + `}}`
	}
	return []Case{
		speech("a body nested a hundred thousand deep", post(strings.Repeat("[", 100_000)), "400"),
		speech("objects nested twenty thousand deep", post(strings.Repeat(`{"a":`, 20_000)), "400"),
		speech("a key twice", post(`{"facility_id":"H1","facility_id":"H2"}`), "400"),
		speech("a key twice, once in another spelling", post(`{"facility_id":"H1","facility\u005fid":"H2"}`), "400"),
		speech("a key nobody knows", post(`{"facility_id":"H1","paid":true}`), "400"),
		speech("a key in capitals", post(`{"FACILITY_ID":"H1"}`), "400"),
		speech("two documents", post(`{} {}`), "400"),
		speech("a byte order mark", post("\ufeff{}"), "400"),
		speech("an amount that is a number", post(bill("5600.00")), "400"),
		speech("an amount with an exponent", post(bill(`"1e309"`)), "400"),
		speech("an amount of seventeen digits", post(bill(`"12345678901234567.00"`)), "400"),
		speech("an amount of half a fen", post(bill(`"0.005"`)), "400"),
		speech("an amount in other digits", post(bill(`"１２"`)), "400"),
		speech("not a number", post(bill(`NaN`)), "400"),
		speech("a mark that turns the text around", post(`{"facility_id":"H1\u202e"}`), "400"),
		speech("a zero byte", post("{\"facility_id\":\"H1\x00\"}"), "400"),
		speech("half of a surrogate pair", post(`{"facility_id":"\ud800"}`), "400"),
		speech("a slash in three bytes instead of one", post("{\"facility_id\":\"\xe0\x80\xaf\"}"), "400"),
		speech("a comment", post(`{/* */}`), "400"),
		speech("a body cut short", post(`{"facility_id":"H1`), "400"),
	}
}
