package match

import "sync"

type store struct {
	mu sync.RWMutex
	m  map[string]int
}

func (s *store) get(k string) int {
	s.mu.RLock() // want
	defer s.mu.RUnlock()
	return s.m[k]
}

func (s *store) put(k string, v int) {
	s.mu.Lock()
	s.m[k] = v
	s.mu.Unlock()
}

var seenMu sync.Mutex
var seen int

func see() {
	seenMu.Lock() // want
	seen++
	seenMu.Unlock()
}
