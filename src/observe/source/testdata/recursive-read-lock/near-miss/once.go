package nearmiss

import "sync"

type Table struct {
	mu   sync.RWMutex
	rows map[string]int
	next *Table
}

func (t *Table) Get(key string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.rows[key]
}

// The inner function does not lock.
func (t *Table) Sum(keys []string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	sum := 0
	for _, k := range keys {
		sum += t.get(k)
	}
	return sum
}

func (t *Table) get(key string) int { return t.rows[key] }

// Given back before it is taken again.
func (t *Table) Twice(key string) int {
	t.mu.RLock()
	n := len(t.rows)
	t.mu.RUnlock()
	return n + t.Get(key)
}

// The lock of another value.
func (t *Table) Through(key string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.next.Get(key)
}

// A goroutine of its own: it waits, the holder goes on.
func (t *Table) Later(key string, to chan<- int) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	go func() { to <- t.Get(key) }()
}
