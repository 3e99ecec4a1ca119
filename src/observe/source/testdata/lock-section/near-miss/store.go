package miss

import "sync"

// given back by another function than the one that takes it
type held struct{ mu sync.Mutex }

func (h *held) begin()  { h.mu.Lock() }
func (h *held) finish() { h.mu.Unlock() }

// tried: who has it is not in the text
type tried struct {
	mu sync.Mutex
	n  int
}

func (t *tried) add() bool {
	if !t.mu.TryLock() {
		return false
	}
	t.n++
	t.mu.Unlock()
	return true
}

func (t *tried) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}
