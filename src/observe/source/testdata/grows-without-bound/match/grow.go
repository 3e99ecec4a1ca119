package match

import "sync"

var seen = map[string]bool{}

var history []string

type Sessions struct {
	mu   sync.Mutex
	byID map[string]int
	hits map[string]int
}

func NewSessions() *Sessions {
	return &Sessions{byID: map[string]int{}, hits: map[string]int{}}
}

func (s *Sessions) Open(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[id] = len(s.byID) // want
	s.hits[id]++             // want
}

func Once(key string) bool {
	if seen[key] {
		return false
	}
	seen[key] = true               // want
	history = append(history, key) // want
	return true
}
