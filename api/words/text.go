package words

// Text is one name or sentence in both languages of the house.
type Text struct {
	Zh string // simplified Chinese
	En string
}

// Language chooses a side of a Text.
type Language string

// The languages, named as in HTTP and in google.rpc.LocalizedMessage.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
)

// In is the text in a language; every language but English reads Chinese.
func (t Text) In(language Language) string {
	if language == English {
		return t.En
	}
	return t.Zh
}

// Empty reports whether there is nothing to say.
func (t Text) Empty() bool { return t == Text{} }

// Then is t followed by another sentence, if that says anything.
func (t Text) Then(next Text) Text {
	switch {
	case next.Empty():
		return t
	case t.Empty():
		return next
	}
	return Text{Zh: t.Zh + next.Zh, En: t.En + " " + next.En}
}

// Same is a text that both languages write alike.
func Same(name string) Text { return Text{Zh: name, En: name} }
