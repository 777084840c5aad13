package store

// Since is what a cut of a clearing has to look at: what is new since the last
// one that stands and left a mark, and what clearings held that were voided
// after it. Without such a cut it looks at everything.
type Since struct {
	voided        map[int64]int64 // by number, the turn of the line that says so
	reached, turn int64           // of the last cut that stands
	known         bool
}

// Voided tells of a clearing that does not stand any more. All of them come
// before the first Cut.
func (s *Since) Voided(number, turn int64) {
	if s.voided == nil {
		s.voided = map[int64]int64{}
	}
	s.voided[number] = turn
}

// Cut tells of a cut that left a mark, in order of the numbers.
func (s *Since) Cut(number, reached, turn int64) {
	if _, voided := s.voided[number]; !voided {
		s.reached, s.turn, s.known = reached, turn, reached >= 0
	}
}

// Known reports whether not everything has to be looked at.
func (s *Since) Known() bool { return s.known }

// Reached is the turn above which is what is new.
func (s *Since) Reached() int64 { return s.reached }

// All are the clearings that do not stand; never nil.
func (s *Since) All() []int64 { return s.after(-1) }

// Released are those that were voided since; never nil.
func (s *Since) Released() []int64 { return s.after(s.turn) }

func (s *Since) after(turn int64) []int64 {
	numbers := make([]int64, 0, len(s.voided))
	for number, at := range s.voided {
		if at > turn {
			numbers = append(numbers, number)
		}
	}
	return numbers
}
