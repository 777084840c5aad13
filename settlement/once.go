package settlement

// racesMost bounds how often a step is tried again when somebody else took one
// meanwhile.
const racesMost = 5

// Raced reports whether a write found that somebody else had written meanwhile.
func Raced(err error) bool { return KindOf(err) == KindConflict || KindOf(err) == KindExists }

// Once carries out what a request asks for, once, though others write beside it:
// it answers with what is kept of the request, else tries until nobody was in
// between. Before an error of attempt is the answer, what is kept is looked at
// again: the same request may have come in twice at once, or been written though
// the store's word of it was lost. replay is NotFound where nothing is kept; raced
// tells whether an error of attempt says that somebody was in between, as Raced
// does.
func Once[T any](replay, attempt func() (T, error), raced func(error) bool) (T, error) {
	for try := 1; ; try++ {
		done, err := replay()
		if KindOf(err) != KindNotFound {
			return done, err
		}
		done, err = attempt()
		if err == nil {
			return done, nil
		}
		if !raced(err) || try == racesMost {
			if kept, again := replay(); KindOf(again) != KindNotFound {
				return kept, again
			}
			var none T
			return none, err
		}
	}
}
