package nearmiss

import "sync"

var names = map[string]int{}

func init() {
	names["a"] = 1
}

type registry map[string]func()

var codecs = registry{}

func Register(name string, f func()) { codecs[name] = f }

type Sessions struct {
	mu     sync.Mutex
	byID   map[string]int
	recent []string
	slots  [16]int
	buf    []int
}

func (s *Sessions) Open(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[id] = 1
	s.recent = append(s.recent, id)
	if len(s.recent) > 100 {
		s.recent = s.recent[50:]
	}
	s.slots[len(id)%16] = 1
}

func (s *Sessions) Close(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}

func (s *Sessions) Flush(send func([]int)) {
	s.buf = append(s.buf, 1)
	send(s.buf)
	s.buf = nil
}

// A result being built does not outlive the call.
func Count(words []string) map[string]int {
	found := map[string]int{}
	for _, w := range words {
		found[w]++
	}
	return found
}
