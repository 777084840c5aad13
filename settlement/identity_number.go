package settlement

// identityWeights are the weights of the first 17 digits and identityChecks
// the check characters by remainder (GB 11643-1999, ISO 7064 MOD 11-2).
var (
	identityWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	identityChecks  = "10X98765432"
)

// CheckIdentityNumber refuses what is not a citizen identity number of 18
// characters with a birth date that exists and the right check character. The
// error never repeats the number.
func CheckIdentityNumber(number Private) error {
	text := number.Reveal()
	wrong := &Error{Kind: KindInvalid, Reason: ReasonBadIdentity}
	if len(text) != 18 || !decimalDigits(text[:17]) {
		return wrong
	}
	if _, err := ParseDate(text[6:10] + "-" + text[10:12] + "-" + text[12:14]); err != nil {
		return wrong
	}
	sum := 0
	for i, weight := range identityWeights {
		sum += int(text[i]-'0') * weight
	}
	if text[17] != identityChecks[sum%11] {
		return wrong
	}
	return nil
}
