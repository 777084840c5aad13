package sim

import (
	"hash/fnv"
	"io"
	"strconv"
	"sync"
	"time"
)

// stage decides how each call goes. What is drawn depends on the seed, the
// transaction, the message and how often it came, not on the order in which
// concurrent calls arrive: the same seed tells the same story.
type stage struct {
	seed uint64

	mu     sync.Mutex
	script *Script             // never changed once it is played
	terms  map[string]benefits // of those listed, by the payer's number
	anyone benefits            // of those not listed
	used   []int               // calls matched, by rule
	people map[string]string   // payer's number by identity number, of those listed
	calls  map[string]int      // by transaction and message
	counts map[string]int      // by transaction
}

func newStage(seed uint64) *stage {
	return &stage{seed: seed, script: &Script{}, calls: map[string]int{}, counts: map[string]int{}}
}

// play replaces the script; rules start unused.
func (s *stage) play(script Script) error {
	if err := script.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.used, s.people = &script, make([]int, len(script.Rules)), make(map[string]string, len(script.People))
	s.terms, s.anyone = make(map[string]benefits, len(script.People)), benefits{}
	for number, person := range script.People {
		s.people[person.Certificate] = number
		s.terms[number], _ = person.terms() // checked above
	}
	if script.Anyone != nil {
		s.anyone, _ = script.Anyone.terms()
	}
	return nil
}

// insured is who has the payer's number, and how they are paid for.
func (s *stage) insured(number string) (person Person, terms benefits, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	person, known = s.script.person(number)
	terms, listed := s.terms[number]
	if !listed {
		terms = s.anyone
	}
	return person, terms, known
}

// byCertificate is who has an identity number, and the payer's number of them.
func (s *stage) byCertificate(certificate string) (string, Person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if number, listed := s.people[certificate]; listed {
		return number, s.script.People[number], true
	}
	if s.script.Anyone == nil || certificate == "" {
		return "", Person{}, false
	}
	person := *s.script.Anyone
	person.Certificate = certificate
	return anyonePrefix + certificate, person, true
}

// current is the script being played.
func (s *stage) current() *Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.script
}

// arrivals is how many calls of a transaction came in.
func (s *stage) arrivals(number string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[number]
}

// draw counts a call and decides how it goes.
func (s *stage) draw(q question) (Fault, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := q.Number + " " + q.Message
	s.calls[key]++
	s.counts[q.Number]++
	for i, rule := range s.script.Rules {
		if rule.matches(q) && (rule.First == 0 || s.used[i] < rule.First) {
			s.used[i]++
			return rule.Fault, millis(rule.DelayMillis)
		}
	}
	if s.script.DrawsMax > 0 && s.calls[key] > s.script.DrawsMax {
		return OK, 0
	}
	fault := s.weighed(key + " " + strconv.Itoa(s.calls[key]))
	if fault != Slow {
		return fault, 0
	}
	return fault, millis(s.script.DelayMillis)
}

// weighed picks a fault by its weight and the hash of key.
func (s *stage) weighed(key string) Fault {
	sum := 0
	for _, weight := range s.script.Weights {
		sum += weight
	}
	if sum == 0 {
		return OK
	}
	hash := fnv.New64a()
	io.WriteString(hash, strconv.FormatUint(s.seed, 10)+" "+key)
	place := int(mix(hash.Sum64()) % uint64(sum))
	for _, fault := range faults {
		place -= s.script.Weights[fault]
		if place < 0 {
			return fault
		}
	}
	return OK
}

// mix spreads a hash whose low bits are uneven (the finaliser of splitmix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
