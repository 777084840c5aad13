package settlement

// identityWeights are the weights of the first 17 digits and identityChecks
// the check characters by remainder (GB 11643-1999, ISO 7064 MOD 11-2).
var (
	identityWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	identityChecks  = "10X98765432"
)

// oldIdentityLength is that of the number's form before 1999: six digits of
// the area, six of the birth date without its century, three of the sequence.
const oldIdentityLength = 15

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
	if text[17] != identityCheck(text[:17]) {
		return wrong
	}
	return nil
}

// ParseIdentityNumber reads an identity number as people write it and gives
// its one form of 18 characters: a small x becomes large, and the old form of
// 15 digits, whose births all lie in the twentieth century, gets its century
// and check character. The error never repeats the number.
func ParseIdentityNumber(number Private) (Private, error) {
	text := number.Reveal()
	if len(text) == oldIdentityLength && decimalDigits(text) {
		text = text[:6] + "19" + text[6:]
		text += string(identityCheck(text))
	}
	if len(text) == 18 && text[17] == 'x' {
		text = text[:17] + "X"
	}
	full := Private(text)
	return full, CheckIdentityNumber(full)
}

// identityCheck is the check character of the first 17 digits.
func identityCheck(digits string) byte {
	sum := 0
	for i, weight := range identityWeights {
		sum += int(digits[i]-'0') * weight
	}
	return identityChecks[sum%11]
}

// Sex is what an identity number says of its holder.
type Sex string

// The two sexes of an identity number.
const (
	Male   Sex = "male"
	Female Sex = "female"
)

// IdentityFacts are the birth date and sex that a sound identity number
// carries: digits 7 to 14, and the parity of the last digit of the sequence.
func IdentityFacts(number Private) (born Date, sex Sex, err error) {
	if err := CheckIdentityNumber(number); err != nil {
		return 0, "", err
	}
	text := number.Reveal()
	born, err = ParseDate(text[6:10] + "-" + text[10:12] + "-" + text[12:14])
	sex = Female
	if (text[16]-'0')%2 == 1 {
		sex = Male
	}
	return born, sex, err
}
